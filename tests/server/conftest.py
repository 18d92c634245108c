"""A studio over a small film, without a browser and without a network. Nobody's own library is ever touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.asking import HOST, PORT, Page
from tests.server.contract import document
from tests.server.routes import UPLOAD
from tests.server.small_film import encode, furnish, make_film, speak
from tests.server.spying import Spy

from ciak.config import TASKS, Settings
from ciak.project import Film, import_media, survey
from ciak.server.studio import Gateway, Session, build

CLIP = bytes(range(256)) * 40
FAKES = {f"CIAK_BACKEND_{task.upper()}": "fake" for task in TASKS}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A library and a folder of films of this test's own, and backends without models."""
    return Settings(library=tmp_path / "library", films=tmp_path / "films", backends=dict.fromkeys(TASKS, "fake"))


@pytest.fixture(autouse=True)
def own_library(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for programs that a test starts."""
    monkeypatch.setenv("CIAK_LIBRARY", str(settings.library))
    monkeypatch.setenv("CIAK_FILMS", str(settings.films))
    for name, value in FAKES.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film folder. Not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    for name, extra in (("en", b"e"), ("it", b"i")):
        (folder / f"{name}.mp4").write_bytes(CLIP + extra)
    return make_film(folder / "film", clips={"en": folder / "en.mp4", "it": folder / "it.mp4"}).path


@pytest.fixture
def film(made: Path, tmp_path: Path) -> Path:
    """A film folder; its clips are not playable, which nothing here needs."""
    shutil.copytree(made, tmp_path / "film")
    return tmp_path / "film"


@pytest.fixture(scope="session")
def surveyed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film whose picture was really imported and surveyed. Not to be changed."""
    folder = tmp_path_factory.mktemp("surveyed")
    encode(folder / "night.mp4", 440.0)
    film = Film.create(folder / "film", "The Night Reels", language="en")
    import_media(film, folder / "night.mp4", True)
    survey(film)
    film.close()
    return film.path


@pytest.fixture(scope="session")
def furnished(surveyed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with lines, people, a take, and half an upload. Not to be changed."""
    path = tmp_path_factory.mktemp("furnished") / "whole"
    shutil.copytree(surveyed, path)
    film = Film.open(path)
    furnish(film)
    speak(film, "it", "l0001", b"RIFF" + CLIP)
    proxy = film.artefacts.put_bytes(CLIP, ".mp4")
    (path / ".ciak" / "proxies.json").write_text(json.dumps({"it": {"artefact": proxy, "frames": 288}}))
    sent = film.private("uploads") / UPLOAD
    sent.mkdir()
    for name, text in (("size", "10"), ("name", "night.mp4"), ("data", "half ")):
        (sent / name).write_text(text)
    return path


@pytest.fixture
def whole(furnished: Path, tmp_path: Path) -> Path:
    """A film that has something to answer on every route."""
    shutil.copytree(furnished, tmp_path / "whole")
    return tmp_path / "whole"


@pytest.fixture
def session() -> Session:
    """The session of the studio below."""
    return Session(PORT)


@pytest.fixture
def studio(film: Path, session: Session, settings: Settings) -> Gateway:
    """The whole application, gateway in front."""
    return _told(build(film, session, settings))


def _told(gate: Gateway) -> Gateway:
    """With the document that every studio has, so that not each test makes it anew."""
    gate._app.openapi_schema = document()  # type: ignore[attr-defined]
    return gate


@pytest.fixture
def known(session: Session) -> dict[str, str]:
    """Headers of a browser that has exchanged its link."""
    cookie = session.exchange(session.token)
    assert cookie is not None
    return {"host": HOST, "cookie": cookie.partition(";")[0]}


@pytest.fixture
def page(studio: Gateway, known: dict[str, str]) -> Page:
    """A browser that shows ``film``."""
    return Page(studio, known)


@pytest.fixture
def desk(whole: Path, session: Session, known: dict[str, str], settings: Settings) -> Iterator[Page]:
    """A browser that shows ``whole``."""
    gate = _told(build(whole, session, settings))
    yield Page(gate, known)
    gate._app.state.house.close()  # type: ignore[attr-defined]


@pytest.fixture
def spy() -> Spy:
    """Who gets past the gateway below."""
    return Spy()


@pytest.fixture
def gate(spy: Spy, session: Session) -> Gateway:
    """The gateway alone."""
    return Gateway(spy, session)
