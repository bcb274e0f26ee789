"""What can be chosen of each kind of report beside range, parts and paper: the command line and the page ask no more than that."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from dreamjournal.common.errors import UserError
from dreamjournal.domain.contrast import ContrastSpec

if TYPE_CHECKING:
    from dreamjournal.domain.report import Report

CHOICES: dict[str, tuple[str, ...]] = {
    "contrast": ("enhancer", "metric", "source", "swd"),
    "profile": ("enhancer", "source"),
    "two-weeks": ("questions",),
    "anthology": ("title", "tags", "dream_ids", "only_natural"),
}
"""Fields of `ReportSpec` and of its `contrast`, by kind; a kind that is not here has none."""
NAME_LENGTH = 80
"""Characters of a name for one print."""


def chosen_of(kind: str) -> tuple[str, ...]:
    """The fields a person chooses for this kind."""
    from dreamjournal.services.reports import ReportSpec

    known = {f.name for f in (*fields(ReportSpec), *fields(ContrastSpec))}
    return tuple(name for name in CHOICES.get(kind, ()) if name in known)


def named(report: Report, name: str) -> Report:
    """`report` with a name typed for this print in place of the pseudonym; as it is where the name is empty.

    The name is in what comes back alone: nothing of it is kept. Raises UserError for a name too long for the page.
    """
    from dataclasses import replace

    clean = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(clean) > NAME_LENGTH:
        raise UserError(
            "No report was made", f"a name on the page has at most {NAME_LENGTH} characters", "shorten it", field="name"
        )
    return replace(report, person=clean, named=True) if clean else report
