"""Frozen dataclasses made by the thousand."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import pytest

from dreamjournal.common.frozen import made
from dreamjournal.domain.diary import Diary
from dreamjournal.domain.session import Session, SessionMeasures


def test_what_is_made_is_what_the_class_makes() -> None:
    own = SessionMeasures(tst_min=400.0, hr=51.0)
    names = [f.name for f in dataclasses.fields(SessionMeasures)]
    ours = made(SessionMeasures, ((n, getattr(own, n)) for n in names))
    assert ours == own and hash(ours) == hash(own) and repr(ours) == repr(own) and vars(ours) == vars(own)
    assert dataclasses.replace(ours, hr=None) == dataclasses.replace(own, hr=None)
    assert copy.deepcopy(ours) == own and pickle.loads(pickle.dumps(ours)) == own


def test_what_is_made_stays_frozen() -> None:
    ours = made(SessionMeasures, ((f.name, None) for f in dataclasses.fields(SessionMeasures)))
    with pytest.raises(dataclasses.FrozenInstanceError):
        ours.hr = 1.0  # type: ignore[misc]


@pytest.mark.parametrize("kind", [Session, SessionMeasures, Diary])
def test_classes_that_are_made_so_have_no_slots_and_nothing_to_do_afterwards(kind: type) -> None:
    assert not hasattr(kind, "__slots__") and not hasattr(kind, "__post_init__")
