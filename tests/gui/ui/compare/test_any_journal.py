"""Whatever a journal holds, Compare and its parts show nothing that cannot be read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dreamjournal.ui.compare.page import ComparePage
from dreamjournal.ui.compare.parts import parts
from tests.gui.ui.compare.test_alike_part import UNREADABLE, texts
from tests.made_nights import anything, study, write


@pytest.mark.parametrize("seed", range(20, 28))
def test_nothing_unreadable_is_shown(work: Any, seed: int) -> None:
    first = date(2026, 3, 16)
    person = work.context.person_id
    nights = anything(seed, first)
    write(work.context.journal, person, nights)
    if seed % 2 and nights:
        drawn = "".join(n.kind if n.kind in "EN" else "E" for n in nights)
        work.context.journal.studies.put(study(person, drawn, first))
    page = work.page(ComparePage)
    for key in ("answer", *(part.key for part in parts())):
        page.show_part(key)
        work.settle()
        for text in texts(page):
            assert not UNREADABLE.search(text), text
    page.toggle_table()
    assert page.error.isHidden() or not page.error.sentence()
