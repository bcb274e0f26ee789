"""What the Study page says of a study."""

from __future__ import annotations

from datetime import date, timedelta

from dreamjournal.domain.study import Study
from dreamjournal.ui.words import MONTHS, count_words, plain_date, source_word

BLOCK_WORDS = {2: "pairs", 4: "blocks of four"}
WHAT = (
    "A study is one question, fixed before its nights: the app draws at random which nights are enhanced and which are "
    "natural. Only nights drawn like this can tell the enhancer from everything else that happens on the same nights."
)


def full_date(day: date, *, near: date | None = None) -> str:
    """3 August 2026; without the year where `near` lies in it."""
    text = f"{day.day} {MONTHS[day.month - 1]}"
    return text if near is not None and near.year == day.year else f"{text} {day.year}"


def amount_words(value: float, unit: str) -> str:
    """30 min; 0.5 points."""
    number = f"{value:g}"
    return f"{number}\u00a0{unit}" if unit else number


def question_words(study: Study, title: str, unit: str) -> str:
    """The fixed question in the app's words: what is compared, by what, and what matters."""
    source = "the diary" if study.source == "diary" else source_word(study.source) if study.source else "any source"
    text = f"Nights with {study.enhancer} against natural nights: {title[:1].lower() + title[1:]}, by {source}."
    return f"{text} {amount_words(study.swd, unit)} is the least that matters." if study.swd else text


def plan_words(study: Study) -> str:
    """How the nights were planned."""
    dealt = BLOCK_WORDS.get(study.block_size, f"blocks of {study.block_size}")
    text = (
        f"{count_words(study.nights, 'night')} in {dealt}, {plain_date(study.first_night)} to {plain_date(study.last_night)}; "
        f"at most {study.max_run} of a kind in a row."
    )
    if study.washout:
        text += f" Natural nights within {count_words(study.washout, 'night')} after an enhanced one do not count."
    if study.sealed:
        text += " Sealed until the end."
    return text


def headline(study: Study, night: date) -> str:
    """Where the study stands on the night now running."""
    if study.stopped is not None:
        return f"Stopped after {count_words(passed(study, study.stopped.date()), 'night')}."
    if night < study.first_night:
        return f"Begins on {full_date(study.first_night)}."
    if night > study.last_night:
        return f"Ended after {count_words(study.nights, 'night')}."
    return f"Night {(night - study.first_night).days + 1} of {study.nights}."


def passed(study: Study, night: date) -> int:
    """How many planned nights lie before `night`."""
    return max(0, min(study.nights, (night - study.first_night).days))


def look_words(study: Study, looks: tuple[int, ...], today: date) -> str:
    """When a verdict is looked for next; empty where none is to come. `today` is the date on the calendar."""
    done = passed(study, today)
    coming = next((look for look in looks if look > done), None)
    if coming is None or study.stopped is not None:
        return ""
    last = study.first_night + timedelta(days=coming - 1)
    which = "The last look" if coming == looks[-1] else "The next look"
    return f"{which} is after night {coming}, on the morning of {full_date(last + timedelta(days=1), near=today)}."


def exploratory_words(study: Study) -> str:
    """Why the answer will count as exploratory; empty where it is still planned."""
    parts: list[str] = []
    if study.changed is not None:
        parts.append(f"The question was changed on {full_date(study.changed.date())}, so its answer is exploratory.")
    if study.lengthened is not None:
        parts.append(
            f"Nights were added on {full_date(study.lengthened.date())}: "
            "the looks set beforehand stay planned, later ones are exploratory."
        )
    if study.unsealed is not None:
        parts.append(f"The seal was opened on {full_date(study.unsealed.date())}, before the end.")
    if study.stopped is not None:
        reason = f": {study.stop_reason}" if study.stop_reason else ""
        parts.append(f"Stopped on {full_date(study.stopped.date())}{reason}.")
    return " ".join(parts)


def closed_until(study: Study) -> str:
    """What a night says that a sealed study closes: "Closed until your study ends on 3 August." """
    end = study.last_night + timedelta(days=1)
    return f"Closed until your study ends on {full_date(end, near=study.first_night)}."
