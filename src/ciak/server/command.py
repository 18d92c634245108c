"""``ciak studio``: opens the studio in the browser, with a film or with the shelf.

Serves on 127.0.0.1 only, until Ctrl-C. The link that it prints works once; the next one is printed when it was
used. It does not stay behind: closing the terminal ends it.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ciak.errors import NotFound, ProgramAbsent
from ciak.server.listening import listen

if TYPE_CHECKING:
    from types import FrameType

    import uvicorn

    from ciak.server.studio import Session

__all__ = ["studio"]

_COLLECT = (50_000, 20, 50)
"""Python's thresholds of garbage collection. By its own it goes through everything that a long film's dialogues hold,
some 0.2 s, every few dozen edits; little of what the studio makes is garbage that needs it."""
_TURN = 0.0005
"""Seconds after which a thread that computes gives way to another. By Python's own (ten times as long) an edit, which
waits for the disk some fifty times, stands behind a picture that is being sent each time."""

_EXAMPLE = """\b
Example:
  ciak studio demo/film
  ciak studio
  ciak studio --port 8400 --no-open
"""


@click.command(epilog=_EXAMPLE)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--port", default=0, show_default="a free one", type=click.IntRange(0, 65535),
              help="Port on 127.0.0.1.")
@click.option("--open/--no-open", "open_page", default=None,
              help="Open the page in the browser.  [default: where there is a screen]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the link on stdout.")
def studio(folder: Path | None, port: int, open_page: bool | None, as_json: bool) -> None:
    """Watch, read, correct and judge films in the browser.

    DIR is a film folder; without it this folder when it is one, else the shelf of your films. Nothing leaves this
    machine; Ctrl-C ends it, and work that it runs is stopped and can be taken up again.
    """
    root = _film(folder)
    with listen("127.0.0.1", port) as listener:
        session = _session(listener.getsockname()[1])
        server = _server(root, session)
        if as_json:
            click.echo(json.dumps({"url": session.url, "port": session.port,
                                   "film": str(root) if root else None}))
        else:
            click.echo(f"The studio is open: {session.url}")
            click.echo("The link works once. Ctrl-C ends the studio.", err=True)
        sys.stdout.flush()
        if open_page if open_page is not None else _has_screen():
            webbrowser.open(session.url)
        gc.set_threshold(*_COLLECT)
        sys.setswitchinterval(_TURN)
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            click.echo("The studio is closed.", err=True)


def _film(folder: Path | None) -> Path | None:
    """The film folder, as an absolute path that exists; None for the shelf. Raises for anything else."""
    from ciak.project import Film

    if folder is None:
        here = Path.cwd()
        return _film(here) if (here / "film.toml").is_file() else None
    root = folder.expanduser().absolute()
    if not root.is_dir():
        raise NotFound(f"there is no folder {folder}", remedy="ciak new DIR --title TITLE makes a film")
    root = root.resolve()
    Film.open(root)
    return root


def _session(port: int) -> Session:
    """A session that tells the terminal when its link was used. Raises where the extra is not installed."""
    try:
        import fastapi  # noqa: F401 - only whether it is there
        import uvicorn  # noqa: F401

        from ciak.server.studio import Session
    except ModuleNotFoundError as error:
        raise ProgramAbsent(f"the studio needs the package {error.name}, which is not installed",
                            remedy="pip install 'ciak[studio]'") from None

    def used(token: str) -> None:
        click.echo(f"Opened. A link for another browser: http://127.0.0.1:{port}/?token={token}", err=True)

    return Session(port, used)


def _server(root: Path | None, session: Session) -> uvicorn.Server:
    import uvicorn

    from ciak.server.studio import build

    class Server(uvicorn.Server):
        """Tells the event streams to end before it waits for them."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            session.ending = True
            super().handle_exit(sig, frame)

    return Server(uvicorn.Config(
        build(root, session), http="h11", ws="none", lifespan="on", access_log=False, log_level="error",
        proxy_headers=False, server_header=False, timeout_keep_alive=20, timeout_graceful_shutdown=3,
        limit_concurrency=128, h11_max_incomplete_event_size=32768))


def _has_screen() -> bool:
    if not sys.stdout.isatty():
        return False
    screens = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    return screens or sys.platform in ("win32", "darwin")
