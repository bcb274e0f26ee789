"""The Study page and its planner: what stands there, what it refuses, what it asks before it acts, what a seal hides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.night import Condition
from dreamjournal.services import dreams, enhancers, studies
from dreamjournal.services.study_plan import StudyDraft
from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.study.dialogs import ChangeDialog, LengthenDialog, StopDialog
from dreamjournal.ui.study.page import StudyPage
from dreamjournal.ui.study.plan import PLAN_COLUMNS, plan_sentence
from dreamjournal.ui.study.planner import SLOT
from dreamjournal.ui.theme import relative_luminance
from dreamjournal.ui.widgets.dialog import AskDialog
from tests.fakes import FakeClock
from tests.gui.page_context import activate, press
from tests.gui.ui.at_work import for_person

FIRST = date(2026, 7, 6)


@pytest.fixture
def clocked(work):
    """An empty journal with SleepSync in it and a clock that can be set, on the evening of Monday 6 July."""
    clock = FakeClock(datetime(2026, 7, 6, 19, 0, tzinfo=UTC))
    found = replace(work, context=replace(work.context, clock=clock))
    enhancers.add(found.context.journal, found.context.person_id, "SleepSync", EnhancerKind.DEVICE, clock)
    return found


def begin(work, **draft):
    c = work.context
    asked = studies.screening(c.journal, c.person_id, "SleepSync").questions
    answers = {q.key: False for q in asked}
    plan = StudyDraft("SleepSync", **({"question": "Do I sleep longer?", "seed": 5, "swd": 20.0} | draft))
    return studies.begin(c.journal, c.person_id, plan, answers, c.clock)[0]


def live(work, study, nights: int, *, otherwise: tuple[int, ...] = (), silent: tuple[int, ...] = ()) -> None:
    """So many nights pass, each as drawn but for those `otherwise`; of the `silent` nothing is said."""
    c = work.context
    for number in range(1, nights + 1):
        day = study.first_night + timedelta(days=number - 1)
        c.clock.set(datetime(day.year, day.month, day.day, 22, 0))
        enhanced = (study.schedule[number - 1] == "E") != (number in otherwise)
        if number not in silent:
            said = ("enhanced", ["SleepSync"]) if enhanced else ("natural", [])
            enhancers.log(c.journal, c.person_id, day, *said, "", c.clock)
    day = study.first_night + timedelta(days=nights)
    c.clock.set(datetime(day.year, day.month, day.day, 20, 0))


def planner_of(work, qtbot):
    page = work.page(StudyPage)
    with qtbot.waitSignal(page.planner_opened, timeout=10_000):
        page.plan()
    return page, page.planner


def to_preview(work, planner, *, yes: str = "") -> None:
    planner.next.click()
    work.settle()
    for key, strip in planner.screening.strips.items():
        strip.set_value(key == yes)
    if planner.screening.isVisible():
        planner.next.click()


def said(widget: QWidget) -> str:
    """All that a part of the page says, to eyes and to readers."""
    parts = []
    for child in (widget, *widget.findChildren(QWidget)):
        parts += [child.accessibleName(), child.accessibleDescription(), child.toolTip()]
        parts += [child.text()] if isinstance(child, QLabel) else []
    return "\n".join(parts)


# ---- planning


def test_an_empty_page_says_what_a_study_is_and_plans_one(clocked):
    page = clocked.page(StudyPage)
    assert page.empty.isVisible() and page.empty.words.text().count(".") == 2
    assert page.plan_button.isVisible() and not page.past.isVisible()


def test_the_planner_goes_from_question_to_hash(clocked, qtbot):
    page, planner = planner_of(clocked, qtbot)
    planner.form.words.setPlainText("Do I wake less often?")
    planner.nights.washout.setText("1")
    planner.nights.nights.set_value(28)
    to_preview(clocked, planner)
    c = clocked.context
    assert planner.preview.isVisible() and not studies.all_studies(c.journal, c.person_id)
    assert "28 nights, 6 Jul 2026 to 2 Aug 2026: 14 enhanced and 14 natural" in planner.preview.facts.plain()
    assert "After the washout about" in planner.preview.facts.plain()
    promised = planner._preview.study_without_id.schedule
    with qtbot.waitSignal(planner.fixed):
        planner.next.click()
    (study,) = studies.all_studies(c.journal, c.person_id)
    assert study.schedule == promised and (study.question, study.washout, study.nights) == (
        "Do I wake less often?",
        1,
        28,
    )
    assert planner.done_step.hash.digest == study.digest and studies.verify(study)
    planner.next.click()
    assert page.view.own_words.text() == "Do I wake less often?"
    assert page.view.headline.text() == "Night 1 of 28."


def test_typed_words_outlive_a_closed_planner(clocked, qtbot):
    page, planner = planner_of(clocked, qtbot)
    planner.form.words.insertPlainText("Do I dream more?")
    planner.reject()
    c = clocked.context
    assert dreams.draft(c.journal, c.person_id, SLOT).text == "Do I dream more?"
    with qtbot.waitSignal(page.planner_opened, timeout=10_000):
        page.plan()
    assert page.planner.form.words.words() == "Do I dream more?"
    to_preview(clocked, page.planner)
    page.planner.next.click()
    assert dreams.draft(c.journal, c.person_id, SLOT) is None


def test_a_medicine_is_refused_at_once_with_a_way_on(clocked, qtbot):
    c = clocked.context
    enhancers.add(c.journal, c.person_id, "A sleeping pill", EnhancerKind.DRUG, c.clock)
    page, planner = planner_of(clocked, qtbot)
    planner.form.enhancer.set_value("A sleeping pill")
    planner.form.enhancer.picked.emit("A sleeping pill")
    assert not planner.refused.isHidden() and "never put on a schedule" in planner.refused.words()
    assert not planner.next.isEnabled()
    with qtbot.waitSignal(page.navigate) as went:
        planner.refused.link.click()
    assert went.args == ["compare", None]


def test_a_yes_is_answered_calmly_and_no_night_is_drawn(clocked, qtbot):
    page, planner = planner_of(clocked, qtbot)
    to_preview(clocked, planner, yes="epilepsy")
    c = clocked.context
    assert not planner.screening.refusal.isHidden() and not planner.preview.isVisible()
    told = planner.screening.refusal.words()
    assert told.startswith("No nights are drawn.") and "clinician" in told and "!" not in told
    assert not studies.all_studies(c.journal, c.person_id)
    assert studies.screening(c.journal, c.person_id, "SleepSync").answered["epilepsy"] is True
    with qtbot.waitSignal(page.navigate) as went:
        planner.screening.refusal.link.click()
    assert went.args == ["compare", None]


def test_no_question_is_answered_beforehand_not_even_from_last_time(clocked, qtbot):
    begin(clocked)
    c = clocked.context
    studies.stop(c.journal, studies.current(c.journal, c.person_id, c.clock).id, "", c.clock)
    _, planner = planner_of(clocked, qtbot)
    planner.next.click()
    clocked.settle()
    assert planner.screening.strips and all(s.value() is None for s in planner.screening.strips.values())
    planner.next.click()
    assert planner.screening.isVisible()
    assert {e.sentence() for e in planner.screening._errors.values()} == {"Yes or no?"}


def test_errors_stand_beside_their_fields(clocked, qtbot):
    _, planner = planner_of(clocked, qtbot)
    planner.form.least.setText("none")
    planner.form.least.textEdited.emit("none")
    planner.next.click()
    assert planner.form.least_field.error.sentence() == "A number above 0."
    planner.form.least.setText("20")
    planner.nights.washout.setText("12")
    planner.next.click()
    assert planner.nights.washout_field.error.sentence() == "A whole number from 0 to 7."
    planner.nights.washout.setText("0")
    c = clocked.context
    c.clock.advance(days=2)  # the planner was left open over the night it would have begun on
    to_preview(clocked, planner)
    planner.next.click()
    assert planner._step == 0 and "first night has passed" in planner.nights.first_field.error.sentence()


def test_without_an_enhancer_the_planner_asks_for_one(work, qtbot):
    _, planner = planner_of(work, qtbot)
    planner.next.click()
    assert planner.form.enhancer_field.error.sentence() == "Choose what the nights are compared for."


def test_the_planner_fits_a_small_window_at_large_text(clocked, qtbot, themed):
    themed.apply("light", 2.0, night=False)
    _, planner = planner_of(clocked, qtbot)
    planner.resize(800, 560)
    inner = planner.scroll_area.widget()
    assert planner.width() <= 880 and inner.minimumSizeHint().width() <= planner.scroll_area.viewport().width()
    for field in (planner.form.words, planner.form.least, planner.nights.washout, planner.nights.sealed):
        right = field.mapTo(inner, field.rect().topRight()).x()
        assert 0 < right <= inner.width(), field.objectName()


# ---- a running study


def test_a_running_study_stands_in_words_and_marks(clocked, qtbot):
    study = begin(clocked)
    live(clocked, study, 30, otherwise=(4,), silent=(7, 9))
    page = clocked.page(StudyPage)
    seen = page.view.seen
    assert page.view.headline.text() == "Night 31 of 56." and page.view.own_words.property("kind") == "words_morning"
    assert seen.standing[0] == "Followed: 27 of 28 nights were as drawn. Not recorded: 2."
    assert seen.standing[1] == "The last look is after night 56, on the morning of 31 August."
    drawn = "an enhanced" if study.schedule[30] == "E" else "a natural"
    assert seen.tonight == f"Night 31 of 56 of your study: {drawn} night was drawn."
    marks = seen.marks
    assert [m.drawn for m in marks] == [Condition.ENHANCED if s == "E" else Condition.NATURAL for s in study.schedule]
    assert [m.number for m in marks if m.differs] == [4, 7, 9]
    assert [m.was for m in marks if m.number in (7, 9)] == [Condition.UNRECORDED] * 2
    assert [m.look for m in marks if m.look] == [28, 56] and [m.number for m in marks if m.tonight] == [31]
    assert seen.reached == (28,) and page.view.buttons["compare"].text() == "Compare, after night 28"
    with qtbot.waitSignal(page.navigate) as went:
        page.view.buttons["compare"].click()
    assert went.args == ["compare", study.first_night + timedelta(days=27)]


def test_the_picture_has_a_table_twin_and_a_sentence_from_the_same_marks(clocked, qtbot):
    study = begin(clocked)
    live(clocked, study, 10, otherwise=(4,))
    page = clocked.page(StudyPage)
    view = page.view
    assert view.picture.accessibleDescription() == plan_sentence(view.seen.marks)
    assert "28 drawn enhanced and 28 natural; of 10 past: 9 as drawn, 1 otherwise, 0 not recorded" in (
        view.picture.accessibleDescription()
    )
    page.toggle_table()
    assert not view.table.isHidden() and view.chart.isHidden()
    assert view.table.model().rowCount() == 56 and view.table.model().columnCount() == len(PLAN_COLUMNS)
    assert view.table.currentIndex().row() == 10, "tonight is chosen"
    view.table.selectRow(3)
    with qtbot.waitSignal(page.navigate) as went:
        qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert went.args == ["nights", study.first_night + timedelta(days=3)]
    page.toggle_table()
    mark = view.picture.night_at(view.picture.place_of(3))
    assert mark.number == 4 and view.picture.night_at(QPointF(-200, -200)) is None


def test_the_hash_is_copied_whole(clocked):
    study = begin(clocked)
    page = clocked.page(StudyPage)
    page.view.digest.copy.click()
    assert QGuiApplication.clipboard().text() == study.digest
    assert page.view.digest.words.text().replace(" ", "") == study.digest


def test_changing_the_question_says_beforehand_what_it_means(clocked, qtbot):
    study = begin(clocked)
    page = clocked.page(StudyPage)
    page.view.buttons["change"].click()
    clocked.settle()
    dialog = page.findChild(ChangeDialog)
    assert dialog.findChild(QWidget, "changeStudy_begun") is None
    dialog.reject()
    live(clocked, study, 3)
    page.activate(None)
    page.view.buttons["change"].click()
    clocked.settle()
    dialog = next(d for d in page.findChildren(ChangeDialog) if d.isVisible())
    assert "exploratory" in dialog.findChild(QWidget, "changeStudy_begun").accessibleName()
    assert dialog.form.words.words() == study.question and dialog.form.swd() == 20
    dialog.form.words.setPlainText("Do I wake rested?")
    dialog.form.least.setText("15")
    dialog.go.click()
    c = clocked.context
    now = studies.the_study(c.journal, study.id)
    assert (now.question, now.swd, now.schedule) == (
        "Do I wake rested?",
        15,
        study.schedule,
    ) and now.changed is not None
    assert "exploratory" in page.view.seen.standing[2]


def test_lengthening_says_that_it_makes_later_answers_exploratory(clocked):
    study = begin(clocked)
    live(clocked, study, 3)
    page = clocked.page(StudyPage)
    page.view.buttons["lengthen"].click()
    dialog = page.findChild(LengthenDialog)
    assert "exploratory" in said(dialog)
    dialog.wanted.emit(28)
    c = clocked.context
    assert studies.the_study(c.journal, study.id).nights == 84
    assert page.view.headline.text() == "Night 4 of 84." and len(page.view.seen.marks) == 84


def test_a_stop_keeps_its_reason_and_can_be_taken_back(clocked):
    study = begin(clocked)
    live(clocked, study, 5)
    page = clocked.page(StudyPage)
    page.view.buttons["stop"].click()
    dialog = page.findChild(StopDialog)
    dialog.reason.setPlainText("I was\nill.")
    dialog.wanted.emit(" ".join(dialog.reason.words().split()))
    c = clocked.context
    assert studies.current(c.journal, c.person_id, c.clock) is None
    assert page.view.headline.text() == "Stopped after 5 nights." and "I was ill." in page.view.seen.standing[2]
    assert next(m.number for m in page.view.seen.marks if m.dropped) == 6
    assert page.past.model().rowCount() == 1 and set(page.view.buttons) == {"compare", "print"}
    page.undo()
    assert studies.current(c.journal, c.person_id, c.clock).id == study.id
    assert page.view.headline.text() == "Night 6 of 56." and not page.past.isVisible()


def test_an_ended_study_opens_to_be_read(clocked, qtbot):
    study = begin(clocked, nights=28)
    live(clocked, study, 28)
    clocked.context.clock.advance(days=1)
    page = clocked.page(StudyPage)
    assert page.empty.isVisible() and page.view is None
    page.past.selectRow(0)
    qtbot.keyClick(page.past, Qt.Key.Key_Return)
    assert page.view.headline.text() == "Ended after 28 nights." and page.back.isVisible()
    assert set(page.view.buttons) == {"compare", "print"}
    page.back.click()
    assert page.empty.isVisible() and page.view is None


@pytest.mark.parametrize("suffix, head", [("pdf", b"%PDF"), ("html", b"<!"), ("md", b"#")])
def test_the_plan_is_printed_with_its_hash(clocked, qtbot, tmp_path, suffix, head):
    study = begin(clocked)
    page = clocked.page(StudyPage)
    path = tmp_path / f"plan.{suffix}"
    with qtbot.waitSignal(page.saved, timeout=30_000):
        page.print_to(study, path)
    written = path.read_bytes()
    assert written.lower().lstrip().startswith(head.lower()) or head in written[:200]
    assert suffix == "pdf" or study.digest.encode() in written
    assert page.note.text().endswith(path.name)


def tabbed(qtbot, window: QWidget, presses: int) -> set[str]:
    """The names of what Tab reaches in a window; everything reached is seen and has a name for readers."""
    activate(qtbot, window)
    found: set[str] = set()
    for _ in range(presses):
        press(Qt.Key.Key_Tab)
        focus = QApplication.focusWidget()
        assert focus is not None and focus.isVisible()
        assert focus.accessibleName() or getattr(focus, "text", str)(), focus.objectName()
        found.add(focus.objectName())
    return found


def test_everything_is_reached_by_tab_and_has_a_name(clocked, qtbot):
    page, planner = planner_of(clocked, qtbot)
    wanted = {
        "words",
        "enhancer",
        "measure",
        "source",
        "least",
        "nights",
        "first",
        "blocks",
        "runs",
        "washout",
        "sealed",
    }
    assert {f"planner_{name}" for name in (*wanted, "cancel", "next")} <= tabbed(qtbot, planner, 30)
    to_preview(clocked, planner)
    planner.next.click()
    assert {"copyHash", "planner_print", "planner_next"} <= tabbed(qtbot, planner, 12)
    planner.next.click()
    wanted = {"compare", "print", "change", "lengthen", "stop"}
    assert {"planToggle", "copyHash", *(f"study_{name}" for name in wanted)} <= tabbed(qtbot, page, 20)


def test_night_theme_is_dark(clocked, themed):
    study = begin(clocked)
    live(clocked, study, 20, silent=(3,))
    themed.apply("light", night=True)
    page = clocked.page(StudyPage)
    QApplication.processEvents()
    image = page.grab().toImage()
    points = [image.pixelColor(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)]
    assert max(relative_luminance(c) for c in points) <= 0.25
    assert sum(relative_luminance(c) for c in points) / len(points) <= 0.02


# ---- a seal


def test_a_sealed_study_tells_nothing_of_its_nights(clocked):
    study = begin(clocked, sealed=True)
    live(clocked, study, 12)
    page = clocked.page(StudyPage)
    view = page.view
    assert view.seen.closed and all(m.drawn is None and m.was is None for m in view.seen.marks)
    page.toggle_table()
    cells = {
        str(view.table.model().index(row, column).data())
        for row in range(56)
        for column in (2, 3)
    }  # fmt: skip
    assert cells == {"Closed", "Tonight", "To come"}
    told = said(view).replace("Hollow circle", "")
    assert not any(
        word in told for word in ("a natural night was", "an enhanced night was", "were as drawn.", "drawn enhanced")
    )
    assert "compare" not in view.buttons and {"list", "unseal"} <= set(view.buttons)


def test_the_seal_is_opened_after_one_question_and_that_is_recorded(clocked):
    study = begin(clocked, sealed=True)
    live(clocked, study, 12)
    page = clocked.page(StudyPage)
    page.view.buttons["unseal"].click()
    asking = page.findChild(AskDialog)
    assert "recorded" in said(asking)
    asking.reject()
    c = clocked.context
    assert studies.is_sealed(c.journal, studies.the_study(c.journal, study.id), c.clock)
    page.view.buttons["unseal"].click()
    next(d for d in page.findChildren(AskDialog) if d.isVisible()).accept()
    assert studies.the_study(c.journal, study.id).unsealed is not None
    assert not page.view.seen.closed and "The seal was opened on 18 July 2026" in page.view.seen.standing[2]
    assert "unseal" not in page.view.buttons


def test_the_list_for_a_helper_tells_what_the_plan_does_not(clocked, qtbot, tmp_path):
    study = begin(clocked, sealed=True)
    page = clocked.page(StudyPage)
    for name, for_helper in (("plan.md", False), ("list.md", True)):
        with qtbot.waitSignal(page.saved, timeout=30_000):
            page.print_to(study, tmp_path / name, for_helper=for_helper)
    plan, listed = ((tmp_path / n).read_text(encoding="utf-8") for n in ("plan.md", "list.md"))
    assert "| enhanced |" not in plan and "| enhanced |" in listed and study.schedule not in plan


def test_a_nurse_plans_for_the_open_patient_and_reads_a_sealed_study(nurse_work, qtbot):
    clock = FakeClock(datetime(2026, 7, 6, 19, 0, tzinfo=UTC))
    patient = nurse_work.context.journal.persons.all()[-1].id
    found = for_person(nurse_work, patient)
    found = replace(found, context=replace(found.context, clock=clock))
    enhancers.add(found.context.journal, patient, "SleepSync", EnhancerKind.DEVICE, clock)
    page, planner = planner_of(found, qtbot)
    assert planner.nights.sealed_words.text().startswith("The person will not see")
    planner.nights.sealed.setChecked(True)
    to_preview(found, planner)
    planner.next.click()
    planner.next.click()
    assert page.view.seen.study.sealed and not page.view.seen.closed
    assert all(m.drawn is not None for m in page.view.seen.marks)


# ---- what Compare says of a study


def test_compare_leads_to_the_plan_where_there_is_nothing_to_compare(work, qtbot):
    page = work.page(ComparePage)
    plan = page.empty.findChild(QWidget, "comparePlan")
    with qtbot.waitSignal(page.navigate) as went:
        plan.click()
    assert went.args == ["study", None]


def test_compare_of_a_sealed_study_shows_no_night_and_no_look(clocked):
    study = begin(clocked, sealed=True)
    live(clocked, study, 30)
    page = clocked.page(ComparePage)
    assert page.view.result.points == () and page.study_line.looks.plain() == ""
    assert "sealed" in page.view.sentence.plain().lower()
    page.activate(study.first_night + timedelta(days=27))
    clocked.settle()
    assert page.view.result.points == ()


def test_a_look_belongs_to_its_question(clocked, qtbot):
    study = begin(clocked)
    live(clocked, study, 30)
    page = clocked.page(ComparePage)
    page.activate(study.first_night + timedelta(days=27))
    clocked.settle()
    assert page.question.spec.look == 28
    assert page.study_line.looks.plain().startswith("Shown: the look after night 28.")
    with qtbot.waitSignal(page.answered, timeout=30_000):
        page.question.measure.picked.emit("quality")
    assert page.question.spec.look is None and page.study_line.stamp.text().startswith("Found afterwards")


def test_the_focus_is_not_lost_when_compare_answers_anew(sample_work, qtbot):
    page = sample_work.page(ComparePage)
    activate(qtbot, page)
    page.view.sentence.setFocus()
    before = page.view
    with qtbot.waitSignal(page.answered, timeout=30_000):
        page.question.choose(swd=25.0)
    assert page.view is not before and page.view.sentence.hasFocus()
