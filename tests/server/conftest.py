"""A studio over a small film, without a browser and without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.asking import HOST, PORT
from tests.server.small_film import make_film

from ciak.server.studio import Gateway, Session, build

CLIP = bytes(range(256)) * 40


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A film folder; its clips are not playable, which nothing here needs."""
    for name, extra in (("en", b"e"), ("it", b"i")):
        (tmp_path / f"{name}.mp4").write_bytes(CLIP + extra)
    return make_film(tmp_path / "film", clips={"en": tmp_path / "en.mp4", "it": tmp_path / "it.mp4"}).path


@pytest.fixture
def session() -> Session:
    """The session of the studio below."""
    return Session(PORT)


@pytest.fixture
def studio(film: Path, session: Session) -> Gateway:
    """The whole application, gateway in front."""
    return build(film, session)


@pytest.fixture
def known(session: Session) -> dict[str, str]:
    """Headers of a browser that has exchanged its link."""
    cookie = session.exchange(session.token)
    assert cookie is not None
    return {"host": HOST, "cookie": cookie.partition(";")[0]}
