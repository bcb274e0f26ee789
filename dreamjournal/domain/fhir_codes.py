"""The codes a night is told in to a FHIR R4 server: LOINC and HL7 codes that were looked up, and our own where there is none.

Sleep durations and latency are LOINC's: 93832-4, 93831-6, 93830-8 and 93829-0 as in the value set "sleep observation code" of the
HL7 guide Personal Health Records, 103212-7 as active in LOINC 2.82. That guide's code systems (1.0.0-ballot2, trial use) name the
sleep episode and its parts. LOINC has no code that was found to mean time in bed, number of awakenings or efficiency, so none is
sent for them: 65554-8 and 93828-2 look alike and mean something else. "Core" sleep is taken to be light sleep, as Apple and that
guide say.

`OWN` is the code system for what no other has, named by a UUID since no address stands behind it:

- `night-kind`: what a night was, one of `natural`, `enhanced`, `unsure`. A night nothing was said of has no record.
- `enhancer-kind`: what kind of thing was used, one of `device`, `stimulation`, `drug`, `supplement`, `therapy`, `other`.
- `dream-report`: the words of a dream.
- `recall-…`: the five answers to "did you dream?". `event-…`: unwanted events of a night.
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from dreamjournal.domain.diary import EVENTS
from dreamjournal.domain.dream import Recall
from dreamjournal.domain.exposure import EnhancerKind
from dreamjournal.domain.night import Condition

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
PHR = "http://hl7.org/fhir/uv/phr/CodeSystem/observation-pghd-codes"
EPISODE = "http://hl7.org/fhir/uv/phr/CodeSystem/sleep-episode-codes"
OWN = "urn:uuid:1458e323-a7f0-4753-bb71-897659da98b7"
IDENTIFIERS = "urn:uuid:b4d590b2-fb57-4cb6-aa1f-418dd1e4e10d"
"""The system of our identifiers. Their values are bare UUIDs: a server replaces each `urn:uuid:` it knows, also inside an identifier."""
NAMESPACE = UUID("8c950e42-4454-43a0-a95a-e169fd8eee6f")
"""The ids of records are derived in it (version 5), so that the same night has the same id each time."""


class Code(NamedTuple):
    """One code: its system, itself, what its system calls it (empty where that was not seen), and our words."""

    system: str
    code: str
    display: str
    text: str


SLEEP = Code(LOINC, "93832-4", "Sleep duration", "Sleep duration")
DEEP = Code(LOINC, "93831-6", "Deep sleep duration", "Deep sleep duration")
LIGHT = Code(LOINC, "93830-8", "Light sleep duration", "Light sleep duration")
REM = Code(LOINC, "93829-0", "REM sleep duration", "REM sleep duration")
LATENCY = Code(LOINC, "103212-7", "", "Time to fall asleep")
SLEEP_EPISODE = Code(PHR, "sleepEpisode", "", "Sleep episode")
TOTAL_SLEEP_TIME = Code(EPISODE, "totalSleepTime", "Total sleep time", "Total sleep time")
SLEEP_LATENCY = Code(EPISODE, "latencyToSleepOnset", "Latency to sleep onset", "Time to fall asleep")
LATENCY_TO_ARISING = Code(EPISODE, "latencyToArising", "Latency to arising", "From last waking to getting up")
WASO = Code(EPISODE, "wakeAfterSleepOnset", "Wake after sleep onset", "Wake after sleep onset")
AWAKENINGS = Code(EPISODE, "numberOfAwakenings", "Number of awakenings", "Number of awakenings")
EFFICIENCY = Code(EPISODE, "sleepEfficiencyPercentage", "Sleep efficiency percentage", "Sleep efficiency")
CORE_SLEEP = Code(EPISODE, "coreSleepDuration", "Core sleep Duration", "Light sleep duration")
DEEP_SLEEP = Code(EPISODE, "deepSleepDuration", "Deep sleep duration", "Deep sleep duration")
REM_SLEEP = Code(EPISODE, "remSleepDuration", "Rem sleep duration", "REM sleep duration")
MAIN_SLEEP = Code(EPISODE, "isMainSleep", "Is main sleep", "Main sleep of the night")
NIGHT_KIND = Code(OWN, "night-kind", "What the night was", "What the night was")
ENHANCER_KIND = Code(OWN, "enhancer-kind", "What was used", "What was used")
DREAM_REPORT = Code(OWN, "dream-report", "Dream report", "Dream report")

NIGHT_KINDS = {
    Condition.NATURAL: Code(OWN, "natural", "Natural night", "Natural night"),
    Condition.ENHANCED: Code(OWN, "enhanced", "Enhanced night", "Enhanced night"),
    Condition.UNSURE: Code(OWN, "unsure", "Unsure night", "Unsure whether natural or enhanced"),
}
"""`unrecorded` is not among them: silence is told as silence."""
_KIND_WORDS = {
    EnhancerKind.DEVICE: "Device", EnhancerKind.STIMULATION: "Stimulation", EnhancerKind.DRUG: "Medicine",
    EnhancerKind.SUPPLEMENT: "Supplement", EnhancerKind.THERAPY: "Therapy", EnhancerKind.OTHER: "Something else",
}  # fmt: skip
ENHANCER_KINDS = {kind: Code(OWN, kind.value, words, words) for kind, words in _KIND_WORDS.items()}
_RECALL_WORDS = {
    Recall.NOT_TRIED: "Did not try to recall", Recall.NOTHING: "Nothing recalled", Recall.WHITE: "Dreamt, no content",
    Recall.FRAGMENT: "A fragment", Recall.REPORT: "A dream",
}  # fmt: skip
RECALLS = {r: Code(OWN, f"recall-{r.value.replace('_', '-')}", words, words) for r, words in _RECALL_WORDS.items()}
UNWANTED = {
    e: Code(OWN, f"event-{e.replace('_', '-')}", e.replace("_", " ").capitalize(), e.replace("_", " ").capitalize()) for e in EVENTS
}  # fmt: skip

MINUTES, PERCENT = ("min", "min"), ("%", "%")
"""Units as (words, UCUM code)."""
UNITS: dict[tuple[str, str], tuple[str, str]] = {
    **{(c.system, c.code): MINUTES for c in (
        SLEEP, DEEP, LIGHT, REM, LATENCY, TOTAL_SLEEP_TIME, SLEEP_LATENCY, LATENCY_TO_ARISING, WASO, CORE_SLEEP, DEEP_SLEEP, REM_SLEEP,
    )},
    (EFFICIENCY.system, EFFICIENCY.code): PERCENT,
}  # fmt: skip
"""Which unit a coded quantity is in."""
COUNTS = frozenset({(AWAKENINGS.system, AWAKENINGS.code)})
"""Codes whose value is a whole number without a unit."""
YES_NO = frozenset({(MAIN_SLEEP.system, MAIN_SLEEP.code)})
OBSERVED = (SLEEP, SLEEP_EPISODE, NIGHT_KIND)
"""What an Observation may be of."""
PARTS = (
    DEEP, LIGHT, REM, LATENCY, TOTAL_SLEEP_TIME, SLEEP_LATENCY, LATENCY_TO_ARISING, WASO, AWAKENINGS, EFFICIENCY, CORE_SLEEP, DEEP_SLEEP,
    REM_SLEEP, MAIN_SLEEP, ENHANCER_KIND,
)  # fmt: skip
"""What its components may be of."""


class Question(NamedTuple):
    """A line of the diary: its link id, which is the field of `Diary`, our words, and how it is answered."""

    field: str
    text: str
    kind: str
    """time, minutes, whole, yes_no, or words."""


DIARY: tuple[Question, ...] = (
    Question("into_bed", "Got into bed", "time"),
    Question("try_sleep", "Tried to sleep", "time"),
    Question("sol", "Minutes to fall asleep", "minutes"),
    Question("nawk", "Times awake in the night", "whole"),
    Question("waso", "Minutes awake in the night", "minutes"),
    Question("final_wake", "Last waking", "time"),
    Question("out_of_bed", "Got up", "time"),
    Question("tasafa", "Minutes tried to sleep after the last waking", "minutes"),
    Question("ema", "Minutes awake too early", "minutes"),
    Question("own_tst", "Minutes slept, by own estimate", "minutes"),
    Question("quality", "Sleep quality, 1 very poor to 5 very good", "whole"),
    Question("rested", "Rested, 1 not at all to 5 very", "whole"),
    Question("naps", "Naps the day before", "whole"),
    Question("nap_min", "Minutes of naps", "minutes"),
    Question("free_next_day", "Free the day after", "yes_no"),
    Question("illness", "Ill", "yes_no"),
    Question("travel", "Travelling", "yes_no"),
    Question("on_call", "On call", "yes_no"),
    Question("comments", "Comments", "words"),
)
NIGHT, RECALL, EVENT = "night", "recall", "event"
"""Link ids of what is no plain field of the diary: the evening's date, dream recall, an unwanted event."""
LINKS = frozenset({NIGHT, RECALL, EVENT, *(q.field for q in DIARY)})
