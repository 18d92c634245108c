"""Records and library: migrated, backed up and restored, erased for real, never lost (trust H2, R6, R8)."""

from __future__ import annotations

import random
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError
from tests.store.faults import Say, in_child

from ciak.errors import CiakError, Damaged, NewerSchema, NotFound, SettingsError, StorageError, StoreDamaged
from ciak.store.library import Library, MemoryLine, Presence, Term
from ciak.store.records import Consent, Mark, Records
from ciak.store.sql import SqlStore, sqlite_url

DAY = date(2026, 3, 1)
CANARY = "Zyxwvut Qqcanary"


def consent(performer: str = CANARY, **other: object) -> Consent:
    return Consent.model_validate({"performer": performer, "scope": "voice", "since": DAY, "proof": "folder 7",
                                   **other})


def bytes_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def line(text: str, translation: str, **other: str) -> MemoryLine:
    return MemoryLine.model_validate({"source": "en", "target": "it", "line": text, "translation": translation,
                                      **other})


def test_reading_makes_nothing(tmp_path: Path) -> None:
    records, library = Records.of(tmp_path / "film"), Library.at(tmp_path / "lib")
    assert records.consents() == () and library.films() == () and library.lookup(["x"], "en", "it") == {}
    assert records.version == 0 and records.erase("x").rows == 0 and library.erase("x") == 0
    assert list(tmp_path.iterdir()) == []


def test_a_consent_is_kept_and_judged(tmp_path: Path) -> None:
    records = Records.of(tmp_path)
    kept = records.add(consent(languages=("it", "fr"), until=date(2026, 6, 1)))
    assert kept.id == 1 and Records.of(tmp_path).consents("  zyxwvut QQCANARY ") == (kept,)
    assert records.allows(CANARY, "voice", "it", DAY)
    for scope, language, day in (("likeness", "it", DAY), ("voice", "de", DAY), ("voice", "it", date(2026, 6, 2)),
                                 ("voice", "it", date(2026, 2, 28))):
        assert not records.allows(CANARY, scope, language, day)
    records.withdraw(kept.id, date(2026, 4, 1))
    assert not records.allows(CANARY, "voice", "it", date(2026, 4, 2))
    with pytest.raises(NotFound):
        records.withdraw(99, DAY)
    with pytest.raises(ValidationError):
        consent(until=date(2020, 1, 1))


GOLDEN = Path(__file__).with_name("golden")


def test_records_of_the_first_schema_are_read_and_brought_along(tmp_path: Path) -> None:
    shutil.copy(GOLDEN / "records-1.sqlite", tmp_path / "r.sqlite")
    records = Records(sqlite_url(tmp_path / "r.sqlite"))
    ada, leo = records.consents()
    assert (ada.performer, ada.languages, ada.titles, ada.until) == ("Ada Conti", ("it", "fr"), (), date(2027, 1, 1))
    assert ada.withdrawn is None and ada.note == "" and leo.until == date(2026, 3, 1)
    assert records.version == 2 and records.marks() == {} and records.traces() == ()
    records.withdraw(1, date(2026, 5, 1))
    assert records.consents("ada conti")[0].withdrawn == date(2026, 5, 1)
    assert records.consents("ada conti")[0].until == date(2027, 1, 1), "what was agreed stays on record"


def test_records_of_this_schema_stay_readable() -> None:
    """The next schema keeps this file."""
    with sqlite3.connect(f"file:{GOLDEN / 'records-2.sqlite'}?mode=ro", uri=True) as held:
        assert held.execute("SELECT max(version) FROM schema_version").fetchone() == (2,)
    held.close()


def test_the_second_golden_says_what_it_said(tmp_path: Path) -> None:
    shutil.copy(GOLDEN / "records-2.sqlite", tmp_path / "r.sqlite")
    records = Records(sqlite_url(tmp_path / "r.sqlite"))
    ada, leo = records.consents()
    assert (ada.titles, ada.withdrawn, ada.note) == (("Night",), None, "no songs")
    assert leo.withdrawn == date(2026, 3, 1) and leo.last == date(2026, 3, 1)
    assert records.marks()["a" * 64 + ".wav"].performer == "Ada Conti"
    assert [path.name for path, _, _ in records.traces()] == ["night.it.mp4"]


def test_a_consent_of_a_title_and_what_stands_against_one(tmp_path: Path) -> None:
    kept = consent(titles=("Night",), languages=("pt",))
    assert kept.covers("voice", "pt-BR", DAY, "night") and kept.covers("voice", "pt", DAY)
    assert "Night" in kept.why_not("voice", "pt", DAY, "Day") and "pt" in kept.why_not("voice", "it", DAY, "Night")
    records = Records.of(tmp_path)
    one = records.add(kept)
    records.withdraw(one.id, date(2026, 4, 1))
    records.withdraw(one.id, date(2026, 9, 1))
    assert records.consents()[0].withdrawn == date(2026, 4, 1), "a withdrawal is not prolonged"
    records.withdraw(one.id, date(2025, 1, 1))
    assert not records.allows(CANARY, "voice", "pt", DAY), "withdrawn before it began, it never holds"


def test_erasing_takes_the_marks_too(tmp_path: Path) -> None:
    records = Records.of(tmp_path)
    records.add(consent(titles=("Canary Title",), note="canary note"))
    records.mark(Mark(sound="a" * 64 + ".wav", performer=CANARY, language="it", voice="v", consent=1))
    assert records.newest() is not None and len(records.marks()) == 1
    assert records.erase(CANARY).rows == 2 and records.marks() == {}
    assert b"anary" not in bytes_below(tmp_path)


def test_thirty_erasures_leave_no_byte_here_or_in_backups(tmp_path: Path) -> None:
    """Trust H2: proved by reading every byte of every file, backups and journals included."""
    records = Records.of(tmp_path / "film")
    rng = random.Random(7)
    for number in range(30):
        records.add(consent(f"Person {number} Kept", proof="y" * rng.randrange(1, 900)))
        records.add(consent(f"Gone{number:03d} Canary", proof=f"canary-{number:03d} " + "x" * rng.randrange(900)))
    records.backup(tmp_path / "backup" / "one.sqlite")
    assert b"anary" in bytes_below(tmp_path)
    for number in range(30):
        assert records.erase(f"gone{number:03d} canary").rows == 2
    held = bytes_below(tmp_path)
    for spelling in ("anary", "Gone0"):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert spelling.encode(encoding) not in held
    assert len(records.consents()) == 30
    assert len(Records(sqlite_url(tmp_path / "backup" / "one.sqlite")).consents()) == 30


def test_a_backup_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    records = Records.of(tmp_path / "film")
    records.add(consent())
    records.backup(tmp_path / "stick" / "one.sqlite")
    shutil.move(tmp_path / "stick", tmp_path / "drawer")
    erased = records.erase(CANARY)
    assert erased.rows == 1 and erased.backups == ()
    assert erased.unreached == (str(tmp_path / "stick" / "one.sqlite"),)


def test_a_backup_gives_everything_back(tmp_path: Path) -> None:
    """Trust R8."""
    records = Records.of(tmp_path / "film")
    kept = [records.add(consent(f"Person {number}")) for number in range(50)]
    records.backup(tmp_path / "one.sqlite")
    records.withdraw(3, DAY)
    records.add(consent("Later"))
    records.restore(tmp_path / "one.sqlite")
    assert list(records.consents()) == kept
    (tmp_path / "film" / "records" / "records.sqlite").unlink()
    fresh = Records.of(tmp_path / "film")
    fresh.restore(tmp_path / "one.sqlite")
    assert list(fresh.consents()) == kept
    (tmp_path / "film" / "records" / "records.sqlite").write_bytes(b"junk" * 5000)
    fresh.restore(tmp_path / "one.sqlite")
    assert list(fresh.consents()) == kept
    assert (tmp_path / "film" / "records" / "records.sqlite.damaged-1").read_bytes() == b"junk" * 5000
    assert fresh.erase("person 3").backups == (str(tmp_path / "one.sqlite"),)


def test_a_damaged_backup_changes_nothing(tmp_path: Path) -> None:
    records = Records.of(tmp_path / "film")
    kept = records.add(consent())
    records.backup(tmp_path / "one.sqlite")
    whole = (tmp_path / "one.sqlite").read_bytes()
    for damaged in (b"", b"junk", whole[:3000], whole[:4096] + b"\xff" * (len(whole) - 4096)):
        (tmp_path / "one.sqlite").write_bytes(damaged)
        with pytest.raises((Damaged, StorageError)):
            records.restore(tmp_path / "one.sqlite")
        assert records.consents() == (kept,)
    with pytest.raises(NotFound):
        records.restore(tmp_path / "none.sqlite")


def test_damage_is_reported_and_left_as_it_is(tmp_path: Path) -> None:
    records = Records.of(tmp_path)
    records.add(consent())
    place = tmp_path / "records" / "records.sqlite"
    place.write_bytes(b"junk" * 3000)
    with pytest.raises(StoreDamaged, match="restore a backup"):
        Records.of(tmp_path).consents()
    with pytest.raises(CiakError):
        Records.of(tmp_path).backup(tmp_path / "b.sqlite")
    assert place.read_bytes() == b"junk" * 3000 and not (tmp_path / "b.sqlite").exists()


def test_a_newer_one_is_refused(tmp_path: Path) -> None:
    Records.of(tmp_path).add(consent())
    with sqlite3.connect(tmp_path / "records" / "records.sqlite") as connection:
        connection.execute("INSERT INTO schema_version VALUES (99)")
    connection.close()
    with pytest.raises(NewerSchema):
        Records.of(tmp_path).consents()


def test_migrations_run_in_order_once_and_whole_or_not_at_all(tmp_path: Path) -> None:
    url, ran = sqlite_url(tmp_path / "m.sqlite"), []

    class Store(SqlStore):
        def touch(self) -> None:
            with self._writing():
                pass

    def step(number: int, fail: bool = False) -> object:
        def migrate(connection: object) -> None:
            ran.append(number)
            connection.exec_driver_sql(f"CREATE TABLE t{number} (x INTEGER)")  # type: ignore[attr-defined]
            if fail:
                raise StorageError("no")
        return migrate

    Store(url, "store", [step(1)]).touch()  # type: ignore[list-item]
    with pytest.raises(StorageError):
        Store(url, "store", [step(1), step(2), step(3, fail=True)]).touch()  # type: ignore[list-item]
    assert Store(url, "store", [step(1)]).version == 1  # type: ignore[list-item]
    store = Store(url, "store", [step(1), step(2), step(3)])  # type: ignore[list-item]
    store.touch()
    store.touch()
    assert ran == [1, 2, 3, 2, 3] and store.version == 3


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "postgresql+nodriver://x/y"])
def test_addresses_that_cannot_be(url: str) -> None:
    with pytest.raises(SettingsError):
        Library(url)


def test_the_journal_mode_is_never_the_log_and_a_fork_carries_nothing(tmp_path: Path) -> None:
    """Trust R1, R2."""
    records = Records.of(tmp_path)
    records.add(consent())
    place = tmp_path / "records" / "records.sqlite"
    with sqlite3.connect(place) as connection:
        assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
    connection.close()
    records.add(consent("Other"))
    with sqlite3.connect(place) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    connection.close()

    def child(say: Say) -> None:
        records.add(consent("Child"))
        say(len(records.consents()))

    assert in_child(child).said == [3]
    assert len(records.consents()) == 3


def test_the_shelf_keeps_films_whose_disk_is_away(tmp_path: Path) -> None:
    """Trust R6: an unmounted disk is not an empty library."""
    library = Library.at(tmp_path / "lib")
    for name in ("one", "two", "three"):
        (tmp_path / "disk" / name).mkdir(parents=True)
        (tmp_path / "disk" / name / "film.toml").write_text("schema = 1")
        library.shelve(tmp_path / "disk" / name, name.title())
    library.shelve(tmp_path / "disk" / "one", "One again")
    assert [entry.title for entry in library.films()] == ["One again", "Three", "Two"]
    (tmp_path / "disk").rename(tmp_path / "unplugged")
    (tmp_path / "disk").mkdir()
    assert [(entry.title, entry.presence) for entry in library.films()] == [
        (title, Presence.MISSING) for title in ("One again", "Three", "Two")]
    (tmp_path / "disk").rmdir()
    (tmp_path / "unplugged").rename(tmp_path / "disk")
    assert {entry.presence for entry in library.films()} == {Presence.HERE}
    assert library.take_down(tmp_path / "disk" / "two") and not library.take_down(tmp_path / "disk" / "two")
    assert (tmp_path / "disk" / "two" / "film.toml").exists() and len(library.films()) == 2


def test_the_memory_gives_back_the_same_line_only(tmp_path: Path) -> None:
    library = Library.at(tmp_path)
    library.remember([line("Where  is he?", "Dov'è?", origin="Night"), line("Café", "Caffè"),
                      line("Where is he?", "Lui dov'è?", person="Ada")])
    asked = ["Where is he?", "where is he?", "Where is he", " Where is\the? ", "Cafe\u0301", "", "Nobody"]
    assert library.lookup(asked, "en", "it") == {"Where is he?": "Lui dov'è?", " Where is\the? ": "Lui dov'è?",
                                                 "Cafe\u0301": "Caffè"}
    assert library.lookup(asked, "it", "en") == {} and library.lookup([], "en", "it") == {}
    assert [entry.line for entry in library.memory("en", "it")] == ["Café", "Where is he?"]
    with pytest.raises(ValidationError):
        line("x", "y", source="English")


def test_thousands_of_lines_are_looked_up_at_once(tmp_path: Path) -> None:
    library = Library.at(tmp_path)
    library.remember(line(f"Line {number}", f"Riga {number}") for number in range(1500))
    found = library.lookup([f"Line {number}" for number in range(0, 3000, 2)], "en", "it")
    assert len(found) == 750 and found["Line 1498"] == "Riga 1498"


def test_the_glossary_and_a_name_erased(tmp_path: Path) -> None:
    library = Library.at(tmp_path)
    library.add_term(Term(source="en", target="it", term="take", rendering="ciak", person=CANARY))
    library.add_term(Term(source="en", target="it", term="take", rendering="ripresa", person=CANARY))
    library.remember([line("Hello", "Ciao", person=CANARY)])
    assert [term.rendering for term in library.terms("en", "it")] == ["ripresa"]
    library.add_term(Term(source="it", target="fr", term="ripresa", rendering="prise"))
    assert (library.wordings("en"), library.wordings("it"), library.wordings("de")) == (("take",), ("ripresa",), ())
    library.backup(tmp_path.parent / "library-backup.sqlite")
    assert library.erase(CANARY) == 2
    assert b"Qqcanary" not in bytes_below(tmp_path)
    assert library.lookup(["Hello"], "en", "it") == {"Hello": "Ciao"}
    (tmp_path.parent / "library-backup.sqlite").unlink()
