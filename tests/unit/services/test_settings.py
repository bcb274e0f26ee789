"""Settings: read as people type them, refused with what they take."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.domain.changes import Changes
from dreamjournal.services import settings
from tests.fakes import FakeClock

ME = 1


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("23:41", 1421), ("2341", 1421), ("11:41pm", 1421), ("11:41 PM", 1421), ("7:05", 425), ("7am", 420), ("12:00 am", 0), ("12pm", 720), ("0000", 0)],
)  # fmt: skip
def test_a_time_is_read_as_typed(typed: str, minutes: int) -> None:
    assert settings.minutes_of_day(typed) == minutes


@pytest.mark.parametrize(
    "typed", ["", "7", "24:00", "23:60", "13:00pm", "0:30 am", "half past", "-1:00", "23:4", "١٢:٠٠x"]
)
def test_what_is_no_time_is_none(typed: str) -> None:
    assert settings.minutes_of_day(typed) is None


@given(st.integers(0, 1439))
def test_every_minute_of_the_day_is_read_back(minutes: int) -> None:
    hour, minute = divmod(minutes, 60)
    assert settings.minutes_of_day(f"{hour:02d}:{minute:02d}") == minutes
    assert settings.minutes_of_day(f"{hour:02d}{minute:02d}") == minutes
    assert settings.minutes_of_day(f"{hour % 12 or 12}:{minute:02d}{'a' if hour < 12 else 'p'}m") == minutes


@given(st.text(max_size=12))
def test_any_text_is_a_time_or_none(text: str) -> None:
    minutes = settings.minutes_of_day(text)
    assert minutes is None or 0 <= minutes < 1440


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("bedtime_work", "11:15 pm", "23:15"), ("wind_down_lead_min", "30", 30), ("zone", "Europe/Berlin", "Europe/Berlin"),
        ("theme", "Night", "night"), ("text_scale", "150 %", 150), ("reminder_on", "off", False), ("hide_numbers", True, True),
        ("source_priority", "oura, whoop oura", ["oura", "whoop"]), ("work_days", "Mon wed 4", [0, 2, 4]), ("work_days", [], []),
        ("journal_name", "  Nights  ", "Nights"), ("bedtime_work", "none", None), ("clock_format", "auto", "auto"),
    ],
)  # fmt: skip
def test_a_value_is_kept_tidy(journal: Any, key: str, value: Any, kept: Any) -> None:
    assert Changes.SETTINGS in settings.set_value(journal, ME, key, value)
    assert settings.get(journal, ME, key) == kept
    assert settings.all_values(journal, ME)[key] == kept


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bedtime_work", "25:00"), ("wind_down_lead_min", "-5"), ("wind_down_lead_min", "1e2"), ("zone", "Europe/Nowhere"), ("zone", "../x"),
        ("theme", "pink"), ("text_scale", "300"), ("reminder_on", "maybe"), ("source_priority", "A B!"), ("work_days", "Mon Xyz"),
        ("journal_name", "x" * 81), ("no_such_key", "1"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_the_old_one_stays(journal: Any, key: str, value: Any) -> None:
    before = settings.all_values(journal, ME)
    with pytest.raises(UserError):
        settings.set_value(journal, ME, key, value)
    assert settings.all_values(journal, ME) == before


def test_a_person_s_setting_is_not_another_s_and_the_journal_s_is_everybody_s(journal: Any, clock: FakeClock) -> None:
    other = journal.persons.add("P-2", clock.now()).id
    settings.set_value(journal, ME, "bedtime_work", "22:00")
    settings.set_value(journal, ME, "theme", "dark")
    assert settings.get(journal, other, "bedtime_work") is None
    assert settings.get(journal, other, "theme") == settings.get(journal, None, "theme") == "dark"
    with pytest.raises(UserError, match="--person"):
        settings.set_value(journal, None, "bedtime_work", "22:00")


def test_the_zone_is_the_person_s_else_the_machine_s(journal: Any, clock: FakeClock) -> None:
    assert settings.zone_of(journal, ME, clock) == "Europe/London"
    settings.set_value(journal, ME, "zone", "Asia/Tokyo")
    assert settings.zone_of(journal, ME, clock) == "Asia/Tokyo"


def test_defaults_pass_their_own_check() -> None:
    for spec in settings.SETTINGS:
        if spec.default is not None:
            assert settings.checked(spec, spec.default) == spec.default
