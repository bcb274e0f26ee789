"""A hundred texts that want to be more than text, and a journal in which every free field holds one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import Any

from dreamjournal.domain.drafts import Travel
from dreamjournal.domain.dream import DreamDraft, Recall
from dreamjournal.domain.evening import IntakeKind
from dreamjournal.domain.exposure import EnhancerKind, Exposure
from dreamjournal.domain.instant import in_zone
from dreamjournal.domain.session import Session, SessionEvent, SessionKind, SessionMeasures, Validity
from dreamjournal.services import dreams
from tests import made_nights

FIRST = date(2026, 3, 2)
NOW = datetime(2026, 5, 5, 8, 0, tzinfo=UTC)
HTTP, FILE = "http://127.0.0.1:TRAP/", "file://TRAPFILE"
"""Where a payload wants to load from; a test puts its own server and file in."""

_MARKUP = (
    f'<img src="{HTTP}a.png">', f'<img src="{FILE}">', f"<img src='{HTTP}b.png' onerror=alert(1)>", "<script>alert(1)</script>",
    f'<script src="{HTTP}c.js"></script>', f'<link rel="stylesheet" href="{HTTP}d.css">', f'<iframe src="{HTTP}e"></iframe>',
    f'<body background="{HTTP}f.png">', f'<table background="{FILE}"><tr><td>x</table>', f'<object data="{FILE}"></object>',
    f'<svg><image href="{HTTP}g.png"/></svg>', f'<svg onload="location=\'{HTTP}h\'">', f'<a href="{HTTP}i">click</a>', f'<a href="{FILE}">file</a>',
    f"<style>@import url({HTTP}j.css);</style>", f'<div style="background:url({HTTP}k.png)">x</div>', f'<p style="background-image:url({FILE})">x</p>',
    "<b>bold</b>", "<i>3 < 4", "<br/>", "<qt>rich</qt>", "<!DOCTYPE html><html><h1>big</h1>", "<!-- comment -->", "]]>", "--><b>x</b>", "<![CDATA[x]]>",
    "&lt;b&gt;twice&lt;/b&gt;", "&amp;amp;", "&#60;img src=x&#62;", "</td></tr></table><h1>out</h1>", "</script><script>alert(2)</script>",
    "'\"><b>broken out</b>", "\"><img src=x>", "' onmouseover='alert(3)", "javascript:alert(4)", "<meta http-equiv=refresh content=0>", "<base href=//x>",
    "<font size=99>huge</font>", "<pre>\n\n</pre>", "<title>mine</title>", "<h1 style=color:white>hidden</h1>", "<a href='link:forged'>forged</a>",
)  # fmt: skip
_TYPST = (
    "#read(\"/etc/passwd\")", "#image(\"/etc/passwd\")", "#import \"/etc/passwd\": *", "#include \"../page.typ\"", "#{ while true {} }", "$ x^2 $", "= Heading",
    "*bold* _it_", "`raw`", "@label <label>", "#set page(width: 1pt)", "// gone", "/* gone", "\\u{41}", "#panic()", "]#text(red)[out]", "\"; #panic(); \"",
    f'#link("{HTTP}typst")[x]', "```\n#panic()\n```", "~nbsp~ -- ---",
)  # fmt: skip
_FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1+1", "＠A1", "\u00a0=1+1", "\ufeff=1+1", "\t=1+1", " =1+1", "x\n=1+1", "\r=1+1",
    "|x", "%0A=1", f'=HYPERLINK("{HTTP}hl","x")', f'=WEBSERVICE("{HTTP}ws")', "<r>=1+1</r>", "{=1+1}", "'=1+1", '"=1+1', "\u200b=1+1", "=1+1;\"x\",y",
)  # fmt: skip
_OTHERS = (
    "\u202egnp.live\u202c", "\u2066over\u2069", "a\x00b", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x9b2J", "a\rb", "a\u2028b\u2029c", "\ud7ff\ufffd", "{{ 7*7 }}",
    "{% for x in y %}", "${7*7}", "{0.__class__}", "%s%n%d", "%(x)s", "'; DROP TABLE dreams; --", '" OR 1=1 --', "../../etc/passwd", "👩‍🚀🏳️‍🌈", "Z\u0301\u0301\u0301algo",
    "![x](" + HTTP + "md.png)", "[x](" + HTTP + "md)", "| a | b |\n|---|---|", "# Heading\n***", "&Mnemonic & more", "\\frac{1}{0} $\\frac{$", "NUL", "con.txt",
)  # fmt: skip


def payloads(http: str = HTTP, file: str = FILE) -> tuple[str, ...]:
    """All of them, short ones; `long_one` is apart."""
    found = (*_MARKUP, *_TYPST, *_FORMULAS, *_OTHERS)
    assert len(set(found)) >= 100
    return tuple(p.replace(HTTP, http).replace(FILE, file) for p in found)


def long_one(http: str = HTTP) -> str:
    """A hundred thousand letters with markup at the end."""
    return "long " * 20_000 + f'<img src="{http}long.png">'


def poison(journal: Any, person: int, texts: tuple[str, ...], clock: Any) -> None:
    """Nights of every kind, and in every free text field of the journal one of `texts` after the other."""
    turn: Iterator[str] = cycle(texts)

    def text() -> str:
        return next(turn)

    def name() -> str:
        return " ".join(next(turn).split())[:60] or "x"

    def line() -> str:
        return "".join(c for c in next(turn) if ord(c) >= 32) or "x"

    now = clock.now()
    enhancer = name()
    assert enhancer
    made_nights.write(
        journal, person, made_nights.row("ENNE" * 12, FIRST, alcohol=True, coffee_h=3.0), enhancer=enhancer
    )
    with journal.atomic():
        for i, words in enumerate(texts):
            day = FIRST + timedelta(days=i % 48)
            tag = " ".join(words.split())[:40]
            draft = DreamDraft(day, words, Recall.REPORT, 2, 1, 0, None, None, (tag,) if tag else ())
            try:
                dreams.save(journal, person, draft, clock)
            except Exception as error:
                from dreamjournal.common.errors import UserError

                if not isinstance(error, UserError):
                    raise
                dreams.save(journal, person, replace(draft, tags=(), text=words or "x"), clock)
        journal.dreams.save_draft(f"new-{person}", person, FIRST, text(), now)
        for i in range(12):
            day = FIRST + timedelta(days=36 + i)
            journal.evenings.set_intention(person, day, line())
            step = journal.evenings.add_step(person, line())
            journal.evenings.tick(step.id, day, in_zone(now, "Europe/London"), now)
            journal.evenings.add_intake(person, day, IntakeKind.MEDICINE, name(), 1.0, name()[:12], None, False, now)
            _recorded(journal, person, day, now, text, name)
            _morning(journal, person, day, text())
        other = journal.enhancers.add(person, name() + " lamp", EnhancerKind.DEVICE, now)
        journal.enhancers.map(person, "whoop", name(), other.id)
        journal.enhancers.set_only(person, other.id, FIRST, None)
        journal.reading.add_travel(person, Travel(FIRST, FIRST + timedelta(days=2), "America/New_York"))
        journal.reviews.put(person, FIRST, FIRST + timedelta(days=3), name()[:4], 7, now)
        for _ in range(3):
            journal.reviews.ask(person, FIRST + timedelta(days=1), text(), name()[:4], now)
        journal.studies.put(made_nights.study(person, "ENNE" * 12, FIRST, question=text(), enhancer=enhancer))
        journal.screenings.put(person, other.name, {"epilepsy": False}, now)
        journal.balance.put_check_in(person, FIRST, {"mood": "good"}, now)
        journal.balance.put_instruction(person, enhancer, FIRST + timedelta(days=20), name(), text(), now)


def _recorded(journal: Any, person: int, day: date, now: datetime, text: Any, name: Any) -> None:
    data = f"{day}".encode()
    digest = hashlib.sha256(data).hexdigest()
    file = name() + ".csv"
    brought = journal.imports.start(
        person, name=file, sha256=digest, format="whoop", source="whoop", parser_version=1, zone=None, zone_confidence="offset",
        now=now,
    )  # fmt: skip
    journal.originals.keep(brought, file, digest, io.BytesIO(data), len(data), now)
    rejected = [{"where": name(), "reason": name()}]
    rows = {"read": 2, "kept": 1, "updated": 0, "unchanged": 0, "merged": 0, "rejected": 1}
    journal.imports.finish(brought, {"rows": rows, "warnings": [name()], "rejected": rejected})
    start = in_zone(datetime.combine(day, time(23), UTC), "Europe/London")
    end = in_zone(start.utc + timedelta(hours=7), "Europe/London")
    session = journal.sessions.put(
        Session(
            0, person, day, "oura", f"s{day}", SessionKind.MAIN, Validity.OK, start, end, SessionMeasures(tib_min=420.0, tst_min=400.0), name(),
            name()[:12], (), (SessionEvent("glitch", start, None, text()),), import_id=brought, vendor_date=day,
        )
    )  # fmt: skip
    journal.imports.inserted(brought, "sessions", session)
    tag = journal.tags.put(person, day, "whoop", name(), 1.0, start, brought)
    journal.exposures.add(
        Exposure(0, person, day, name(), EnhancerKind.OTHER, "whoop", name(), start=start, end=end, import_id=brought, tag_id=tag, written=now),
        source_id=f"e{day}",
    )  # fmt: skip


def _morning(journal: Any, person: int, day: date, comment: str) -> None:
    from dreamjournal.domain.diary import Diary
    from dreamjournal.domain.instant import from_local

    bed = from_local(datetime.combine(day, time(23)), "Europe/London")
    woke = from_local(datetime.combine(day + timedelta(days=1), time(7)), "Europe/London")
    journal.diaries.put(
        Diary(person, day, bed, bed, 15.0, 2, 20.0, woke, woke, quality=4, comments=comment, entered=woke.utc)
    )
