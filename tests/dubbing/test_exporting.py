"""Exports read back: by our own readers, by pyaaf2 and openpyxl, cell by cell and sample by sample."""

from __future__ import annotations

import csv
import io
import json
import wave
from fractions import Fraction
from pathlib import Path

import pytest
from tests.dubbing.recorded import speech, spoken, write_wav

from ciak.dubbing.booking import Booking, booking_tables, rings, scenes_of
from ciak.dubbing.exporting import EXPORTS, export, table_bytes
from ciak.dubbing.taking_in import Intake, find_takes, take_in
from ciak.errors import BadInput, NotFound, NothingToDo
from ciak.film import Cast, CastMember, Dialogue, Flag, Loop, Rate, Span, Timecode
from ciak.film.editing import Retype
from ciak.film.screenplay import ElementKind, Screenplay, ScreenplayElement
from ciak.formats import examine_edl, format_named, read_cut, read_dialogue_list
from ciak.formats.table import Table
from ciak.formats.table_page import table_page
from ciak.formats.xlsx_writing import xlsx
from ciak.media import SoundFile
from ciak.project import Film, edit

LINES = ((1, 3, "ada", "Where are the reels?", "Dove sono le bobine?"), (4, 6, "leo", "In the car.", "In macchina."),
         (7, 9, "ada", "=HYPERLINK(1)", "=SOMMA(A1)"), (50, 52, "leo", "Run.", "Corri."))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A film whose first three lines were recorded: two by Anna, one by Marco."""
    folder = tmp_path_factory.mktemp("export")
    film = Film.create(folder / "night", "Night & Day", language="en", rate=Rate.parse("25"))
    film.save_cast(Cast(members=(CastMember(id="ada", name="Ada Conti"), CastMember(id="leo", name="Leo <b>"))))
    for language, which in (("en", 3), ("it", 4)):
        film.save_dialogue(Dialogue(language=language, source=None if language == "en" else "en", loops=tuple(
            Loop(id=f"L{number:04}", character=line[2], span=Span.of(line[0], line[1]), text=line[which],
                 flags=(Flag(code="too-fast", message="at 1.4"),) if number == 2 else ())
            for number, line in enumerate(LINES, 1))))
    for number, actor in ((1, "Anna Rossi"), (3, "Anna Rossi"), (2, "Marco Bruni")):
        write_wav(folder / f"in{number}" / f"l000{number}.wav", speech(1.0 + number / 10, hertz=150.0 + 50 * number))
        found, left = find_takes(film, "it", folder / f"in{number}", Intake(actor=actor))
        assert not left
        take_in(film, None, "it", found, Intake(actor=actor))
    return film


def test_a_timeline_with_its_takes(film: Film, tmp_path: Path) -> None:
    done = export(film, "otio", "it", tmp_path / "night.otio")
    cut = read_cut((tmp_path / "night.otio").read_bytes())
    assert [(lane.name, [clip.loop for clip in lane.clips]) for lane in cut.lanes] == [
        ("DX Ada Conti", ["L0001", "L0003"]), ("DX Leo <b>", ["L0002"])]
    clip = cut.lanes[0].clips[1]
    assert clip.span == Span.of(7, Fraction(83, 10)) and clip.text == "=SOMMA(A1)" and not done.losses
    with SoundFile(tmp_path / clip.path) as sound:
        assert (sound.rate, sound.channels, sound.frames) == (48000, 1, 62400)
        assert sound.timecode_samples == (3600 + 7) * 48000, "its place in the film"
    assert set(done.files[1:]) == set((tmp_path / "night.takes").iterdir())


def test_edit_lists_by_track_whose_source_times_are_those_of_the_files(film: Film, tmp_path: Path) -> None:
    done = export(film, "edl", "it", tmp_path / "night.edl")
    lists = [path for path in done.files if path.suffix == ".edl"]
    assert [path.name for path in lists] == ["night.DX_Ada_Conti.edl", "night.DX_Leo__b.edl"]
    text = lists[0].read_text()
    assert "001  L0001T01 A     C        01:00:01:00 01:00:02:03 01:00:01:00 01:00:02:03" in text
    assert "FCM: NON-DROP FRAME" in text and "* FROM CLIP NAME: L0003" in text
    read = examine_edl(lists[0].read_bytes())
    assert [clip.span.start for clip in read.document.lanes[0].clips] == [1, 7] and not read.findings


def test_a_session_with_the_sound_inside(film: Film, tmp_path: Path) -> None:
    import aaf2

    done = export(film, "aaf", "it", tmp_path / "night.aaf")
    assert done.files == (tmp_path / "night.aaf",) and not list(tmp_path.glob(".ciak-*"))
    with aaf2.open(str(tmp_path / "night.aaf")) as file:
        composition = next(file.content.toplevel())
        slots = {slot.name: slot for slot in composition.slots}
        assert set(slots) == {"TC", "DX Ada Conti", "DX Leo <b>"}
        assert (slots["TC"].segment.start, slots["TC"].segment.fps) == (90000, 25)
        ada = list(slots["DX Ada Conti"].segment.components)
        assert [type(part).__name__ for part in ada] == ["Filler", "SourceClip", "Filler", "SourceClip"]
        assert [part.length for part in ada] == [48000, 52800, 336000 - 48000 - 52800, 62400]
        master = ada[1].mob
        assert master.name == "L0001" and master.comments["Text"] == "Dove sono le bobine?"
        master.slots[0].segment.mob.export_audio(str(tmp_path / "back.wav"))
    with wave.open(str(tmp_path / "back.wav")) as back:
        frames = back.readframes(back.getnframes())
        assert (back.getframerate(), back.getsampwidth(), back.getnframes()) == (48000, 3, 52800)
    take = spoken(film).loops[0].take
    assert take is not None
    export(film, "otio", "it", tmp_path / "same.otio")
    assert (tmp_path / "same.takes" / "L0001_T01.wav").read_bytes().endswith(frames), "sample by sample"


def test_bands_in_our_own_form_and_in_cappellas(film: Film, tmp_path: Path) -> None:
    export(film, "rythmo", "it", tmp_path / "night.rythmo.json")
    value = json.loads((tmp_path / "night.rythmo.json").read_bytes())
    assert (value["format"], value["version"], value["language"]) == ("ciak-rythmo", 1, "it")
    band = format_named("rythmo").read((tmp_path / "night.rythmo.json").read_bytes())
    assert [line.original for line in band.lines] == [line[3] for line in LINES]
    assert {one.id: one.actor for one in band.characters} == {"ada": "Anna Rossi", "leo": "Marco Bruni"}
    done = export(film, "detx", "it", tmp_path / "night.detx")
    back = format_named("detx").read((tmp_path / "night.detx").read_bytes())
    assert [(line.text, line.character, line.track) for line in back.lines] == [
        (line.text, line.character, line.track) for line in band.lines]
    assert back.lines[3].span == band.lines[3].span and "the language" in done.losses
    assert 'timecode="01:00:50:00" type="in_open"' in (tmp_path / "night.detx").read_text()


def cells(path: Path) -> list[list[object]]:
    from openpyxl import load_workbook

    return [[cell.value for cell in row] for row in load_workbook(path).worksheets[0].iter_rows()]


def test_lists_as_csv_workbook_and_page(film: Film, tmp_path: Path) -> None:
    export(film, "dialogue-list", "it", tmp_path / "d.csv")
    rows = read_dialogue_list((tmp_path / "d.csv").read_bytes())
    assert rows[2].translation == "=SOMMA(A1)" and b"'=SOMMA" in (tmp_path / "d.csv").read_bytes()
    export(film, "dialogue-list", "it", tmp_path / "d.xlsx")
    table = cells(tmp_path / "d.xlsx")
    assert table[0][:4] == ["loop", "character", "in", "out"] and table[1][2] == "01:00:01:00" and table[1][4] == 1
    export(film, "cue-sheet", "it", tmp_path / "c.xlsx")
    cues = cells(tmp_path / "c.xlsx")
    assert [row[8] for row in cues[1:]] == ["imported", "imported", "imported", "to record"]
    export(film, "cue-sheet", "it", tmp_path / "c.html")
    page = (tmp_path / "c.html").read_text()
    assert "Leo &lt;b&gt;" in page and "<b>" not in page and "<script" not in page


def test_nothing_in_a_workbook_is_a_formula(film: Film, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    export(film, "dialogue-list", "it", tmp_path / "d.xlsx")
    signs = ("=1+1", "+1", "-1", "@x", "\t=1", "＝1", "a\x00b")
    (tmp_path / "t.xlsx").write_bytes(xlsx([Table("=T [x]", ("a",), tuple((sign,) for sign in signs))]))
    for name in ("d.xlsx", "t.xlsx"):
        kinds = {cell.data_type for row in load_workbook(tmp_path / name).worksheets[0].iter_rows() for cell in row}
        assert "f" not in kinds
    assert [row[0] for row in cells(tmp_path / "t.xlsx")[1:]] == [*signs[:-1], "ab"]
    assert xlsx([Table("T", ("a",), (("b",),))]) == xlsx([Table("T", ("a",), (("b",),))]), "the same bytes"


def test_what_is_said_in_the_chosen_takes(film: Film, tmp_path: Path) -> None:
    done = export(film, "as-recorded", "it", tmp_path / "r.fountain")
    assert done.losses == ("marks that Fountain would take for something else",), "of the line that begins with ="
    script = format_named("fountain").read((tmp_path / "r.fountain").read_bytes())
    said = [one.text for one in script.elements if one.kind is ElementKind.DIALOGUE]
    assert said == ["Dove sono le bobine?", "In macchina."], "the line without a take is not in it"
    assert "[[L0001  01:00:01:00 - 01:00:02:02]]" in (tmp_path / "r.fountain").read_text()
    export(film, "as-recorded", "it", tmp_path / "r.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text())))
    assert [row["voice"] for row in rows] == ["Anna Rossi", "Marco Bruni", "Anna Rossi"]
    edit(film, "it", [Retype(loop="L0001", text="Dove le hai messe?")], {})
    export(film, "as-recorded", "it", tmp_path / "r2.csv")
    again = list(csv.DictReader(io.StringIO((tmp_path / "r2.csv").read_text())))
    assert [row["line"] for row in again] == ["L0002", "L0003"], "a take of other words is not what is said"
    edit(film, "it", [Retype(loop="L0001", text="Dove sono le bobine?")], {})
    assert spoken(film).loops[0].take is not None


def test_what_cannot_be_exported_is_refused(film: Film, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no export"):
        export(film, "avid", "it", tmp_path / "a.avb")
    with pytest.raises(BadInput, match="not written as"):
        export(film, "otio", "it", tmp_path / "a.xml")
    with pytest.raises(NotFound):
        export(film, "otio", "de", tmp_path / "a.otio")
    with pytest.raises(NothingToDo):
        export(film, "aaf", "en", tmp_path / "a.aaf")
    assert not list(tmp_path.iterdir())
    for kind, (_, endings) in EXPORTS.items():
        for ending in endings:
            assert export(film, kind, "it", tmp_path / f"all{ending}").files[0].stat().st_size


def test_booking_counts_loops_lines_words_and_hours(film: Film) -> None:
    people, loops = booking_tables("b", spoken(film), film.cast(), film.start, Booking(loops_per_hour=2))
    rows = {row[0]: row for row in people.rows}
    assert rows["Ada Conti"][1:8] == ("Anna Rossi", 1, 2, 2, 5, 4.0, 0.5)
    assert rows["Leo <b>"][1:8] == ("Marco Bruni", 2, 2, 2, 3, 4.0, 1.0)
    assert [row[:4] for row in loops.rows] == [
        (1, "01:00:01:00", "01:00:09:00", 3), (2, "01:00:50:00", "01:00:52:00", 1)]
    assert people.total is not None and people.total[2:4] == (2, 4)
    assert rows["Leo <b>"][-1] == "1-2"
    page = table_bytes("b", (people, loops), ".html").decode()
    assert "By loop" in page and "<tfoot>" in page
    with pytest.raises(BadInput):
        Booking(loops_per_hour=0)


def test_a_loop_ends_where_it_is_long_enough_where_nobody_speaks_and_with_its_scene() -> None:
    def loop(number: int, start: int) -> Loop:
        return Loop(id=f"L{number}", character="a", span=Span.of(start, start + 2), text="x")

    lines = [loop(number, 3 * number) for number in range(12)]
    assert [len(ring) for ring in rings(lines, Booking())] == [10, 2]
    assert [len(ring) for ring in rings([loop(1, 0), loop(2, 5), loop(3, 20)], Booking())] == [2, 1]
    scenes = {"L1": "A", "L2": "B"}
    assert [len(ring) for ring in rings([loop(1, 0), loop(2, 3)], Booking(scenes=scenes))] == [1, 1]


def test_lines_find_their_scenes_by_their_words(film: Film) -> None:
    original = film.dialogue("en")
    assert original is not None

    def part(kind: ElementKind, text: str) -> ScreenplayElement:
        return ScreenplayElement(kind=kind, text=text)

    script = Screenplay(elements=(
        part(ElementKind.HEADING, "INT. CAR - NIGHT"), part(ElementKind.CHARACTER, "ADA"),
        part(ElementKind.DIALOGUE, "So where are the reels?"), part(ElementKind.CHARACTER, "LEO"),
        part(ElementKind.DIALOGUE, "In the car."), part(ElementKind.HEADING, "EXT. ROAD - NIGHT"),
        part(ElementKind.CHARACTER, "LEO"), part(ElementKind.DIALOGUE, "Run!")))
    assert scenes_of(script, original) == {
        "L0001": "INT. CAR - NIGHT", "L0002": "INT. CAR - NIGHT", "L0004": "EXT. ROAD - NIGHT"}


def test_a_page_is_whole_and_prints_every_head() -> None:
    page = table_page("A & B", [Table("A & B", ("one",), (("<x>",), (1.5,)), total=("all",), language="it")]).decode()
    assert page.startswith("<!doctype html>") and '<html lang="it">' in page and "A &amp; B" in page
    assert "&lt;x&gt;" in page and 'class="n">1.5<' in page and "table-header-group" in page
    assert Timecode.parse("01:00:00:00", Rate.parse("25")).frames == 90000
