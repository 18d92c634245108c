"""Every error Ciak raises on purpose, in one tree.

::

    CiakError                     exit code 2 unless said otherwise
    ├── BadInput                  what the user handed over cannot be used
    │   ├── NotFound              no such file, film, loop, job, track
    │   ├── WrongFormat           not the format that it claims, or one nobody here reads
    │   ├── Damaged               begins well and ends badly: truncated, corrupt, inconsistent
    │   ├── WrongEncoding         text that is not text in any encoding tried
    │   ├── TooLarge              over a budget that is checked before memory is taken
    │   ├── Hostile               a file that tries to reach outside itself
    │   └── NothingToDo           no sound, no speech, no picture where one is needed
    ├── FilmError                 the film folder
    │   ├── NewerSchema           written by a newer Ciak
    │   ├── Conflict              somebody saved since you read: carries both versions
    │   └── Refused               a rule of the film says no (rate differs, line locked)
    │       └── NoConsent         a voice is somebody's likeness, and nobody's consent covers it
    ├── StorageError              the disk said no: full, read-only, failed fsync
    │   └── StoreDamaged          bytes no longer match their hash
    ├── ModelError
    │   ├── ModelAbsent           not pulled yet: names the command that fetches it
    │   ├── ModelDamaged          a file does not match its sha256
    │   └── FetchFailed           no source could deliver
    ├── BackendError              a backend is unknown or cannot do what is asked
    │   └── ProgramAbsent         an external program (espeak-ng) is not installed
    ├── JobError
    │   └── Cancelled             exit code 130
    └── SettingsError             a setting or option that cannot be

Each error has a ``message`` (what is wrong, one line) and, where there is one, a ``remedy`` (what to do
next); ``str(error)`` is both. Data that a program may want is kept in ``details``.
"""

from __future__ import annotations

__all__ = [
    "BackendError",
    "BadInput",
    "Cancelled",
    "CiakError",
    "Conflict",
    "Damaged",
    "FetchFailed",
    "FilmError",
    "Hostile",
    "JobError",
    "ModelAbsent",
    "ModelDamaged",
    "ModelError",
    "NewerSchema",
    "NoConsent",
    "NotFound",
    "NothingToDo",
    "ProgramAbsent",
    "Refused",
    "SettingsError",
    "StorageError",
    "StoreDamaged",
    "TooLarge",
    "WrongEncoding",
    "WrongFormat",
]


class CiakError(Exception):
    """Base of the tree. ``CiakError("what is wrong", remedy="what to do", path=..., line=...)``."""

    exit_code = 2

    def __init__(self, message: str, *, remedy: str = "", **details: object) -> None:
        super().__init__(message)
        self.message = " ".join(message.split())
        self.remedy = " ".join(remedy.split())
        self.details = details

    def __str__(self) -> str:
        return f"{self.message}: {self.remedy}" if self.remedy else self.message

    def as_json(self) -> dict[str, object]:
        """The error as the machine-readable object that ``--json`` and the studio's API send."""
        details = {key: value if isinstance(value, int | float | bool) else str(value)
                   for key, value in self.details.items()}
        return {"error": type(self).__name__, "message": self.message, "remedy": self.remedy,
                "details": details}


class BadInput(CiakError):
    """What the user handed over cannot be used."""


class NotFound(BadInput):
    """No such file, film, loop, job or track."""


class WrongFormat(BadInput):
    """Not the format that it claims to be, or one that nobody here reads."""


class Damaged(BadInput):
    """The file begins well and ends badly: truncated, corrupt or inconsistent."""


class WrongEncoding(BadInput):
    """Text that is not text in any encoding tried."""


class TooLarge(BadInput):
    """Over a budget that is checked before memory is taken."""


class Hostile(BadInput):
    """A file that tries to reach outside itself."""


class NothingToDo(BadInput):
    """No sound, no speech or no picture where one is needed."""


class FilmError(CiakError):
    """The film folder says no."""


class NewerSchema(FilmError):
    """The film was written by a newer Ciak."""


class Conflict(FilmError):
    """Somebody saved since you read; ``mine`` and ``theirs`` hold both versions."""

    def __init__(self, message: str, *, mine: object, theirs: object, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.mine = mine
        self.theirs = theirs


class Refused(FilmError):
    """A rule of the film forbids it: another frame rate, a locked line."""


class NoConsent(Refused):
    """A voice is the likeness of a performer whose consent does not cover it; the remedy records one."""


class StorageError(CiakError):
    """The disk said no: full, read-only, a failed fsync."""


class StoreDamaged(StorageError):
    """Stored bytes no longer match their hash."""


class ModelError(CiakError):
    """Something about a model."""


class ModelAbsent(ModelError):
    """The model is not in the store; the remedy names the command that fetches it."""


class ModelDamaged(ModelError):
    """A model's file does not match its sha256, or holds what no model may hold."""


class FetchFailed(ModelError):
    """No source could deliver the model."""


class BackendError(CiakError):
    """A backend is unknown, or cannot do what is asked of it."""


class ProgramAbsent(BackendError):
    """An external program that a backend drives is not installed."""


class JobError(CiakError):
    """A job could not be run."""


class Cancelled(JobError):
    """The job was cancelled by a person or a signal; what it had finished is kept."""

    exit_code = 130


class SettingsError(CiakError):
    """A setting or an option that cannot be."""
