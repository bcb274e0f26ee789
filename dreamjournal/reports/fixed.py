"""Whether the question was fixed before its nights, and the hash that shows it. Cannot be left out."""

from __future__ import annotations

from dreamjournal.charts import words
from dreamjournal.domain.contrast import Words
from dreamjournal.domain.report import Prose, Section
from dreamjournal.reports.context import Context
from dreamjournal.reports.registry import SectionPlugin


def build(ctx: Context) -> Section | None:
    """The stamp in words, the study's hash, what became of a seal; None for a table, of which nothing is known."""
    stamp, study = ctx.result.stamp, ctx.study
    said = [] if stamp is None else [stamp.words]
    if study is not None and study.digest:
        nights = words.count(study.fixed_nights or study.nights, "drawn night")
        first = " as it was first fixed" if study.changed is not None else ""
        said.append(f"SHA-256 of the question{first} and its {nights}: {study.digest}.")
    if study is not None and study.sealed and not ctx.sealed:
        opened = study.unsealed
        said.append(
            "What each night was stayed sealed until the end."
            if opened is None
            else f"The seal was opened on {words.long_day(opened.date())}, before the end."
        )
    if not said:
        return None
    return Section("fixed", "When the question was fixed", (Prose((Words(" ".join(said)),)),))


PLUGIN = SectionPlugin("fixed", "When the question was fixed", 58, build, help="always included")
