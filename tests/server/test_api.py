"""What the API tells of a film folder: whole, empty, half made, damaged, huge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.server.asking import ask, of
from tests.server.small_film import FRAMES, LINES, make_film

from ciak.config import Settings
from ciak.film import Dialogue
from ciak.project import Entry, Film
from ciak.server.studio import Gateway, Session, build


def test_the_film(studio: Gateway, known: dict[str, str], film: Path) -> None:
    told = ask(studio, of(film), headers=known).json
    assert (told["title"], told["rate"], told["nominal"], told["start"]) == (
        "The Night Reels",
        "24000/1001",
        24,
        "01:00:00:00",
    )
    assert told["frames"] == FRAMES and told["imported"] and not told["drop"] and told["folder"] == str(film)
    assert [
        (entry["code"], entry["original"], entry["lines"], entry["proxy"]["frames"]) for entry in told["languages"]
    ] == [("en", True, 6, FRAMES), ("it", False, 6, FRAMES)]


def test_lines_begin_on_the_frames_they_were_given(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    told = ask(studio, of(film, "dialogue/it"), headers=known).json
    assert [(line["frames"]["first"], line["frames"]["end"]) for line in told["lines"]] == [line[:2] for line in LINES]
    assert [line["text"] for line in told["lines"]] == [line[4] for line in LINES]
    assert told["lines"][1]["flags"] == [{"code": "too-fast", "message": "spoken at 1.41"}]
    assert told["source"] == "en"


def test_cast_and_jobs(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    assert [row["name"] for row in ask(studio, of(film, "cast"), headers=known).json["members"]] == [
        "Ada Conti",
        "Leo Marsh",
    ]
    assert ask(studio, of(film, "jobs"), headers=known).json == []


def test_subtitles_as_frames_and_as_webvtt(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    cues = ask(studio, of(film, "subtitles/it"), headers=known).json["cues"]
    assert cues[0]["frames"]["first"] == 12
    words = [word for cue in cues for line in cue["lines"] for word in line.split() if word != "-"]
    assert words == " ".join(line[4] for line in LINES).split()
    vtt = ask(studio, of(film, "webvtt/it"), headers=known)
    assert vtt.headers["content-type"].startswith("text/vtt") and vtt.body.startswith(b"WEBVTT")
    assert "Dove hai lasciato le bobine?" in vtt.body.decode()


def test_the_report(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    told = ask(studio, of(film, "report"), headers=known).json
    figures = {figure["code"]: (figure["value"], figure["of"], figure["good"]) for figure in told["figures"]}
    assert figures == {
        "in-slot": (5, 6, False),
        "flagged": (2, 6, False),
        "word-error": (0.05, 5, True),
        "loudness": (-23.1, None, True),
        "true-peak": (-1.6, None, True),
    }
    second = told["lines"][1]
    assert second["frames"] == {"first": 48, "end": 84} and second["rate"] == 1.41
    assert second["slot"] == pytest.approx(42 * 1001 / 24000, abs=1e-3)
    assert told["lines"][4]["word_error"] is None
    assert {"role": "film", "path": "night.it.mp4"} in told["files"]


@pytest.mark.parametrize(
    "told",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '"x"',
        "{}",
        '{"lines": 7, "mix": [], "files": "x", "summary": 3}',
        '{"lines": [NaN]}',
        '{"lines": [1, null, [], {"span": [2, 1]}, {"span": ["a", 1]}, {"span": [1e300, 1e301]}]}',
        '{"lines": [{"flags": [7, {}, "late", null, {"code": 3, "message": []}]}]}',
        '{"mix": {"integrated": true, "true_peak": "loud"}, "summary": {"spoken": -1e400}}',
        "[" * 100_000,
        '{"lines": [{"span": [-5, -4], "rate": {}, "word_error": []}], "languages": [1, "it"]}',
        "\udcff",
    ],
)
def test_a_report_may_say_anything(film: Path, studio: Gateway, known: dict[str, str], told: str) -> None:
    (film / "deliveries" / "report.json").write_bytes(told.encode("utf-8", "surrogateescape"))
    answer = ask(studio, of(film, "report"), headers=known)
    assert answer.status == 200 and answer.json["present"]
    for figure in answer.json["figures"]:
        assert figure["value"] is None or isinstance(figure["value"], int | float)


def test_an_empty_film_is_no_error(
    tmp_path: Path, session: Session, known: dict[str, str], settings: Settings
) -> None:
    film = Film.create(tmp_path / "new", "New").path
    studio = build(film, session, settings)
    told = ask(studio, of(film), headers=known).json
    assert (told["rate"], told["frames"], told["languages"], told["imported"]) == (None, None, [], False)
    assert ask(studio, of(film, "report"), headers=known).json["present"] is False
    assert ask(studio, of(film, "cast"), headers=known).json["members"] == []
    assert ask(studio, of(film, "dialogue/it"), headers=known).status == 404
    assert ask(studio, of(film, "media/it"), headers=known).status == 404


def test_an_imported_film_plays_before_it_was_dubbed(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    """The proxy that the import made is found in the history, and its frames in the map made with it."""
    (film / ".ciak" / "proxies.json").unlink()
    opened = Film.open(film)
    assert opened.source is not None
    proxy = opened.artefacts.put_bytes(b"picture", ".mp4")
    counted = opened.artefacts.put_bytes(json.dumps({"source": list(range(287))}).encode(), ".json")
    ask(studio, of(film), headers=known)
    for outputs in ({"proxy": "../../x.mp4"}, {"proxy": proxy, "frames": counted}):
        opened.record(
            Entry(kind="step", what="proxy", who="ciak", outputs=outputs, inputs={"source": opened.source.sha256})
        )
    opened.record(
        Entry(kind="step", what="proxy", who="ciak", outputs={"proxy": "x"}, inputs={"source": "of another film"})
    )
    english, italian = ask(studio, of(film), headers=known).json["languages"]
    assert english["proxy"] == {"version": proxy, "frames": 287} and italian["proxy"] is None
    assert ask(studio, of(film, "media/en"), headers=known).body == b"picture"
    (film / ".ciak" / "proxies.json").write_text(json.dumps({"it": {"artefact": proxy}}))
    _, italian = ask(studio, of(film), headers=known).json["languages"]
    assert italian["proxy"]["frames"] == 287, "the same picture has the same frames"


def test_what_was_saved_meanwhile_is_shown(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    opened = Film.open(film)
    dialogue = opened.dialogue("it")
    assert isinstance(dialogue, Dialogue)
    changed = dialogue.loops[0].model_copy(update={"text": "Dove sono le bobine?"})
    opened.save_dialogue(dialogue.model_copy(update={"loops": (changed, *dialogue.loops[1:])}))
    told = ask(studio, of(film, "dialogue/it"), headers=known).json
    assert told["lines"][0]["text"] == "Dove sono le bobine?" and told["revision"] == dialogue.revision + 1


def test_a_damaged_dialogue_is_told_and_the_rest_lives(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    (film / "dialogue" / "it.json").write_text('{"language": "it", "loops": [')
    languages = ask(studio, of(film), headers=known).json["languages"]
    italian = next(entry for entry in languages if entry["code"] == "it")
    assert italian["lines"] == 0 and "it.json" in italian["problem"]
    answer = ask(studio, of(film, "dialogue/it"), headers=known)
    assert answer.status == 422 and answer.json["error"] == "Damaged" and "it.json" in answer.json["message"]
    assert ask(studio, of(film, "dialogue/en"), headers=known).status == 200


def test_a_film_folder_that_went_away_is_told(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    film.rename(film.with_name("elsewhere"))
    answer = ask(studio, of(film), headers=known)
    assert answer.status == 404 and answer.json["error"] == "NotFound"


def test_two_thousand_lines_are_told_at_once(
    tmp_path: Path, session: Session, known: dict[str, str], settings: Settings
) -> None:
    lines = tuple(
        (number * 40, number * 40 + 30, "ada", f"Line {number}", f"Battuta {number}", ()) for number in range(2000)
    )
    film = make_film(tmp_path / "long", lines=lines).path
    studio = build(film, session, settings)
    assert len(ask(studio, of(film, "dialogue/it"), headers=known).json["lines"]) == 2000
    assert len(ask(studio, of(film, "subtitles/it"), headers=known).json["cues"]) == 2000


def test_running_jobs_are_told_and_dead_ones_are_interrupted(
    film: Path, studio: Gateway, known: dict[str, str]
) -> None:
    import os

    from ciak.jobs.processes import born
    from ciak.store import SqliteJournal

    with Film.open(film).index as index:
        journal = SqliteJournal(index)
        for number, (pid, birth) in enumerate(((os.getpid(), born(os.getpid())), (os.getpid(), "x-1"))):
            journal.add(
                {
                    "id": f"{number:016x}",
                    "verb": "dub",
                    "film": str(film),
                    "state": "running",
                    "done": 0.25,
                    "what": "mixing",
                    "pid": pid,
                    "born": birth,
                }
            )
    told = ask(studio, of(film, "jobs"), headers=known).json
    assert [(job["state"], job["done"], job["verb"]) for job in told] == [
        ("interrupted", 0.25, "dub"),
        ("running", 0.25, "dub"),
    ]


def test_errors_never_carry_a_traceback(film: Path, studio: Gateway, known: dict[str, str]) -> None:
    for path in (
        of(film, "dialogue/xx"),
        of(film, "dialogue/..%2f.."),
        of(film, "nothing"),
        "/nothing",
        "/api/v1/films/0123456789abcdef",
        "/api/v1/films/0123456789ABCDEF/cast",
        of(film, "media/zz"),
        "/static/none.js",
    ):
        answer = ask(studio, path, headers=known)
        assert answer.status in (400, 404)
        assert b"Traceback" not in answer.body and json.loads(answer.body)
