"""A study: a question fixed beforehand, its drawn nights, and the hash that shows it was not changed afterwards."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from dreamjournal.domain.contrast import Arm

LOOKS = (28, 56)
"""A verdict is looked for after this many planned nights have passed, and at the end."""


@dataclass(frozen=True)
class Study:
    """A question fixed beforehand: enhancer, primary metric, smallest worthwhile difference, schedule."""

    id: int
    person_id: int
    enhancer: str
    metric: str
    source: str
    swd: float
    first_night: date
    schedule: str
    """One character a planned night: E enhanced, N natural."""
    block_size: int
    seed: int
    fixed: datetime
    stopped: datetime | None = None
    question: str = ""
    """The person's own words."""
    washout: int = 0
    """Natural nights left out after an enhanced one."""
    max_run: int = 3
    blocks: tuple[int, ...] = ()
    """Block number of each planned night, from 1; empty where blocks simply follow each other."""
    sealed: bool = False
    """What each night is stays hidden from the diarist, and device numbers too, until the study ends."""
    unsealed: datetime | None = None
    """The seal was opened early."""
    digest: str = ""
    """`digest_of` at the moment the study was fixed; empty in studies of earlier versions."""
    fixed_nights: int = 0
    """Nights the digest covers; more were added later where the schedule is longer. 0: all of them."""
    changed: datetime | None = None
    """The question was changed after the first night: from then on its contrasts are exploratory."""
    lengthened: datetime | None = None
    """Nights were added after the study was fixed: from then on its contrasts are exploratory."""
    stop_reason: str = ""

    @property
    def nights(self) -> int:
        """How many nights are planned."""
        return len(self.schedule)

    @property
    def last_night(self) -> date:
        """The last planned night."""
        return self.first_night + timedelta(days=len(self.schedule) - 1)

    @property
    def fixed_before(self) -> bool:
        """Whether it was fixed before the first night was over: before the last midnight that ends that day anywhere."""
        return self.fixed < datetime.combine(self.first_night + timedelta(days=1), time(12), UTC)

    def fixed_on(self, zone: str) -> date:
        """The day it was fixed, in `zone`; never a day after the first night where it was fixed before that."""
        day = self.fixed.astimezone(ZoneInfo(zone)).date()
        return min(day, self.first_night) if self.fixed_before else day

    def block_of(self, index: int) -> int:
        """The block of the planned night at `index` (from 0)."""
        return self.blocks[index] if index < len(self.blocks) else index // self.block_size + 1

    def is_over(self, night: date) -> bool:
        """Whether the study has ended by `night`, the one now running: stopped, or its last night is past."""
        return self.stopped is not None or night > self.last_night

    def hides(self, night: date) -> bool:
        """Whether a sealed study still keeps secrets while `night` is the one now running."""
        return self.sealed and self.unsealed is None and not self.is_over(night)


def planned_arms(study: Study) -> dict[date, tuple[Arm, str]]:
    """The arm drawn for each planned night, and its block. Nights from the day on that a study was stopped are not planned.

    That day is the one in UTC: a study does not know its zone.
    """
    end = study.last_night if study.stopped is None else study.stopped.astimezone(UTC).date() - timedelta(days=1)
    days = (study.first_night + timedelta(days=i) for i in range(len(study.schedule)))
    return {
        day: ("enhanced" if mark == "E" else "natural", str(study.block_of(i)))
        for i, (day, mark) in enumerate(zip(days, study.schedule, strict=True))
        if day <= end
    }


def commitment(study: Study) -> dict[str, Any]:
    """What the digest covers, as JSON values: the question and the nights as they were fixed."""
    n = study.fixed_nights or len(study.schedule)
    return {
        "enhancer": study.enhancer,
        "metric": study.metric,
        "source": study.source,
        "swd": float(study.swd),
        "question": study.question,
        "first_night": study.first_night.isoformat(),
        "schedule": study.schedule[:n],
        "blocks": [study.block_of(i) for i in range(n)],
        "seed": study.seed,
        "washout": study.washout,
        "max_run": study.max_run,
        "sealed": study.sealed,
        "looks": [look for look in LOOKS if look < n] + [n],
        "fixed": study.fixed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def digest_of(study: Study) -> str:
    """SHA-256 of the commitment as JSON with sorted keys and no blanks, in hexadecimal digits."""
    text = json.dumps(commitment(study), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def looks_of(study: Study) -> tuple[int, ...]:
    """After how many planned nights a verdict is looked for: the set looks, the end as it was fixed, and the end."""
    n = len(study.schedule)
    return tuple(sorted({*(look for look in LOOKS if look < n), study.fixed_nights or n, n}))
