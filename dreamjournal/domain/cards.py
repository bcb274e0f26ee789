"""Awareness cards: short notes on healthy sleep, each with its source. They are content, not advice about anyone's log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

CARD_DAYS = 7
"""A card stands for so many days; the next one comes after them at the earliest."""


@dataclass(frozen=True)
class Card:
    """One card: its text and the work it rests on. `doi` is empty where a named guideline has none."""

    key: str
    title: str
    text: str
    source: str
    doi: str = ""

    @property
    def source_words(self) -> str:
        """Drake 2013, doi 10.5664/jcsm.3170."""
        return f"{self.source}, doi {self.doi}" if self.doi else self.source


@dataclass(frozen=True)
class Shown:
    """When a card was shown to a person, and when it was put away."""

    id: int
    person_id: int
    card: str
    shown: datetime
    closed: datetime | None = None


CARDS = (
    Card(
        "caffeine_six_hours", "Caffeine is still there at bedtime",
        "In one trial, 400 mg of caffeine taken six hours before bed still cut sleep. What is drunk in the afternoon can reach the night.",
        "Drake 2013", "10.5664/jcsm.3170",
    ),
    Card(
        "first_treatment", "What is tried first for lasting insomnia",
        "For insomnia that lasts, the American Academy of Sleep Medicine recommends cognitive behavioural therapy for insomnia (CBT-I) "
        "as the first treatment.",
        "Edinger 2021 (AASM guideline)", "10.5664/jcsm.8986",
    ),
    Card(
        "regular", "Regular is a measure of its own",
        "The Sleep Regularity Index asks how often you are in the same state, asleep or awake, at the same clock time one day later. "
        "100 is every time, 0 is chance.",
        "Phillips 2017", "10.1038/s41598-017-03171-4",
    ),
    Card(
        "evening_light", "Dim evenings, dark nights",
        "Experts in light and sleep suggest little light in the last three hours before bed (10 lx melanopic EDI at most, at the eye) "
        "and as dark as can be at night (1 lx).",
        "Brown 2022", "10.1371/journal.pbio.3001571",
    ),
    Card(
        "one_bad_night", "One bad night is not a pattern",
        "One definition of insomnia counts a wait for sleep, or waking in the night, from 31 minutes on, at least three times a week, for "
        "six months. A single long wait says little.",
        "Lichstein 2003", "10.1016/S0005-7967(02)00023-2",
    ),
    Card(
        "own_view_first", "Your own view of the night first",
        "Chasing good numbers on a tracker has a name: orthosomnia. Writing down how you slept before you look at a device keeps its "
        "number from colouring your answer.",
        "Baron 2017", "10.5664/jcsm.6472",
    ),
    Card(
        "coffee_hours", "How long before bed the last coffee",
        "One review puts the last cup of coffee (107 mg of caffeine) at least 8.8 hours before bed, and a strong pre-workout drink "
        "(217.5 mg) 13.2 hours before.",
        "Gardiner 2023", "10.1016/j.smrv.2023.101764",
    ),
    Card(
        "stimulus_control", "Up when sleep will not come",
        "Stimulus control means: to bed when sleepy, up again when clearly awake, up at the same time each day. The AASM suggests it "
        "for lasting insomnia also as a single treatment (conditional).",
        "Edinger 2021 (AASM guideline)", "10.5664/jcsm.8986",
    ),
    Card(
        "time_in_bed", "Time in bed is not time trying to sleep",
        "Reading in bed before sleep, or lying in after waking, is time in bed without trying to sleep. That is why sleep efficiency has "
        "two forms, and they should not be mixed.",
        "Reed & Sacco 2016", "10.5664/jcsm.5498",
    ),
    Card(
        "day_light", "Bright days",
        "The same experts suggest bright light by day: at least 250 lx melanopic EDI at the eye, through the day.",
        "Brown 2022", "10.1371/journal.pbio.3001571",
    ),
    Card(
        "a_week_of_diary", "How many nights make a week’s picture",
        "Seven diary days with a weekend among them gave fairly reliable averages (reliability 0.70 and more). Fewer nights show "
        "single nights, not what is usual.",
        "Borba 2020", "10.5935/1984-0063.20190131",
    ),
    Card(
        "hygiene_alone", "Good habits alone are not a treatment",
        "The AASM suggests not to use sleep hygiene as the only treatment of lasting insomnia (conditional). Habits can still be pleasant; "
        "they are for general wellbeing.",
        "Edinger 2021 (AASM guideline)", "10.5664/jcsm.8986",
    ),
    Card(
        "work_and_free", "Two clocks in one week",
        "When sleep on free days lies later than on work days, the gap is called social jetlag. It can be counted from when sleep begins "
        "or ends, so that catching up on sleep is not mistaken for it.",
        "Jankowski 2017", "10.1080/07420528.2017.1299162",
    ),
    Card(
        "relaxation", "Relaxation has its place",
        "Relaxation therapy, on its own, is among the treatments the AASM suggests for lasting insomnia (conditional).",
        "Edinger 2021 (AASM guideline)", "10.5664/jcsm.8986",
    ),
    Card(
        "waking_varies", "Waking in the night varies most",
        "A week of diary was not enough to say how long somebody usually lies awake in the night; five weekday nights or more did for "
        "other measures.",
        "Short 2017", "10.1093/sleep/zsx006",
    ),
    Card(
        "slips", "The usual slips in a diary",
        "Of 45,598 diary entries, 487 had to be corrected and 27 were dropped. Most slips were a wrong date or morning taken for evening; "
        "a 24-hour clock helps.",
        "Shaffer 2023", "10.1093/sleep/zsad199",
    ),
    Card(
        "short_periods", "Sleep medicines are meant for short periods",
        "NICE says of the newer sleep medicines that they are for short periods only. A pharmacist or doctor can say what fits when one is "
        "taken for longer; a prescribed one is not changed suddenly without asking.",
        "NICE guidance TA77",
    ),
    Card(
        "seven_hours", "How much sleep adults need",
        "The sleep societies AASM and SRS recommend seven hours or more a night for adults. Needs differ; your own goal in the settings is "
        "yours to choose.",
        "AASM and SRS consensus 2015",
    ),
    Card(
        "core_diary", "Nine questions make a diary",
        "Researchers agreed on one core sleep diary so that nights can be compared across studies. The morning questions of this journal "
        "ask for the same things in other words.",
        "Carney 2012", "10.5665/sleep.1642",
    ),
)  # fmt: skip
"""In the order in which they are shown."""
