"""Texts that want to be more than text: in every free field of a journal, on every page and dialog, in every file that leaves.

Nothing is fetched, no file is opened, no tooltip or label reads markup, no cell is a formula, no terminal is steered.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractListModel, QMimeData, Qt
from PySide6.QtGui import Qt as Texts
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QTabBar,
    QTextBrowser,
    QTextEdit,
    QToolTip,
    QWidget,
)

from dreamjournal.app import cli
from dreamjournal.common.clock import FixedClock
from dreamjournal.common.formulas import unguarded
from dreamjournal.domain.contrast import ContrastSpec
from dreamjournal.domain.person import JournalKind
from dreamjournal.exporters.csv import guarded
from dreamjournal.exporters.registry import exporters
from dreamjournal.services import fhir, journals, persons, reports, study_print, whole_journal
from dreamjournal.store.journal import memory_journal
from tests.gui.conftest import themed  # noqa: F401 - a fixture
from tests.gui.ui.at_work import Work, _working
from tests.torture.counted import COUNTED
from tests.torture.payloads import FIRST, NOW, long_one, payloads, poison
from tests.torture.traps import Traps, traps

pytestmark = [pytest.mark.torture]
CLOCK = FixedClock(NOW, "Europe/London")
PLAIN = payloads()
FORMULA = re.compile(r"^[\s\u00a0\u200b\ufeff]*[=+\-@\t\r|%＝＋－＠]")
OUR_TAGS = {"p", "br", "span", "a", "qt"}


@pytest.fixture
def set_traps(tmp_path: Path) -> Iterator[Traps]:
    with traps(tmp_path) as found:
        yield found


# ---- files that leave -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def poisoned() -> Iterator[Any]:
    journal = memory_journal(clock=CLOCK)
    poison(journal, 1, PLAIN, CLOCK)
    journal.persons.rename(1, PLAIN[0])
    yield journal
    journal.close()


def build(journal: Any, kind: str) -> Any:
    enhancer = journal.enhancers.all(1)[0].name
    asked = reports.ReportSpec(
        kind=kind, contrast=ContrastSpec(enhancer=enhancer), dream_texts=True, questions=PLAIN[:4], title=PLAIN[1]
    )
    return reports.build(journal, 1, asked, CLOCK)


@pytest.fixture(scope="module")
def files(poisoned: Any) -> dict[tuple[str, str], bytes]:
    """Every kind of report of the poisoned journal in every format."""
    found = {}
    for kind in reports.KINDS:
        report = build(poisoned, kind.key)
        for e in exporters():
            found[kind.key, e.key] = e.render(report).data
    COUNTED["inputs"] += len(PLAIN) * len(found)
    return found


def of(files: dict[tuple[str, str], bytes], key: str) -> Iterator[tuple[str, bytes]]:
    return ((kind, data) for (kind, k), data in files.items() if k == key)


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in (
            "script",
            "iframe",
            "object",
            "embed",
            "link",
            "base",
            "form",
            "svg",
            "font",
            "b",
            "i",
            "qt",
            "pre",
            "body_",
        ):
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            value = value or ""
            if name.startswith("on") or (name == "http-equiv" and value.lower() != "content-security-policy"):
                self.faults.append(f"{tag} {name}={value[:40]}")
            if name in ("src", "background", "data", "poster") and not value.startswith("data:"):
                self.faults.append(f"{tag} {name}={value[:40]}")
            if name == "href" and not value.startswith("#"):
                self.faults.append(f"{tag} {name}={value[:40]}")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def squeezed(text: str) -> str:
    """Only what can be seen, so that a text is found again wherever lines were broken."""
    return "".join(
        c for c in unicodedata.normalize("NFC", text) if not c.isspace() and unicodedata.category(c)[0] != "C"
    )


def test_html_holds_every_word_and_none_of_it_is_markup(files: dict[tuple[str, str], bytes]) -> None:
    for kind, data in of(files, "html"):
        page = _Html()
        page.feed(data.decode())
        assert page.faults == [], kind
        assert b"default-src 'none'" in data.split(b"</head>")[0]
        if kind == "anthology":
            shown = squeezed("".join(page.texts))
            lost = [p for p in PLAIN if squeezed(p)[:60] not in shown]
            assert lost == []


def test_the_plan_of_a_study_on_paper_and_in_html(poisoned: Any, tmp_path: Path) -> None:
    page = study_print.plan(poisoned, poisoned.studies.all(1)[0], CLOCK)
    for suffix in study_print.SUFFIXES:
        study_print.write(page, tmp_path / f"plan{suffix}")
    read = _Html()
    read.feed((tmp_path / "plan.html").read_text(encoding="utf-8"))
    assert [f for f in read.faults if f != "<pre>"] == []


def test_markdown_shows_text_as_text(files: dict[tuple[str, str], bytes]) -> None:
    markdown = pytest.importorskip("markdown_it")
    reader = markdown.MarkdownIt("commonmark", {"html": True}).enable("table")
    for kind, data in of(files, "md"):
        tokens = reader.parse(data.decode())
        inner = [t for token in tokens for t in (token, *(token.children or ()))]
        assert not [
            t
            for t in inner
            if t.type in ("html_block", "html_inline", "image", "link_open", "fence", "code_block", "code_inline")
        ], kind
        if kind == "anthology":
            shown = squeezed("".join(t.content for t in inner if t.type == "text"))
            assert [p for p in PLAIN if squeezed(p)[:60] not in shown] == []


def test_no_cell_of_csv_is_a_formula_and_the_text_comes_back(files: dict[tuple[str, str], bytes]) -> None:
    for kind, data in of(files, "csv"):
        for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
            for cell in row:
                number = re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell)
                assert number or not FORMULA.match(cell), (kind, cell)
    for text in PLAIN:
        out = io.StringIO(newline="")
        csv.writer(out).writerow([guarded(text), "end"])
        (back,) = csv.reader(io.StringIO(out.getvalue(), newline=""))
        assert len(back) == 2 and not FORMULA.match(back[0])
        assert squeezed(unguarded(back[0])) == squeezed(text)


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(files: dict[tuple[str, str], bytes]) -> None:
    for kind, data in of(files, "xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            for name in book.namelist():
                inside = book.read(name).decode()
                if name.startswith("xl/worksheets/"):
                    assert not re.search(r"<f[ >]|<hyperlink", inside), (kind, name)
                assert "externalLink" not in name and "vbaProject" not in name
                if name.endswith(".rels"):
                    assert 'TargetMode="External"' not in inside, (kind, name)
            strings = book.read("xl/sharedStrings.xml").decode()
        for cell in re.findall(r"<t[^>]*>([^<]*)</t>", strings):
            assert re.fullmatch(r"-?[\d.]+", cell) or cell == "-" or not FORMULA.match(cell), (kind, cell)


def test_pdf_runs_nothing_and_leads_nowhere(files: dict[tuple[str, str], bytes]) -> None:
    from pypdf import PdfReader

    for kind, data in of(files, "pdf"):
        reader = PdfReader(io.BytesIO(data))
        shown = "".join(p.extract_text() for p in reader.pages)
        assert "root:x:" not in shown, kind
        assert not re.search(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|SubmitForm|GoToR)\b", data), kind
        for page in reader.pages:
            for link in page.get("/Annots") or ():
                target = link.get_object().get("/A", {})
                assert "/URI" not in target, (kind, target)
        if kind == "anthology":
            flat = squeezed(shown)
            for typst in ('#read("/etc/passwd")', "#panic()", "#{ while true {} }", "*bold* _it_", "= Heading"):
                assert squeezed(typst) in flat, typst


def test_json_and_fhir_are_data(files: dict[tuple[str, str], bytes], poisoned: Any, tmp_path: Path) -> None:
    for _, data in of(files, "json"):
        json.loads(data.decode())
    scope = fhir.Scope(FIRST, FIRST + timedelta(days=60), names=True, comments=True, dreams=True)
    made = fhir.build(poisoned, 1, scope, CLOCK)
    data = fhir.as_bytes(fhir.collection(made))
    bundle = json.loads(data)
    assert bundle["entry"]

    def strings(value: Any) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            for key, inner in value.items():
                for k, s in strings(inner):
                    yield (key if k == "" else k), s
        elif isinstance(value, list):
            for inner in value:
                yield from strings(inner)
        elif isinstance(value, str):
            yield "", value

    for key, text in strings(bundle):
        if key == "div":
            page = _Html()
            page.feed(text)
            assert page.faults == []
        if key in ("url", "fullUrl", "system", "reference"):
            assert "TRAP" not in text, (key, text)
        assert "\x00" not in text and "\x1b" not in text, key


def test_the_whole_journal_goes_out_and_comes_back_word_for_word(poisoned: Any, tmp_path: Path) -> None:
    from dreamjournal.services import whole_journal_read

    out = tmp_path / "all.zip"
    whole_journal.export(poisoned, out, CLOCK)
    with zipfile.ZipFile(out) as archive:
        for name in archive.namelist():
            assert ".." not in name and not name.startswith("/") and "\\" not in name and name.isprintable()
    back = tmp_path / "back.db"
    whole_journal_read.restore(out, back, passphrase=None, clock=CLOCK)
    opened = journals.open_existing(back)
    try:
        old, new = ([d.text for d in j.dreams.all(1)] for j in (poisoned, opened))
        assert new == old
    finally:
        opened.close()


# ---- the terminal ---------------------------------------------------------------------------------------------------

COMMANDS = (
    "nights", "dreams list", "dreams search bold", "imports list", "enhancers list", "persons list", "settings list", "study list", "signs", "balance",
    "measures", "alike", "contrast", "doses", "coding", "describe", "remind next", "remind log", "log nobody-knows-this",
)  # fmt: skip


@pytest.fixture(scope="module")
def poisoned_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("poisoned") / "journal.db"
    journal = journals.create(path, passphrase=None, clock=CLOCK)
    poison(journal, journal.persons.all()[0].id, PLAIN, CLOCK)
    journal.close()
    return path


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("as_json", [False, True], ids=["words", "json"])
def test_no_command_steers_the_terminal(poisoned_file: Path, capfdbinary: Any, command: str, as_json: bool) -> None:
    arguments = [*command.split(), "--journal", str(poisoned_file), *(["--json"] if as_json else [])]
    code = cli.run(arguments)
    said = capfdbinary.readouterr()
    for stream in (said.out, said.err):
        text = stream.decode()
        wrong = {c for c in text if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") and c != "\n"}
        assert not wrong and not re.search("[\u202a-\u202e\u2066-\u2069]", text), (command, wrong)
        assert "Something went wrong inside" not in text
    if as_json and code == 0:
        json.loads(said.out)


# ---- the window -----------------------------------------------------------------------------------------------------


class _Ours(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.foreign: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in OUR_TAGS:
            self.foreign.append(tag)
        self.foreign += [
            f"{k}={v}"
            for k, v in attrs
            if k not in ("style", "href") or (k == "href" and not str(v).startswith("link:"))
        ]
        self.foreign += [f"{k}={v}" for k, v in attrs if "url(" in str(v) or "forged" in str(v)]


def foreign(html: str) -> list[str]:
    """Tags a label of ours never has, and links that are not our own."""
    page = _Ours()
    page.feed(html)
    return page.foreign


def faults_of(widget: QWidget) -> Iterator[str]:
    where = f"{type(widget).__name__} {widget.objectName()}"
    if isinstance(widget, QLabel) and widget.text():
        kind = widget.textFormat()
        if kind == Qt.TextFormat.AutoText and Texts.mightBeRichText(widget.text()):
            yield f"{where} reads {widget.text()[:80]!r} as markup"
        if kind in (Qt.TextFormat.RichText, Qt.TextFormat.MarkdownText):
            yield from (f"{where} has {t!r}" for t in foreign(widget.text()))
        if widget.openExternalLinks():
            yield f"{where} opens links"
    for name, text in (("tooltip", widget.toolTip()), ("help", widget.whatsThis()), ("status", widget.statusTip())):
        if Texts.mightBeRichText(text):
            yield from (f"{where} has in its {name} {t!r}" for t in foreign(text))
    for action in widget.actions():
        if Texts.mightBeRichText(action.toolTip()) and foreign(action.toolTip()):
            yield f"{where} has in an action {action.toolTip()[:80]!r}"
    if isinstance(widget, QTextBrowser):
        yield f"{where} is a browser"
    if isinstance(widget, QTextEdit):
        if widget.acceptRichText() and not widget.isReadOnly():
            yield f"{where} takes markup"
        if re.search(r"<(img|a|table|h1|font)\b", widget.toHtml()):
            yield f"{where} shows markup"
    if isinstance(widget, QTabBar):
        tips = [widget.tabToolTip(i) for i in range(widget.count())]
        yield from (f"{where}: {t[:80]!r}" for t in tips if Texts.mightBeRichText(t) and foreign(t))
    if isinstance(widget, QAbstractItemView | QComboBox) and widget.model() is not None:
        yield from (f"{where}: {f}" for f in model_faults(widget.model()))
    if widget.isWindow() and widget.windowTitle():
        title = widget.windowTitle()
        yield from (f"the title of {where} is {title!r}" for p in PLAIN if len(p) > 8 and p in title)


def model_faults(model: Any) -> Iterator[str]:
    roles = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.WhatsThisRole, Qt.ItemDataRole.StatusTipRole)
    columns = 1 if isinstance(model, QAbstractListModel) else min(model.columnCount(), 30)
    for row in range(min(model.rowCount(), 200)):
        for column in range(columns):
            for role in roles:
                text = model.index(row, column).data(role)
                if isinstance(text, str) and Texts.mightBeRichText(text) and foreign(text):
                    yield f"cell {row},{column} has the tooltip {text[:80]!r}"


class Walk:
    """Looks at everything that is there, each kind of fault once."""

    def __init__(self) -> None:
        self.faults: set[str] = set()
        self.widgets = 0

    def look(self, where: str) -> None:
        for widget in QApplication.allWidgets():
            self.widgets += 1
            self.faults |= {f"{where}: {f}" for f in faults_of(widget)}


def pages() -> list[tuple[str, Callable[[Any], Any]]]:
    from dreamjournal.ui.balance.page import BalancePage
    from dreamjournal.ui.coding.page import CodingPage
    from dreamjournal.ui.compare.page import ComparePage
    from dreamjournal.ui.dreams.page import DreamsPage
    from dreamjournal.ui.measures.page import MeasuresPage
    from dreamjournal.ui.morning.page import MorningPage
    from dreamjournal.ui.nights.page import NightsPage
    from dreamjournal.ui.reports.page import ReportsPage
    from dreamjournal.ui.signs.page import SignsPage
    from dreamjournal.ui.study.page import StudyPage
    from dreamjournal.ui.tonight.page import TonightPage

    found = (
        TonightPage,
        MorningPage,
        DreamsPage,
        NightsPage,
        MeasuresPage,
        ComparePage,
        ReportsPage,
        SignsPage,
        CodingPage,
        BalancePage,
        StudyPage,
    )
    return [(p.__name__, p) for p in found]


def dialogs(context: Any) -> list[tuple[str, Callable[[], QDialog]]]:
    from dreamjournal.domain.evening import IntakeKind
    from dreamjournal.services import enhancers
    from dreamjournal.ui.balance.dialogs import CheckInDialog, InstructionDialog
    from dreamjournal.ui.enhancers.dialog import EnhancersDialog
    from dreamjournal.ui.imports.history import HistoryDialog
    from dreamjournal.ui.imports.stays import StaysDialog
    from dreamjournal.ui.nights.trail_dialog import TrailDialog
    from dreamjournal.ui.reports.dreams_dialog import DreamsDialog
    from dreamjournal.ui.reports.fhir_dialog import FhirDialog
    from dreamjournal.ui.settings.dialog import SettingsDialog
    from dreamjournal.ui.tonight.enhanced_dialog import EnhancedDialog
    from dreamjournal.ui.tonight.intake_dialog import IntakeDialog
    from dreamjournal.ui.tonight.steps_dialog import StepsDialog
    from dreamjournal.ui.widgets.dialog import AskDialog, show_error

    journal, person = context.journal, context.person_id
    day = FIRST + timedelta(days=40)
    known = enhancers.all(journal, person)
    taken = journal.evenings.get(person, day).intakes
    ids = [d.id for d in journal.dreams.all(person)[:30]]
    top = QWidget()
    return [
        ("enhancers", lambda: EnhancersDialog(context, top)), ("history", lambda: HistoryDialog(context, top)),
        ("stays", lambda: StaysDialog(context, top)), ("trail", lambda: TrailDialog(context, top, day)),
        ("dreams of a book", lambda: DreamsDialog(context, top, ids)), ("fhir", lambda: FhirDialog(context, top)),
        ("settings", lambda: SettingsDialog(context, top)), ("steps", lambda: StepsDialog(top, context)),
        ("enhanced", lambda: EnhancedDialog(top, known, journal.exposures.of_night(person, day))),
        ("intake", lambda: IntakeDialog(top, context, day, IntakeKind.MEDICINE, taken)),
        ("check-in", lambda: CheckInDialog(top)), ("instruction", lambda: InstructionDialog(top, PLAIN[0], day)),
        ("question", lambda: AskDialog(top, "A question?", PLAIN[1], "Go")), ("error", lambda: show_error(top, PLAIN[0], PLAIN[1], PLAIN[2])),
    ]  # fmt: skip


@pytest.mark.gui
@pytest.mark.usefixtures("themed")
def test_no_page_or_dialog_reads_what_a_person_wrote_as_markup(
    qtbot: Any,
    tmp_path: Path,
    set_traps: Traps,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = payloads(set_traps.http, set_traps.file)
    journal = journals.create(tmp_path / "journal.db", passphrase=None, clock=CLOCK)
    poison(journal, journal.persons.all()[0].id, texts, CLOCK)
    walk = Walk()
    tips: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, *more: tips.append(text))
    with _working(journal, journal.persons.all()[0].id, qtbot) as work:
        for name, make in pages():
            page = work.page(make)
            walk.look(name)
            if name == "DreamsPage":
                look_at_dreams(page, work, walk, texts)
            if name == "ComparePage":
                from dreamjournal.ui.compare.parts import parts

                for key in ("answer", *(p.key for p in parts())):
                    page.show_part(key)
                    work.settle()
                    walk.look(f"Compare, {key}")
            page.hide()
            QApplication.processEvents()
        for name, make in dialogs(work.context):
            dialog = make()
            dialog.show()
            work.settle()
            walk.look(name)
            dialog.close()
            QApplication.processEvents()
    COUNTED["inputs"] += len(texts) * (len(pages()) + 14)
    assert walk.widgets > 1000
    assert sorted(walk.faults) == []
    assert [t for t in tips if Texts.mightBeRichText(t) and foreign(t)] == []
    assert set_traps.fetched == []
    assert set_traps.opened == 0


def look_at_dreams(page: Any, work: Work, walk: Walk, texts: tuple[str, ...]) -> None:
    view = page.findChild(QAbstractItemView)
    for row in range(0, view.model().rowCount(), 7):
        view.setCurrentIndex(view.model().index(row, 0))
        QApplication.processEvents()
        walk.look(f"dream {row}")


@pytest.mark.gui
@pytest.mark.usefixtures("themed")
def test_a_caseload_of_patients_whose_names_and_queries_are_markup(
    qtbot: Any,
    tmp_path: Path,
    set_traps: Traps,
) -> None:
    from dreamjournal.ui.patients.page import PatientsPage

    texts = payloads(set_traps.http, set_traps.file)
    journal = journals.create(tmp_path / "caseload.db", kind=JournalKind.NURSE, passphrase=None, clock=CLOCK)
    for name in ("P-001", "P-002", "P-003"):
        persons.add(journal, name, CLOCK)
    people = journal.persons.all()
    poison(journal, people[0].id, texts, CLOCK)
    for person, name in zip(people, texts, strict=False):
        journal.persons.rename(person.id, name)
    walk = Walk()
    with _working(journal, 0, qtbot) as work:
        work.page(PatientsPage)  # kept by qtbot
        walk.look("patients")
    assert sorted(walk.faults) == []
    assert set_traps.fetched == []
    assert set_traps.opened == 0


@pytest.mark.gui
def test_the_traps_would_have_caught_a_picture(qtbot: Any, tmp_path: Path, set_traps: Traps) -> None:
    label = QLabel(f'<img src="{set_traps.file}">')
    qtbot.addWidget(label)
    label.show()
    QApplication.processEvents()
    label.sizeHint()
    assert list(faults_of(label))
    if set_traps._notify >= 0:
        assert set_traps.opened > 0


@pytest.mark.gui
@pytest.mark.usefixtures("themed")
def test_pasting_and_very_long_words(qtbot: Any, set_traps: Traps) -> None:
    from dreamjournal.ui.capture.field import NightField
    from dreamjournal.ui.widgets.text import Label, Prose, tip
    from dreamjournal.ui.widgets.words_edit import WordsEdit

    data = QMimeData()
    data.setHtml(
        f'<h1>big</h1><img src="{set_traps.file}"><img src="{set_traps.http}x.png"><a href="{set_traps.http}">go</a>'
    )
    data.setText("big go")
    for field in (WordsEdit("Dream"), NightField()):
        qtbot.addWidget(field)
        field.show()
        field.insertFromMimeData(data)
        assert field.toPlainText() == "big go"
        assert not list(faults_of(field))
        only = QMimeData()
        only.setHtml(f'<img src="{set_traps.file}">')
        field.insertFromMimeData(only)
        assert "img" not in field.toHtml().lower().split("</head>")[1]
    text = long_one(set_traps.http)
    for label in (Label(text, wrap=True), Prose(text)):
        qtbot.addWidget(label)
        label.setToolTip(tip(text))
        label.resize(400, 300)
        label.show()
        QApplication.processEvents()
        assert not list(faults_of(label))
    assert set_traps.fetched == []
    assert set_traps.opened == 0
