"""What a log shows that is worth talking about, as facts with their nights; and what was looked at and not found.

Never a score, a diagnosis or advice to stop anything: each prompt ends in the same words on whom to talk to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from dreamjournal.common.errors import UserError
from dreamjournal.domain import care
from dreamjournal.domain.balance import day_words
from dreamjournal.domain.changes import Changes
from dreamjournal.services import prompt_rules as rules
from dreamjournal.services import settings
from dreamjournal.services.evenings import enhancer_name
from dreamjournal.services.prompt_rules import Found, Looking, PromptFact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dreamjournal.common.clock import Clock
    from dreamjournal.domain.care import CheckIn, Instruction
    from dreamjournal.services.journals import Journal

NO_DIAGNOSIS = "This is not a diagnosis."
WINDOW = 56
"""Nights looked at where no range is asked for: eight weeks."""


@dataclass(frozen=True)
class Rule:
    """One rule: its key, what it is called, the rule in one sentence, and the function that looks."""

    key: str
    title: str
    sentence: str
    look: Callable[[Looking], Found]
    closing: str = care.TALK


RULES = (
    Rule("F1", "More nights than your aim", "More enhanced nights than your own aim in two weeks running.", rules.above_aim),
    Rule(
        "F2", "More than at first",
        "Dose, intensity or length a quarter or more above the first 14 days, with no instruction from a clinician recorded.",
        rules.dose_rise,
    ),
    Rule(
        "F3", "Together on one night", "Two enhancers, or an enhancer with alcohol, an opioid or a sedative, on the same night.",
        rules.together,
    ),
    Rule(
        "F4", "A sleep medicine for long", "A benzodiazepine or Z-drug on more than 28 nights with no longer break.", rules.hypnotic
    ),
    Rule(
        "F5", "Natural nights after use",
        "Falling asleep or waking in the night 30 min or more above your own usual on 3 or more of 5 natural nights soon after use.",
        rules.rebound,
    ),
    Rule("F6", "Something unwanted", "Anything unwanted noted in the diary.", rules.events),
    Rule("F7", "Driving while sleepy", "Driving while sleepy noted in the diary.", rules.driving),
    Rule(
        "insomnia", "Long waits and long waking",
        "31 min or more to fall asleep, or awake in the night, on 3 nights of a week with 5 known, two weeks running.",
        rules.insomnia_range, care.WORTH,
    ),
    Rule(
        "nightmares", "Nightmares every week", "A nightmare with distress in each of the last four weeks.", rules.nightmares, care.WORTH
    ),
)  # fmt: skip
_REMARKS = {
    "F5": "It can be a rebound, and it makes natural nights look worse in Compare.",
    "F7": "If you are sleepy, do not drive.",
}


@dataclass(frozen=True)
class Prompt:
    """A rule that found something."""

    key: str
    title: str
    sentence: str
    """The rule."""
    facts: tuple[PromptFact, ...]
    closing: str
    remark: str = ""
    urgent: str = ""
    """The emergency words, where an event calls for them."""

    @property
    def shows(self) -> str:
        """Your log shows ..., with counts."""
        return f"Your log shows {'; '.join(in_sentence(f.text) for f in self.facts)}."

    @property
    def text(self) -> str:
        """Everything the prompt says."""
        return " ".join(t for t in (self.shows, self.remark, self.urgent, self.closing) if t)

    @property
    def plain(self) -> str:
        """The same without numbers, for a person who hides them."""
        return " ".join(t for t in (self.shows_plain, self.remark, self.urgent, self.closing) if t)

    @property
    def shows_plain(self) -> str:
        """Your log shows ..., without numbers."""
        return f"Your log shows {'; '.join(in_sentence(f.plain) for f in self.facts)}."

    def told(self, *, nurse: bool = False, numbers: bool = True) -> str:
        """What the prompt says to the person, or to the nurse who reads about them."""
        if not nurse:
            return self.text if numbers else self.plain
        return for_nurse(f"{self.shows if numbers else self.shows_plain} {NO_DIAGNOSIS}")

    @property
    def nights(self) -> tuple[date, ...]:
        """Every night behind it, once."""
        return tuple(sorted({d for f in self.facts for d, _ in f.nights}))


@dataclass(frozen=True)
class Looked:
    """A rule that found nothing, and how far it could look."""

    key: str
    title: str
    sentence: str
    words: str


@dataclass(frozen=True)
class Prompts:
    """What was found and what was not, over a window of nights."""

    first: date
    last: date
    found: tuple[Prompt, ...]
    looked: tuple[Looked, ...] = field(default=())

    @property
    def span(self) -> str:
        """10 Mar to 4 May 2026."""
        return rules.span_words(self.first, self.last)


def ask(look: Looking, check_in: CheckIn | None = None, number: str | None = None) -> Prompts:
    """Every rule over the window. `check_in` are the latest monthly answers, `number` the person's emergency number."""
    found: list[Prompt] = []
    looked: list[Looked] = []
    for rule in RULES:
        told = rule.look(look)
        if not told.facts:
            looked.append(Looked(rule.key, rule.title, rule.sentence, told.looked))
            continue
        severe = rule.key == "F6" and any(code in care.SEVERE for code in rules.noted(look.window)[0])
        urgent = care.urgent_words(number) if severe else ""
        found.append(
            Prompt(rule.key, rule.title, rule.sentence, told.facts, rule.closing, _REMARKS.get(rule.key, ""), urgent)
        )
    own = _own_words(check_in)
    if own is not None:
        found.append(own)
    return Prompts(look.first, look.last, tuple(found), tuple(looked))


def _own_words(check_in: CheckIn | None) -> Prompt | None:
    """The card of the monthly questions: two or more answers of often or always. They are never added up."""
    if check_in is None or len(check_in.often) < care.CARD_FROM:
        return None
    said = ", ".join(q.short for q in check_in.often)
    fact = PromptFact(
        f"“often” or “always” in your answers of {day_words(check_in.answered_on)}: {said}",
        f"often or always: {said}",
        (),
    )
    sentence = "Often or always to two or more of the five monthly questions."
    return Prompt("check_in", "Your own answers", sentence, (fact,), care.TALK)


_NURSE = (
    ("Your log shows", "The log shows"), ("your own", "their own"), ("your answers", "their answers"), ("your study", "their study"),
    ("Your aim", "Their aim"), ("your aim", "their aim"), ("Your own", "Their own"),
)  # fmt: skip


def for_nurse(text: str) -> str:
    """A sentence said to the person, said of them instead."""
    for own, other in _NURSE:
        text = text.replace(own, other)
    return text


def in_sentence(text: str) -> str:
    """Alcohol with SleepSync, inside a sentence; names keep their letters."""
    return text[0].lower() + text[1:] if text.startswith("Alcohol ") else text


# What clinicians said


def instructions(journal: Journal, person_id: int) -> list[Instruction]:
    """What clinicians said, the newest first."""
    return journal.balance.instructions(person_id)


def add_instruction(
    journal: Journal, person_id: int, enhancer: str, given_on: date, who: str, words: str, clock: Clock
) -> tuple[Instruction, Changes]:
    """Keep what a clinician said about an enhancer or medicine. Raises UserError."""
    name, by, said = enhancer_name(enhancer), " ".join(who.split()), " ".join(words.split())
    known = journal.enhancers.by_name(person_id, name)
    if not by or len(by) > 80 or not by.isprintable():
        raise UserError(
            "The instruction was not kept", "it is not said who gave it", "write who, in a few words", field="who"
        )
    if not said or len(said) > 500:
        raise UserError(
            "The instruction was not kept",
            "it has no words, or more than 500 letters",
            "write what was said",
            field="words",
        )
    if given_on > _today(journal, person_id, clock) or given_on.year < 1900:
        raise UserError(
            "The instruction was not kept",
            "that day has not come yet or lies too far back",
            "check the date",
            field="given_on",
        )
    name = known.name if known is not None else name
    return journal.balance.put_instruction(person_id, name, given_on, by, said, clock.now()), Changes.CHECK_INS


def remove_instruction(journal: Journal, person_id: int, instruction_id: int) -> tuple[Instruction, Changes]:
    """Take an instruction out; returns it, for `put_back`. Raises UserError where there is none of that id."""
    found = journal.balance.instruction(instruction_id)
    if found is None or found.person_id != person_id:
        raise UserError(
            "Nothing was removed", "there is no instruction of that number", "see: balance instruction", field="id"
        )
    journal.balance.delete_instruction(instruction_id)
    return found, Changes.CHECK_INS


def put_back(journal: Journal, instruction: Instruction) -> Changes:
    """Keep an instruction that was removed."""
    journal.balance.put_instruction(
        instruction.person_id,
        instruction.enhancer,
        instruction.given_on,
        instruction.who,
        instruction.words,
        instruction.written,
    )
    return Changes.CHECK_INS


def _today(journal: Journal, person_id: int, clock: Clock) -> date:
    from dreamjournal.domain.instant import in_zone

    return in_zone(clock.now(), settings.zone_of(journal, person_id, clock)).local.date()


# As JSON


def to_json(found: Prompts) -> dict[str, Any]:
    """The prompts and what was looked at, as JSON values."""
    return {
        "from": found.first.isoformat(),
        "to": found.last.isoformat(),
        "prompts": [
            {
                "rule": p.key, "title": p.title, "rule_sentence": p.sentence, "text": p.text, "urgent": bool(p.urgent),
                "facts": [{"text": f.text, "nights": [{"night_date": d.isoformat(), "logged": w} for d, w in f.nights]} for f in p.facts],
            }
            for p in found.found
        ],
        "looked_at": [
            {"rule": x.key, "title": x.title, "rule_sentence": x.sentence, "result": x.words} for x in found.looked
        ],
    }  # fmt: skip


def looking(
    nights: Sequence[Any], last: date, *, first: date | None = None, aim: int | None = None, weeks: Sequence[Any] = (),
    told: Sequence[Instruction] = (),
) -> Looking:  # fmt: skip
    """What the rules look at: the window from `first`, else the last 56 nights up to `last`; never before the first night known."""
    start = first or last - timedelta(days=WINDOW - 1)
    start = max(start, min((n.night_date for n in nights if n.night_date <= last), default=start))
    return Looking(
        tuple(n for n in nights if n.night_date <= last), start, last, aim,
        tuple(w for w in weeks if w.first + timedelta(days=6) >= start and w.first <= last), tuple(told),
    )  # fmt: skip
