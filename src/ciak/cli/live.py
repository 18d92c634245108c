"""``ciak subtitle live``: subtitles while somebody speaks, on the terminal, on a page for the hall, and in a file.

It ends with the sound, or with Ctrl-C, which is the usual end of a microphone and no failure. The page is offered by
the server through the entry-point group ``ciak.stages``, so that it works without it too.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ciak.cli.dubbing import FILE
from ciak.cli.screen import command, printable, tell
from ciak.errors import BadInput, ProgramAbsent, SettingsError

if TYPE_CHECKING:
    from ciak.dubbing.live.board import Board
    from ciak.dubbing.live.minutes import Minutes
    from ciak.dubbing.live.session import LiveSummary

__all__ = ["live", "named_live"]

STAGES = "ciak.stages"
"""The entry-point group in which pages for the public are offered."""


@command("ciak subtitle live microphone --language it --to en --hall\n"
         "ciak subtitle --live talk.mp4 --out talk.vtt\n"
         "ffmpeg -i srt://host:9000 -f mpegts - | ciak subtitle live - --language en")
@click.argument("source")
@click.option("--language", metavar="L", help="The language that is spoken. By default it is told from the first "
              "speech.")
@click.option("--to", metavar="L", multiple=True, help="Translate into this language too, sentence by sentence. May "
              "be given more than once.")
@click.option("--out", type=FILE, metavar="FILE", help="Write the subtitles here too, .vtt or .srt, after each "
              "sentence; translations beside it, NAME.L.vtt.")
@click.option("--width", type=click.IntRange(16, 80), default=42, show_default=True, help="Characters of a line.")
@click.option("--names", type=click.Path(path_type=Path), metavar="FILM",
              help="A film whose names are put right where they are heard otherwise, besides the house's.")
@click.option("--page/--no-page", default=True, help="Show them on a page, on this machine.  [default: page]")
@click.option("--hall", is_flag=True, help="Show the page to everybody in this network who has its code.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default="a free one", help="Port of the page.")
@click.option("--certificate", type=FILE, metavar="PEM", help="A certificate for the page, with --key.")
@click.option("--key", type=FILE, metavar="PEM", help="Its key.")
def live(source: str, as_json: bool, **wanted: Any) -> None:
    """Write subtitles of SOURCE while it is spoken. Words that are shown do not change any more.

    SOURCE: `microphone` (or `microphone:DEVICE`, see `arecord -L`); a stream, http://, https:// or udp://HOST:PORT;
    `-` for what is piped in; or a file, which is played at its speed.

    With --json each line of stdout is an object: {"event": "ready"}, then {"event": "line"} whenever a line grows, at
    the end {"event": "done"}. Ctrl-C ends the session; everything is written then.
    """
    from ciak.bootstrap import live_session, open_film, settings
    from ciak.dubbing.live.board import Board
    from ciak.media import Capture

    if settings().offline and source.startswith(("http://", "https://")):
        raise SettingsError("CIAK_OFFLINE forbids to fetch a stream", remedy="unset it, or pipe the stream in")
    capture, board = Capture(source), Board()
    teller = _json_teller(board) if as_json else _Terminal(board).show
    film = open_film(wanted["names"]) if wanted["names"] else None
    session = live_session(board, language=wanted["language"], to=wanted["to"], width=wanted["width"],
                           minutes=_minutes(wanted["out"]), film=film, told=tell)
    tell("loading the models")
    session.warm_up()
    with _page(board, wanted) as page, _told(board, teller):
        if as_json:
            _say({"event": "ready", "source": source, **page})
        elif page:
            for link in page["links"]:
                tell(f"The subtitles are shown at {link}")
        with capture, _ended_by_hand(capture.stop):
            tell(f"listening to {source}; Ctrl-C ends it")
            summary = session.run(capture.blocks())
    _close(summary, as_json)


def _minutes(out: Path | None) -> Callable[[str, bool], Minutes] | None:
    """How the files of the minutes are opened. A name that cannot be is refused now."""
    if out is None:
        return None
    from ciak.dubbing.live.minutes import Minutes
    from ciak.formats.subtitles import format_of

    if format_of(out) is None:
        raise BadInput(f"{out.name[:80]!r} does not say which format it is", remedy="name it .vtt or .srt")
    if out.is_dir():
        raise BadInput(f"{out.name[:80]} is a folder", remedy="name a file")

    def opened(language: str, original: bool) -> Minutes:
        path = out.absolute()
        return Minutes(path if original else path.with_suffix(f".{language}{path.suffix}"), language)

    return opened


@contextmanager
def _ended_by_hand(stop: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C, or the first wish that the process end, ends the sound: what was heard of it is still shown and
    written. The second one interrupts."""
    def ended(number: int, _frame: object) -> None:
        signal.signal(number, signal.default_int_handler)
        stop()

    before = {number: signal.signal(number, ended) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _page(board: Board, wanted: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The page, while the session lasts; its links."""
    if not (wanted["page"] or wanted["hall"]):
        if wanted["certificate"] or wanted["key"]:
            raise SettingsError("--certificate is for the page, which --no-page leaves out")
        yield {}
        return
    with _stage()(board, port=wanted["port"], public=wanted["hall"], certificate=wanted["certificate"],
                  key=wanted["key"]) as hall:
        yield {"url": hall.url, "links": list(hall.addresses if wanted["hall"] else (hall.url,)), "code": hall.code}


def _stage() -> Callable[..., Any]:
    entry = next(iter(entry_points(group=STAGES, name="hall")), None)
    try:
        opened: Callable[..., Any] | None = entry.load() if entry else None
    except ModuleNotFoundError as error:
        raise ProgramAbsent(f"the page needs the package {error.name}, which is not installed",
                            remedy="pip install 'ciak[studio]', or --no-page") from None
    if opened is None:
        raise ProgramAbsent("no page is installed", remedy="pip install 'ciak[studio]', or --no-page")
    return opened


@contextmanager
def _told(board: Board, teller: Callable[[], None]) -> Iterator[None]:
    """Call ``teller`` in a thread of its own whenever the board changes; a slow terminal holds nothing up."""
    bell, over = threading.Event(), threading.Event()

    def listen() -> None:
        while not over.is_set():
            bell.wait()
            bell.clear()
            try:
                teller()
            except BrokenPipeError:
                return
    board.listen(bell.set)
    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        bell.set()
        thread.join(5)


def _say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _json_teller(board: Board) -> Callable[[], None]:
    version = 0

    def teller() -> None:
        nonlocal version
        news = board.since(version)
        version = news.version
        for line in news.lines:
            _say(line.as_json())
    return teller


class _Terminal:
    """The words of the original as they settle; under each line that is whole the translations that are."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._version = 0
        self._original: str | None = None
        self._written = ""
        self._waiting: list[str] = []

    def show(self) -> None:
        """Write what is new."""
        news = self._board.since(self._version)
        self._version = news.version
        for line in sorted(news.lines, key=lambda one: one.number):
            self._original = self._original or line.language
            if line.language == self._original:
                sys.stdout.write(printable(line.text[len(self._written):]))
                self._written = line.text
                if line.whole:
                    sys.stdout.write("\n")
                    self._written = ""
                    self._translations()
            elif line.whole:
                self._waiting.append(f"  {line.language}  {printable(line.text)}\n")
        if not self._written:
            self._translations()
        sys.stdout.flush()

    def _translations(self) -> None:
        sys.stdout.write("".join(self._waiting))
        self._waiting.clear()


def _close(summary: LiveSummary, as_json: bool) -> None:
    """Say how it went."""
    if as_json:
        _say({"event": "done", "language": summary.language, "seconds": round(float(summary.length), 3),
              "lost": round(float(summary.lost), 3), "words": summary.words, "files": dict(summary.files)})
        return
    if not summary.words:
        tell("nobody spoke")
    for path in summary.files.values():
        tell(f"written: {path}")


def named_live(arguments: list[str]) -> list[str]:
    """``--live`` among the arguments of ``ciak subtitle`` is the name of this command."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if "--live" not in arguments[:end]:
        return arguments
    at = arguments.index("--live")
    return ["live", *arguments[:at], *arguments[at + 1:]]
