"""Which pages a journal has, and how each is made on its first visit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dreamjournal.domain.person import JournalKind
from dreamjournal.ui.context import PageContext
from dreamjournal.ui.main_window import PageSpec

if TYPE_CHECKING:
    from dreamjournal.app.lifecycle import Lifecycle
    from dreamjournal.ui.widgets.page import Page


def page_specs(context: PageContext, kind: JournalKind, open_person: str, life: Lifecycle) -> tuple[PageSpec, ...]:
    """The rail from top to bottom. `open_person` is the pseudonym of a nurse's open patient, empty while none is."""

    def tonight() -> Page:
        from dreamjournal.ui.tonight.page import TonightPage

        page = TonightPage(context)
        page.capture_requested.connect(life.show_capture)
        return page

    def morning() -> Page:
        from dreamjournal.ui.morning.page import MorningPage

        return MorningPage(context)

    def dreams() -> Page:
        from dreamjournal.ui.dreams.page import DreamsPage

        return DreamsPage(context)

    def nights() -> Page:
        from dreamjournal.ui.nights.page import NightsPage

        return NightsPage(context)

    def compare() -> Page:
        from dreamjournal.ui.compare.page import ComparePage

        return ComparePage(context)

    def study() -> Page:
        from dreamjournal.ui.study.page import StudyPage

        return StudyPage(context)

    def reports() -> Page:
        from dreamjournal.ui.reports.page import ReportsPage

        return ReportsPage(context)

    def balance() -> Page:
        from dreamjournal.ui.balance.page import BalancePage

        return BalancePage(context)

    def measures() -> Page:
        from dreamjournal.ui.measures.page import MeasuresPage

        return MeasuresPage(context)

    def patients() -> Page:
        from dreamjournal.ui.patients.page import PatientsPage

        page = PatientsPage(context)
        page.person_opened.connect(life.open_person)
        page.night_opened.connect(life.open_person)
        return page

    if kind == JournalKind.OWN:
        return (
            PageSpec("tonight", "Tonight", "moon", 1, tonight),
            PageSpec("morning", "Morning", "sunrise", 2, morning),
            PageSpec("dreams", "Dreams", "book-open", 3, dreams),
            PageSpec("nights", "Nights", "rows-3", 4, nights),
            PageSpec("measures", "All measures", "rows-3", 0, measures, parent="nights"),
            PageSpec("compare", "Compare", "scale", 5, compare),
            PageSpec("reports", "Reports", "file-text", 6, reports),
            *_of_dreams(context),
            PageSpec("balance", "Balance", "sun-moon", 8, balance),
            PageSpec("study", "Study", "calendar-check", 9, study),
        )
    caseload = PageSpec("patients", "Patients", "users", 7, patients)
    if not open_person:
        return (caseload,)
    return (
        caseload,
        PageSpec("morning", "Diary", "notebook-pen", 2, morning, heading=open_person),
        PageSpec("dreams", "Dreams", "book-open", 3, dreams),
        PageSpec("nights", "Nights", "rows-3", 4, nights),
        PageSpec("measures", "All measures", "rows-3", 0, measures, parent="nights"),
        PageSpec("compare", "Compare", "scale", 5, compare),
        PageSpec("reports", "Reports", "file-text", 6, reports),
        *_of_dreams(context),
        PageSpec("balance", "Balance", "sun-moon", 8, balance),
        PageSpec("study", "Study", "calendar-check", 9, study),
    )


def first_page(context: PageContext, last: str) -> str:
    """Where a journal opens: by the hour, in the daytime at the page that was shown `last`; a nurse at the caseload."""
    if context.journal.kind == JournalKind.NURSE:
        return "nights" if context.person_id else "patients"
    hour = context.local(context.clock.now()).hour
    if 4 <= hour < 12:
        return "morning"
    if hour >= 18 or hour < 4:
        return "tonight"
    return last if last in ("tonight", "morning", "dreams", "nights", "compare", "reports") else "tonight"


def _of_dreams(context: PageContext) -> tuple[PageSpec, PageSpec]:
    """The pages Dreams leads to."""

    def signs() -> Page:
        from dreamjournal.ui.signs.page import SignsPage

        return SignsPage(context)

    def coding() -> Page:
        from dreamjournal.ui.coding.page import CodingPage

        return CodingPage(context)

    return (
        PageSpec("signs", "Dream signs", "book-open", 0, signs, parent="dreams"),
        PageSpec("coding", "Coding dreams", "book-open", 0, coding, parent="dreams"),
    )
