"""Files of other people: one module a format, and the doors through which documents come and go.

``subtitles`` (SRT, WebVTT, ASS, IMSC, DCP, EBU STL, SCC), ``otio`` and ``edl`` (the cut), ``dialogue_list`` (CSV);
``scripts`` (Fountain) and ``as_recorded`` (CSV, XLSX) are what lines may come from; ``glossary_list`` (CSV) has terms;
``detect`` tells what a file is; ``strict_json`` and ``strict_xml`` are the readers of JSON and XML from outside;
``base`` says how to add a format.
"""

from ciak.formats.as_recorded import RecordedLine, read_as_recorded
from ciak.formats.base import Finding, Format, Reading, load, shown
from ciak.formats.detect import Detection, detect
from ciak.formats.dialogue_list import DialogueRow, dialogue_rows, read_dialogue_list, write_dialogue_list
from ciak.formats.edl import examine_edl, read_edl
from ciak.formats.encoding import decode_text
from ciak.formats.glossary_list import read_glossary_list, write_glossary_list
from ciak.formats.otio import examine_cut, read_cut, write_cut
from ciak.formats.registry import FORMATS, format_named
from ciak.formats.scripts import read_script
from ciak.formats.strict_json import JsonLimits, parse_json, read_json, write_json
from ciak.formats.subtitles import examine_subtitles, read_subtitles, subtitle_losses, write_subtitles

__all__ = [
    "FORMATS", "Detection", "DialogueRow", "Finding", "Format", "JsonLimits", "Reading", "RecordedLine", "decode_text",
    "detect", "dialogue_rows", "examine_cut", "examine_edl", "examine_subtitles", "format_named", "load", "parse_json",
    "read_as_recorded", "read_cut", "read_dialogue_list", "read_edl", "read_glossary_list", "read_json",
    "read_script", "read_subtitles", "shown", "subtitle_losses", "write_cut", "write_dialogue_list",
    "write_glossary_list", "write_json", "write_subtitles",
]
