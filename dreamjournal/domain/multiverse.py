"""One question under every defensible way of counting its nights, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from dreamjournal.domain.contrast import ContrastSpec, Design, Words

Choice = Literal["source", "naps", "washout", "boundary", "labels"]
CHOICES: tuple[Choice, ...] = ("source", "naps", "washout", "boundary", "labels")
"""What can be chosen about counting, in the order it is shown."""
TITLES: dict[Choice, str] = {
    "source": "Whose numbers",
    "naps": "Naps",
    "washout": "Washout",
    "boundary": "Night begins",
    "labels": "Nights count",
}
MATTERS: dict[Choice, str] = {
    "source": "whose numbers are taken",
    "naps": "whether naps count",
    "washout": "how long the washout is",
    "boundary": "when a night begins",
    "labels": "whether nights count as planned or as used",
}


@dataclass(frozen=True)
class Rule:
    """One way of counting: every choice made."""

    source: str
    naps: bool
    washout: int
    boundary: int
    labels: Literal["planned", "used"]

    def value(self, choice: Choice) -> str | bool | int:
        """What this rule chooses."""
        return getattr(self, choice)

    def spec(self, asked: ContrastSpec) -> ContrastSpec:
        """The question `asked`, counted by this rule."""
        return replace(
            asked, source=self.source, naps=self.naps, washout=self.washout, boundary=self.boundary, labels=self.labels
        )


@dataclass(frozen=True)
class Way:
    """What one rule gives, and the rules that count the very same nights and values. There is no verdict for one rule."""

    rule: Rule
    design: Design
    n_enhanced: int
    n_natural: int
    value: float | None
    """Enhanced minus natural in the unit of the difference; None where `reason` says why."""
    interval: tuple[float, float] | None
    reason: str = ""
    own: bool = False
    """Whether the question was asked this way."""
    alike: tuple[Rule, ...] = ()
    """Other rules that count the same."""


@dataclass(frozen=True)
class Named:
    """One usual way of looking again at the same question, by its name."""

    name: str
    n_enhanced: int
    n_natural: int
    value: float | None
    interval: tuple[float, float] | None
    note: str = ""
    """Why there is no number, or what the number is."""
    own: bool = False
    rule: Rule | None = None
    """The rule that asks it; None for another estimator of the same nights."""


@dataclass(frozen=True)
class Move:
    """How far one choice moves the estimate where nothing else differs: the mean range over `sets` of such rules."""

    choice: Choice
    by: float
    sets: int


@dataclass(frozen=True)
class Multiverse:
    """All ways of counting, the sentence first. Values are in the unit of the difference."""

    title: str
    unit: str
    """Of the difference: points for a yes-or-no measure."""
    kind: str
    digits: int
    enhancer: str | None
    direction: tuple[str, str]
    """(more, less) in the words of the measure."""
    swd: float | None
    considered: int
    """Rules looked at, alike ones each counted."""
    ways: tuple[Way, ...]
    """Those with an estimate and interval, by estimate."""
    left_out: tuple[Way, ...]
    """Those without, each with its reason."""
    named: tuple[Named, ...]
    moves: tuple[Move, ...]
    """The choice that matters most first."""
    words: tuple[Words, ...]
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What the ways of counting say together."""
        return "".join(w.text for w in self.words)

    @property
    def more(self) -> int:
        """Ways with a difference above 0."""
        return sum(1 for w in self.ways if w.value is not None and w.value > 0)

    @property
    def less(self) -> int:
        """Ways with a difference below 0."""
        return sum(1 for w in self.ways if w.value is not None and w.value < 0)

    @property
    def joined(self) -> int:
        """Rules that count the same as another and are not counted apart."""
        return sum(len(w.alike) for w in (*self.ways, *self.left_out))

    def varying(self) -> tuple[Choice, ...]:
        """The choices in which the ways shown differ."""
        return tuple(c for c in CHOICES if len({w.rule.value(c) for w in self.ways}) > 1)


@dataclass(frozen=True)
class StripRow:
    """One value of one choice, and in which columns it was chosen."""

    choice: str
    label: str
    chosen: tuple[bool, ...]


@dataclass(frozen=True)
class WaysStrip:
    """The picture of all ways: a column a rule by estimate with its interval, and below it what was chosen."""

    unit: str
    swd: float | None
    columns: tuple[tuple[float, float, float], ...]
    """(estimate, low, high), in order."""
    own: int | None
    rows: tuple[StripRow, ...]
    band_words: str


def to_json(found: Multiverse) -> dict[str, Any]:
    """The ways of counting as JSON values; numbers are not rounded."""
    return {
        "sentence": found.sentence,
        "considered": found.considered,
        "counted": len(found.ways),
        "joined": found.joined,
        "more": found.more,
        "less": found.less,
        "unit": found.unit,
        "ways": [_way(w) for w in found.ways],
        "left_out": [_way(w) for w in found.left_out],
        "named": [
            {
                "name": n.name, "n_enhanced": n.n_enhanced, "n_natural": n.n_natural, "estimate": n.value,
                "interval": None if n.interval is None else list(n.interval), "note": n.note, "own": n.own,
            }
            for n in found.named
        ],
        "moves": [{"choice": m.choice, "by": m.by, "sets": m.sets} for m in found.moves],
        "notes": list(found.notes),
    }  # fmt: skip


def _way(way: Way) -> dict[str, Any]:
    return {
        **_rule(way.rule),
        "design": way.design,
        "n_enhanced": way.n_enhanced,
        "n_natural": way.n_natural,
        "estimate": way.value,
        "interval": None if way.interval is None else list(way.interval),
        "own": way.own,
        "reason": way.reason or None,
        "alike": [_rule(r) for r in way.alike],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {choice: rule.value(choice) for choice in CHOICES}
