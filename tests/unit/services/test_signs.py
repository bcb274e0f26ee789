"""Dream signs: what stands out, what is left out and said, the sentences, the person's lists, signs over time."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dreamjournal.common.errors import Cancelled, UserError
from dreamjournal.domain.dream import DreamDraft
from dreamjournal.domain.sign import SHUFFLES, Share, SignSpec
from dreamjournal.domain.study import Study
from dreamjournal.services import enhancers, signs
from dreamjournal.services.signs import find, left_out_words, to_json
from tests.fakes import FakeClock
from tests.unit.services.made import slept

ME = 1
LAST = date(2026, 7, 8)
MIDDLES = (
    "A dog chased me along the stairs.", "We rowed between the houses.", "The teacher asked about an exam.", "The window was painted shut.",
    "A stranger gave me a blue box.", "The water rose over the church floor.", "My brother had two suitcases.", "It was raining indoors.",
)  # fmt: skip


def said(journal: Any, clock: FakeClock, day: date, what: str | None) -> None:
    if what is not None:
        enhancers.log(journal, ME, day, what, ["SleepSync"] if what == "enhanced" else [], "", clock)


def dream(journal: Any, clock: FakeClock, day: date, text: str, **more: Any) -> int:
    return journal.dreams.put(ME, DreamDraft(day, text, **more), clock.now()).id


def written(journal: Any, clock: FakeClock, nights: int = 80, seed: int = 2, planted: bool = True) -> None:
    """Nights of both kinds by chance; on enhanced ones a lighthouse in two dreams of three."""
    draw = random.Random(seed)
    with journal.atomic():
        for back in range(nights):
            day = LAST - timedelta(days=back)
            kind = draw.choice(("natural", "enhanced"))
            said(journal, clock, day, kind)
            text = " ".join(draw.sample(MIDDLES, 3))
            if planted and kind == "enhanced" and draw.random() < 0.7:
                text += " Over the sea went a lighthouse. SleepSync was humming."
            dream(journal, clock, day, text)


def asked(journal: Any, clock: FakeClock, **spec: Any):
    return find(journal, ME, SignSpec(**spec), clock)


def test_a_word_of_enhanced_nights_stands_out_with_its_sentences(journal: Any, clock: FakeClock) -> None:
    written(journal, clock)
    found = asked(journal, clock)
    by_word = {s.word: s for s in found.signs}
    sign = by_word["lighthouse"]
    assert sign.arm == "enhanced"
    assert sign.any_as_far == 0
    assert sign.natural.n == 0
    assert sign.natural.of + sign.enhanced.of == 80
    assert sign.usual == Share(sign.enhanced.n, 80)
    assert len(sign.sentences) == sign.enhanced.n
    first = sign.sentences[0]
    assert first.text == "Over the sea went a lighthouse."
    assert first.text[first.start : first.end] == "lighthouse"
    assert [s.night_date for s in sign.sentences] == sorted((s.night_date for s in sign.sentences), reverse=True)
    assert "sleepsync" not in by_word, "the enhancer's own name is no sign"


def test_the_sentence_says_first_what_chance_gives(journal: Any, clock: FakeClock) -> None:
    written(journal, clock, planted=False)
    found = asked(journal, clock)
    assert found.control == "within"
    low, high = found.shuffled or (0, 0)
    assert found.standing <= high
    assert found.sentence.startswith(("No more words stand out than chance gives", "No word stands out"))
    assert f"shuffled labels gave {low} to {high}" in found.sentence


def test_more_words_than_chance_gives_are_said_with_how_often_chance_gave_as_many(
    journal: Any, clock: FakeClock
) -> None:
    draw = random.Random(1)
    plenty = [f"thing{a}{b}" for a in "abcdefgh" for b in "abcdefgh"]
    for back in range(60):
        kind = draw.choice(("natural", "enhanced"))
        said(journal, clock, LAST - timedelta(days=back), kind)
        own = plenty[:32] if kind == "enhanced" else plenty[32:]
        dream(
            journal,
            clock,
            LAST - timedelta(days=back),
            " ".join(draw.sample([w.replace("thing", "th") + "ing" for w in own], 8)),
        )
    found = asked(journal, clock)
    assert found.control == "beyond"
    assert found.standing > 30
    assert re.search(r"As many or more came up in \d+ of 999 shuffles", found.sentence)
    assert found.beyond < 5


def test_the_order_in_which_dreams_were_written_changes_nothing(
    journal: Any, plain_journal: Any, clock: FakeClock
) -> None:
    draw = random.Random(4)
    rows = []
    for back in range(50):
        kind = draw.choice(("natural", "enhanced"))
        rows.append((LAST - timedelta(days=back), kind, " ".join(draw.sample(MIDDLES, 3))))
    for target, order in ((journal, rows), (plain_journal, rows[::-1])):
        for day, kind, text in order:
            said(target, clock, day, kind)
            dream(target, clock, day, text)
    one, other = asked(journal, clock), asked(plain_journal, clock)
    assert [(s.word, s.z, s.as_far) for s in one.signs] == [(s.word, s.z, s.as_far) for s in other.signs]
    assert (one.shuffled, one.standing) == (other.shuffled, other.standing)
    assert [(r.word, r.usual) for r in one.recurring] == [(r.word, r.usual) for r in other.recurring]
    assert one.sentence == other.sentence


def test_few_dreams_of_a_kind_give_a_sentence_only(journal: Any, clock: FakeClock) -> None:
    for back in range(24):
        said(journal, clock, LAST - timedelta(days=back), "enhanced" if back < 15 else "natural")
        dream(journal, clock, LAST - timedelta(days=back), "A lighthouse." if back < 15 else "A train.")
    found = asked(journal, clock)
    assert (found.enhanced, found.natural) == (15, 9)
    assert found.signs == ()
    assert found.sentence.endswith("1 more of natural nights would be enough.")
    said(journal, clock, LAST - timedelta(days=24), "natural")
    dream(journal, clock, LAST - timedelta(days=24), "A train.")
    assert asked(journal, clock).tried > 0


def test_a_before_and_after_cannot_be_shuffled_and_says_so(journal: Any, clock: FakeClock) -> None:
    for back in range(40):
        said(journal, clock, LAST - timedelta(days=back), "enhanced" if back < 20 else "natural")
        dream(journal, clock, LAST - timedelta(days=back), "A lighthouse." if back < 20 else "A train.")
    found = asked(journal, clock)
    assert found.control == "too_few_ways"
    assert "cannot be told from a word of that time" in found.sentence


def test_no_enhancer_is_a_sentence_and_an_unknown_one_an_error(journal: Any, clock: FakeClock) -> None:
    dream(journal, clock, LAST, "A door.")
    assert "no enhancer yet" in asked(journal, clock).sentence
    with pytest.raises(UserError):
        asked(journal, clock, enhancer="Mask")
    enhancers.log(journal, ME, LAST, "enhanced", ["One", "Two"], "", clock)
    with pytest.raises(UserError) as caught:
        asked(journal, clock)
    assert "One, Two" in caught.value.sentence
    assert asked(journal, clock, enhancer="one").enhancer == "One"


def test_what_is_not_compared_is_counted_and_said(journal: Any, clock: FakeClock) -> None:
    written(journal, clock, nights=40)
    for back, what in ((41, "unsure"), (42, None), (43, None)):
        said(journal, clock, LAST - timedelta(days=back), what)
        dream(journal, clock, LAST - timedelta(days=back), "A door.")
    enhancers.log(journal, ME, LAST - timedelta(days=44), "enhanced", ["SleepSync", "Melatonin"], "", clock)
    dream(journal, clock, LAST - timedelta(days=44), "A door.")
    merged = LAST - timedelta(days=45)
    slept(journal, merged, source="sleepsync", merged=True)
    dream(journal, clock, merged, "Another person's quarry.")
    found = asked(journal, clock, enhancer="SleepSync")
    left = found.left_out
    assert (left.unsure, left.unrecorded, left.other, left.may_not_be_own) == (1, 2, 1, 1)
    assert found.enhanced + found.natural == 40
    assert found.dreams == 44, "the merge night's dream is in no count of the person's own"
    words = left_out_words(left)
    assert words.startswith("Not compared: 5 dreams: 1 of nights you were not sure of, 2 of nights not recorded")
    assert "1 that may not be your own" in words
    assert "quarry" not in json.dumps(to_json(found))


def test_a_sealed_study_keeps_what_its_nights_were(journal: Any, clock: FakeClock) -> None:
    written(journal, clock, nights=40)
    now = clock.now()
    study = Study(
        0,
        ME,
        "SleepSync",
        "tst",
        "diary",
        20,
        LAST - timedelta(days=20),
        "ENNE" * 10,
        4,
        1,
        now - timedelta(days=60),
        sealed=True,
    )
    kept = journal.studies.put(study)
    found = asked(journal, clock)
    assert found.left_out.sealed == 21
    assert all(
        x.arm is None for s in found.recurring for x in s.sentences if x.night_date >= study.first_night
    ), "a sentence must not tell it either"  # fmt: skip
    clock.set(datetime(2026, 10, 1, tzinfo=UTC))
    assert kept.last_night < date(2026, 10, 1)
    assert asked(journal, clock).left_out.sealed == 0


def test_drawn_nights_are_shuffled_within_their_blocks(journal: Any, clock: FakeClock) -> None:
    """One enhanced night in each block of two: 2 to the 20 ways, though every run is as short as can be."""
    schedule = "EN" * 20
    first = LAST - timedelta(days=39)
    for i, mark in enumerate(schedule):
        said(journal, clock, first + timedelta(days=i), "enhanced" if mark == "E" else "natural")
        dream(journal, clock, first + timedelta(days=i), MIDDLES[i % 8])
    assert asked(journal, clock).control == "too_few_ways"
    journal.studies.put(
        Study(0, ME, "SleepSync", "tst", "diary", 20, first, schedule, 2, 1, clock.now() - timedelta(days=90))
    )
    assert asked(journal, clock).control == "within"


def test_a_range_narrows_what_is_compared_but_not_the_usual(journal: Any, clock: FakeClock) -> None:
    written(journal, clock)
    found = asked(journal, clock, first=LAST - timedelta(days=39))
    assert found.enhanced + found.natural == 40
    assert found.dreams == 80
    assert all(s.usual.of == 80 for s in found.signs)


def test_tags_are_compared_beside_words_and_common_words_are_not(journal: Any, clock: FakeClock) -> None:
    draw = random.Random(3)
    for back in range(60):
        kind = draw.choice(("natural", "enhanced"))
        said(journal, clock, LAST - timedelta(days=back), kind)
        tags = ("Water",) if kind == "natural" and draw.random() < 0.8 else ()
        dream(
            journal,
            clock,
            LAST - timedelta(days=back),
            f"The {draw.choice(('door', 'gate', 'wall'))} was there.",
            tags=tags,
        )
    found = asked(journal, clock)
    tag = next(s for s in found.signs if s.kind == "tag")
    assert (tag.word, tag.arm) == ("Water", "natural")
    assert tag.sentences[0].start == tag.sentences[0].end
    assert tag.sentences[0].text.startswith("The ")
    assert {"the", "was", "there"}.isdisjoint(s.word for s in found.signs)


def test_a_hidden_word_is_gone_until_it_is_shown_again(journal: Any, clock: FakeClock) -> None:
    written(journal, clock)
    signs.hide(journal, ME, " Lighthouse ")
    assert "lighthouse" not in {s.word for s in asked(journal, clock).signs}
    assert asked(journal, clock).hidden == ("Lighthouse",)
    signs.show(journal, ME, "LIGHTHOUSE")
    assert "lighthouse" in {s.word for s in asked(journal, clock).signs}
    with pytest.raises(UserError):
        signs.show(journal, ME, "lighthouse")
    with pytest.raises(UserError):
        signs.keep(journal, ME, " # ")


def test_own_signs_are_followed_over_time_wherever_they_are_told(journal: Any, clock: FakeClock) -> None:
    signs.keep(journal, ME, "late again")
    signs.keep(journal, ME, "teeth")
    signs.keep(journal, ME, "back")
    dream(journal, clock, LAST, "I was late\n again, going back.")
    dream(journal, clock, LAST - timedelta(days=27), "My teeth fell out.")
    dream(journal, clock, LAST - timedelta(days=28), "A door.", tags=("Teeth",))
    dream(journal, clock, LAST - timedelta(days=100), "Nothing much.", signs=("teeth", "elevator"))
    found = {r.word: r for r in asked(journal, clock).recurring if r.own}
    assert list(found) == ["late again", "teeth", "back", "elevator"]
    assert (found["teeth"].last_4, found["teeth"].last_12, found["teeth"].usual) == (
        Share(1, 2),
        Share(2, 3),
        Share(3, 4),
    )
    assert found["late again"].usual.n == 1
    assert found["late again"].sentences[0].text == "I was late  again, going back."
    assert found["back"].usual.n == 1
    assert found["elevator"].usual.n == 1
    signs.drop(journal, ME, "Teeth")
    with pytest.raises(UserError):
        signs.drop(journal, ME, "teeth")


def test_a_dream_of_anything_is_read(journal: Any, clock: FakeClock) -> None:
    texts = ["word " * 20_000, "海の夢を見た" * 2000, "שָׁלוֹם 🌙", "\x00\x1b[2J", "[all of it a comment]", "é" * 5000]
    for back, text in enumerate(texts * 5):
        said(journal, clock, LAST - timedelta(days=back), "enhanced" if back % 7 in (0, 2, 3) else "natural")
        dream(journal, clock, LAST - timedelta(days=back), text)
    document = json.dumps(to_json(asked(journal, clock)), allow_nan=False)
    assert "\\u001b" not in document


def test_the_document_is_whole(journal: Any, clock: FakeClock) -> None:
    written(journal, clock)
    document = to_json(asked(journal, clock))
    assert document["shuffles"] == SHUFFLES
    assert document["control"] in ("within", "beyond")
    sign = document["signs"][0]
    assert set(sign) == {
        "word", "kind", "arm", "usual", "natural", "enhanced", "log_odds", "z", "as_far", "any_as_far", "sentences",
    }  # fmt: skip
    assert sign["sentences"][0]["arm"] in ("natural", "enhanced")


def test_the_person_can_go_on_meanwhile(journal: Any, clock: FakeClock) -> None:
    written(journal, clock)

    class Stops:
        def __init__(self) -> None:
            self.left = 2

        def step(self, done: int, total: int, text: str = "") -> None:
            self.left -= 1
            if self.left < 0:
                raise Cancelled

    with pytest.raises(Cancelled):
        find(journal, ME, SignSpec(), clock, Stops())
