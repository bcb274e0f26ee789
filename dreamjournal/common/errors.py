"""Errors that are not bugs: one sentence each, with what happened, why, and what to do now."""

from __future__ import annotations


class KnownError(Exception):
    """An error of the user's input or environment, told in words.

    `what`, `why` and `what_now` are clauses without a full stop; `sentence` joins them. None of them may hold
    dream text, a name or a medicine, since the sentence may be logged.
    """

    def __init__(self, what: str, why: str = "", what_now: str = "", *, field: str | None = None) -> None:
        self.what = what
        self.why = why
        self.what_now = what_now
        self.field = field
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The whole error as one sentence: "What: why; what now." """
        text = self.what.rstrip(".")
        if self.why:
            text += ": " + self.why.rstrip(".")
        if self.what_now:
            text += "; " + self.what_now.rstrip(".")
        return text + "."


class UserError(KnownError):
    """Bad input. The command line exits with 2; the window shows the sentence beside the field named by `field`."""


class StoreError(KnownError):
    """The journal cannot be read or written: disk full, locked, damaged, newer version. Exit 1 unless bad input."""


class DiskFull(StoreError):
    """There was no room for what was to be written. What was in the journal before is as it was."""


class JournalBusy(StoreError):
    """Another program holds the journal."""


class JournalDamaged(StoreError):
    """The key is right, or none is needed, and the file still cannot be read. It was not changed."""


class WrongPassphrase(UserError):
    """The passphrase opens no slot. Nothing was touched."""


class JournalTooNew(UserError):
    """The journal was made by a newer version. It was not touched."""


class Cancelled(Exception):
    """The person cancelled a long task."""
