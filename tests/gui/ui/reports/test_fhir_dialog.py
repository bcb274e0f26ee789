"""Sending to a clinic from the window: nothing leaves before Send, and afterwards it is known what was taken."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt

from dreamjournal.ui.reports.fhir_dialog import FhirDialog
from dreamjournal.ui.theme import ThemeSource
from tests.gui.page_context import press
from tests.unit.services.fhir_clinic import Clinic, Handler, Reply, answer, running


@pytest.fixture
def clinic() -> Iterator[Clinic]:
    with running() as server:
        yield server


def opened(work: Any, first: Any = None, last: Any = None) -> FhirDialog:
    dialog = FhirDialog(work.context, None, first, last)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    work.qtbot.addWidget(dialog)
    dialog.show()
    work.settle()
    return dialog


def few_nights(work: Any) -> FhirDialog:
    from dreamjournal.services.nights import first_last

    span = first_last(work.context.journal, work.context.person_id)
    return opened(work, span[0], span[0].replace(day=min(28, span[0].day + 3)))


def address(clinic: Clinic) -> str:
    return f"http://127.0.0.1:{clinic.server_port}/fhir"


def reached(work: Any, dialog: FhirDialog, stage: str) -> None:
    work.qtbot.waitUntil(lambda: dialog.stage == stage, timeout=20_000)


def test_what_would_leave_is_shown_and_nothing_has_left(sample_work: Any, clinic: Clinic) -> None:
    dialog = few_nights(sample_work)
    shown = dict(dialog.rows())
    assert shown["Person"].endswith("no name, no date of birth, no address")
    assert (shown["The words of dreams"], shown["Comments of the diary"]) == ("stay here", "stay here")
    assert not any(tick.isChecked() for tick in dialog.ticks.values())
    assert dialog.send.isEnabled()
    dialog.address.setText(address(clinic))
    dialog.reject()
    assert clinic.seen == []


def test_a_tick_lets_words_go_and_is_shown_first(sample_work: Any) -> None:
    dialog = few_nights(sample_work)
    dialog.ticks["dreams"].setFocus()
    press(Qt.Key.Key_Space)
    assert not dialog.send.isEnabled()
    sample_work.settle()
    assert dict(dialog.rows())["The words of dreams"] == "go along"
    assert dialog.send.isEnabled()


def test_send_and_the_report(sample_work: Any, clinic: Clinic) -> None:
    dialog = few_nights(sample_work)
    dialog.address.setText(address(clinic))
    dialog.token.setText("s3cret")
    dialog.send.click()
    reached(sample_work, dialog, "report")
    assert dialog.report.complete
    assert len(clinic.held) == dialog.report.records
    assert "s3cret" in clinic.seen[0][2]["Authorization"]
    assert not any(kind == "DocumentReference" for kind, _ in clinic.held)
    assert "s3cret" not in json.dumps(sample_work.context.journal.settings.all(None))


def test_an_address_by_plain_http_is_said_at_the_field(sample_work: Any) -> None:
    dialog = few_nights(sample_work)
    dialog.address.setText("http://example.org/fhir")
    dialog.send.click()
    assert dialog.stage == "preview"
    assert "by http" in dialog.address_field.error.sentence()
    assert dialog.address.hasFocus() or dialog.focusWidget() is dialog.address


def test_what_was_refused_is_listed_and_can_be_sent_again(sample_work: Any, clinic: Clinic) -> None:
    clinic.refuses = lambda r: r["resourceType"] == "QuestionnaireResponse"
    dialog = few_nights(sample_work)
    dialog.address.setText(address(clinic))
    dialog.send.click()
    reached(sample_work, dialog, "report")
    assert dialog.windowTitle() == "Not everything was sent"
    assert {r.kind for r in dialog.report.refused} == {"QuestionnaireResponse"}
    clinic.refuses = lambda _r: False
    dialog.again.click()
    sample_work.settle()
    assert dialog.address.text() == address(clinic)
    assert dialog.token.text() == ""
    dialog.send.click()
    reached(sample_work, dialog, "report")
    assert dialog.report.complete


def test_cancel_while_sending_tells_what_was_taken(sample_work: Any, clinic: Clinic) -> None:
    come, go = threading.Event(), threading.Event()

    def slow(_h: Handler) -> Reply:
        come.set()
        go.wait(20)
        return answer(503)

    clinic.always = slow
    dialog = few_nights(sample_work)
    dialog.address.setText(address(clinic))
    dialog.send.click()
    sample_work.qtbot.waitUntil(come.is_set, timeout=10_000)
    dialog.reject()
    assert dialog.stage == "sending"
    assert not dialog.cancel.isEnabled()
    go.set()
    reached(sample_work, dialog, "report")
    assert (dialog.report.stopped, dialog.report.taken) == ("Cancelled.", 0)


def test_an_empty_journal_says_what_to_do(work: Any) -> None:
    dialog = opened(work)
    assert dialog.error.sentence() == "Nothing was made: nothing is known of nights in this range; choose other nights."
    assert not dialog.send.isEnabled()
    assert dialog.rows() == []


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_it_keeps_its_width_at_any_size_of_text(sample_work: Any, themed: ThemeSource, scale: float) -> None:
    themed.apply("light", scale, night=False)
    dialog = few_nights(sample_work)
    sample_work.qtbot.waitUntil(lambda: dialog.width() <= 880, timeout=5_000)
    inner = dialog.scroll_area.widget()
    assert inner.minimumSizeHint().width() <= dialog.scroll_area.viewport().width()
    names = [w.accessibleName() for w in (dialog.address, dialog.token, *dialog.ticks.values())]
    assert all(names)
