"""Dream signs: which words stand out on one kind of night, how often the person's own signs come back, and their lists."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain import dream_words, masking
from dreamjournal.domain.changes import Changes
from dreamjournal.domain.dream import tidy_tags
from dreamjournal.domain.night import last_night
from dreamjournal.domain.sign import (
    MIN_DREAMS,
    MIN_HOLDING,
    MIN_WAYS,
    MOST_SENTENCES,
    MOST_SIGNS,
    PRIOR_DREAMS,
    SHUFFLES,
    LeftOut,
    Recurring,
    Sentence,
    Share,
    Sign,
    SignSpec,
    SignsResult,
)
from dreamjournal.services import dream_arms, settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from dreamjournal.analysis.signs import WordContrast
    from dreamjournal.common.clock import Clock
    from dreamjournal.common.progress import Progress
    from dreamjournal.services.dream_arms import ToldDream
    from dreamjournal.services.journals import Journal

OWN, HIDDEN = "own_signs", "hidden_signs"
OFTEN = 12
"""Words shown beside the person's own signs: those that stand in most dreams."""
FIRM = 0.05
"""The share of shuffles in which some word may stand as far apart as one that is called firm."""
_EVERY = 64
"""Dreams read between two looks at whether the person has gone on."""
_Key = tuple[str, str]
"""("word" or "tag", folded)."""


@dataclass(frozen=True)
class _Corpus:
    """The dreams that count, what each holds, and the keys in how many dreams."""

    told: Sequence[ToldDream]
    held: Sequence[frozenset[_Key]]
    often: Counter[_Key]
    tags: dict[str, str]
    """Tags as the person writes them, by their folded form."""


def find(
    journal: Journal, person_id: int, spec: SignSpec, clock: Clock, progress: Progress | None = None
) -> SignsResult:
    """What stands out, with shuffled-label control and sentences. Raises UserError for an unknown or unclear enhancer.

    Dreams that may not be the person's own are left out and counted as such; so are nights of neither kind. Hidden words
    and words that name an enhancer are not compared.
    """
    watch = progress or NoProgress()
    watch.step(0, 0)
    enhancer = dream_arms.the_enhancer(journal, person_id, spec.enhancer)
    every = dream_arms.told_dreams(journal, person_id, enhancer, clock)
    corpus = _read([t for t in every if not t.dream.may_not_be_own], watch)
    named = masking.telling_words(e.name for e in journal.enhancers.all(person_id))
    hidden = frozenset(dream_words.folded(w) for w in (*settings.get(journal, person_id, HIDDEN), *named))
    asked = [i for i, t in enumerate(corpus.told) if _asked(t, spec)]
    arms = [i for i in asked if corpus.told[i].arm is not None]
    why = Counter(corpus.told[i].why for i in asked)
    foreign = sum(_asked(t, spec) for t in every if t.dream.may_not_be_own)
    n_enhanced = sum(corpus.told[i].arm == "enhanced" for i in arms)
    own = own_signs(journal, person_id, corpus.told)
    today = last_night(clock.now(), settings.zone_of(journal, person_id, clock))
    found = SignsResult(
        enhancer, len(corpus.told), n_enhanced, len(arms) - n_enhanced,
        LeftOut(why["unsure"], why["unrecorded"], why["other"], foreign, why["sealed"]),
        recurring=_recurring(corpus, own, hidden, today), own=own, hidden=tuple(settings.get(journal, person_id, HIDDEN)),
    )  # fmt: skip
    if enhancer is not None and not found.gated:
        found = _compared(found, corpus, arms, hidden, watch)
    return replace(found, sentence=sentence_of(found))


def _asked(told: ToldDream, spec: SignSpec) -> bool:
    day = told.dream.night_date
    return (spec.first is None or day >= spec.first) and (spec.last is None or day <= spec.last)


def _read(told: Iterable[ToldDream], watch: Progress) -> _Corpus:
    rows = sorted(told, key=lambda t: (t.dream.night_date, t.dream.id))
    held: list[frozenset[_Key]] = []
    tags: dict[str, str] = {}
    often: Counter[_Key] = Counter()
    for i, row in enumerate(rows):
        if i % _EVERY == 0:
            watch.step(i, len(rows))
        own: set[_Key] = {("word", w) for w in dream_words.words_of(row.dream.text)}
        for tag in row.dream.tags:
            key = dream_words.folded(tag)
            tags.setdefault(key, tag)
            own.add(("tag", key))
        held.append(frozenset(own))
        often.update(own)
    return _Corpus(rows, held, often, tags)


def _compared(
    found: SignsResult, corpus: _Corpus, arms: Sequence[int], hidden: frozenset[str], watch: Progress
) -> SignsResult:
    from dreamjournal.analysis import signs as analysis

    nights = sorted({corpus.told[i].dream.night_date for i in arms})
    at = {day: n for n, day in enumerate(nights)}
    labels = [False] * len(nights)
    blocks = [""] * len(nights)
    for i in arms:
        n = at[corpus.told[i].dream.night_date]
        labels[n], blocks[n] = corpus.told[i].arm == "enhanced", corpus.told[i].block
    holders: dict[_Key, list[int]] = {}
    for place, i in enumerate(arms):
        for key in corpus.held[i]:
            holders.setdefault(key, []).append(place)
    total = len(corpus.told)
    keys = sorted(
        k for k, h in holders.items() if len(h) >= MIN_HOLDING and corpus.often[k] * 2 <= total and k[1] not in hidden
    )
    usual = [(corpus.often[k] + 0.5) / (total + 1) for k in keys]
    night = [at[corpus.told[i].dream.night_date] for i in arms]
    result = analysis.contrast(
        [holders[k] for k in keys], usual, night, labels, blocks, prior=PRIOR_DREAMS, shuffles=SHUFFLES, min_ways=MIN_WAYS,
        step=watch.step,
    )  # fmt: skip
    standing = [w for w, out in enumerate(result.stand_out) if out]
    shown = sorted(standing, key=lambda w: (-abs(result.z[w]), keys[w]))[:MOST_SIGNS]
    newest = range(len(corpus.told) - 1, -1, -1)
    signs = tuple(
        _sign(corpus, keys[w], w, result, found, [i for i in newest if keys[w] in corpus.held[i]]) for w in shown
    )
    return _controlled(replace(found, signs=signs, standing=len(standing), tried=len(keys)), result)


def _controlled(found: SignsResult, result: WordContrast) -> SignsResult:
    from dreamjournal.analysis import signs as analysis

    if not result.shuffled:
        return replace(found, control="too_few_ways")
    low, high = analysis.middle(result.shuffled)
    firm = sum(out and n <= FIRM * SHUFFLES for out, n in zip(result.stand_out, result.any_as_far, strict=True))
    beyond = sum(m >= found.standing for m in result.shuffled)
    control = "beyond" if found.standing > high else "within"
    return replace(found, control=control, shuffled=(low, high), firm=firm, beyond=beyond)


def _sign(corpus: _Corpus, key: _Key, w: int, result: WordContrast, found: SignsResult, holding: Sequence[int]) -> Sign:
    kind, word = key
    return Sign(
        corpus.tags[word] if kind == "tag" else word, "tag" if kind == "tag" else "word",
        Share(corpus.often[key], len(corpus.told)), Share(result.natural[w], found.natural),
        Share(result.enhanced[w], found.enhanced), result.log_odds[w], result.z[w], result.as_far[w],
        result.any_as_far[w], _sentences(corpus, holding, None if kind == "tag" else word),
    )  # fmt: skip


def _sentences(corpus: _Corpus, holding: Sequence[int], word: str | None) -> tuple[Sentence, ...]:
    """Where a word stands, one sentence a dream; for a tag (None) how each dream begins."""
    found: list[Sentence] = []
    for i in holding[:MOST_SENTENCES]:
        dream = corpus.told[i].dream
        place = None if word is None else dream_words.place_of(dream.text, word)
        if place is None:
            text, start, end = dream_words.first_words(dream.text), 0, 0
        else:
            text, start, end = dream_words.sentence_at(dream.text, *place)
        found.append(Sentence(dream.id, dream.night_date, corpus.told[i].arm, text, start, end))
    return tuple(found)


# The person's own lists


def own_signs(journal: Journal, person_id: int, told: Iterable[ToldDream] = ()) -> tuple[str, ...]:
    """The person's own dream signs: their list, and those marked on single dreams (which imports can bring)."""
    marked = [s for t in told for s in t.dream.signs]
    return tidy_tags((*settings.get(journal, person_id, OWN), *marked))


def keep(journal: Journal, person_id: int, word: str) -> Changes:
    """Put a word or phrase on the person's list of dream signs. Raises UserError where there is no word."""
    return _change(journal, person_id, OWN, word, there=True)


def drop(journal: Journal, person_id: int, word: str) -> Changes:
    """Take a word off the person's list. Raises UserError where it is not on it."""
    return _change(journal, person_id, OWN, word, there=False)


def hide(journal: Journal, person_id: int, word: str) -> Changes:
    """Never show a word among those that stand out. Raises UserError where there is no word."""
    return _change(journal, person_id, HIDDEN, word, there=True)


def show(journal: Journal, person_id: int, word: str) -> Changes:
    """Show a hidden word again. Raises UserError where it is not hidden."""
    return _change(journal, person_id, HIDDEN, word, there=False)


def _change(journal: Journal, person_id: int, key: str, word: str, *, there: bool) -> Changes:
    tidy = tidy_tags((word,))
    now: list[str] = list(settings.get(journal, person_id, key))
    folded = {dream_words.folded(w) for w in tidy}
    if not any(c.isalnum() for c in "".join(tidy)):
        raise UserError("The list was not changed", "there is no word", "type a word", field="word")
    rest = [w for w in now if dream_words.folded(w) not in folded]
    if not there and len(rest) == len(now):
        raise UserError("The list was not changed", "this word is not on it", "see the list", field="word")
    return settings.set_value(journal, person_id, key, [*rest, *(tidy if there else ())]) | Changes.SETTINGS


# Signs over time


def _recurring(corpus: _Corpus, own: Sequence[str], hidden: frozenset[str], today: date) -> tuple[Recurring, ...]:
    known = {dream_words.folded(w) for w in own}
    total = len(corpus.told)
    often: list[_Key] = sorted(
        (k for k, n in corpus.often.items() if n > 1 and n * 2 <= total and k[1] not in hidden | known),
        key=lambda k: (-corpus.often[k], k[1], k[0]),
    )
    found = [_over_time(corpus, w, True, _holding(corpus, dream_words.folded(w)), today) for w in own]
    seen: set[str] = set()
    for key in often:
        if len(seen) == OFTEN:
            break
        if key[1] in seen:
            continue
        seen.add(key[1])
        word = corpus.tags.get(key[1], key[1])
        found.append(_over_time(corpus, word, False, _holding(corpus, key[1]), today))
    return tuple(found)


def _holding(corpus: _Corpus, sign: str) -> list[int]:
    """Dreams with a sign, the newest first: in the words, among the tags, or marked on the dream."""
    # Common words and phrases are not among the words that were collected.
    look = sign in dream_words.COMMON or not dream_words.is_one_word(sign)
    found: list[int] = []
    for i in range(len(corpus.told) - 1, -1, -1):
        dream = corpus.told[i].dream
        if (
            ("word", sign) in corpus.held[i]
            or ("tag", sign) in corpus.held[i]
            or any(dream_words.folded(s) == sign for s in dream.signs)
            or (look and dream_words.place_of(dream.text, sign) is not None)
        ):
            found.append(i)
    return found


def _over_time(corpus: _Corpus, word: str, own: bool, holding: Sequence[int], today: date) -> Recurring:
    def since(weeks: int) -> Share:
        first = today - timedelta(days=7 * weeks - 1)
        n = sum(corpus.told[i].dream.night_date >= first for i in holding)
        return Share(n, sum(t.dream.night_date >= first for t in corpus.told))

    return Recurring(
        word, own, since(4), since(12), Share(len(holding), len(corpus.told)),
        _sentences(corpus, holding, dream_words.folded(word)),
    )  # fmt: skip


# Words


def sentence_of(found: SignsResult) -> str:
    """What the page says first."""
    if found.enhancer is None:
        return "The journal has no enhancer yet, so there are no two kinds of night whose words could be compared."
    if found.gated:
        lacking = [
            f"{MIN_DREAMS - n} more of {kind} nights"
            for kind, n in (("enhanced", found.enhanced), ("natural", found.natural)) if n < MIN_DREAMS
        ]  # fmt: skip
        return (
            f"{_dreams(found.enhanced)} of enhanced nights and {found.natural} of natural ones: words are compared from "
            f"{MIN_DREAMS} dreams of each kind. {' and '.join(lacking)} would be enough."
        )
    stand = (
        f"{found.standing} {'word stands' if found.standing == 1 else 'words stand'} out"
        if found.standing
        else "No word stands out"
    )
    if found.control == "too_few_ways":
        return (
            f"{stand}, of {found.tried} compared. The nights changed kind too seldom or too regularly to shuffle their labels, so a "
            "word of the enhancer cannot be told from a word of that time."
        )
    low, high = found.shuffled or (0, 0)
    gave = f"{low}" if low == high else f"{low} to {high}"
    if found.control == "within" and not found.standing:
        return f"{stand}, of {found.tried} compared; shuffled labels gave {gave}."
    if found.control == "within":
        return (
            f"No more words stand out than chance gives: {found.standing} of {found.tried}, and shuffled labels gave {gave}. "
            + (_firm(found) if found.firm else "Read each of them as one that may well be chance.")
        )
    return (
        f"{stand}, of {found.tried} compared; shuffled labels gave {gave}. As many or more came up in {found.beyond} of {SHUFFLES} "
        f"shuffles. {_firm(found) if found.firm else 'Some of these words are still chance, and which is not known.'}"
    )


def _firm(found: SignsResult) -> str:
    if found.firm == found.standing:
        return "Each stands farther apart than any word did in 95 of 100 shuffles."
    stand = "1 of them stands" if found.firm == 1 else f"{found.firm} of them stand"
    return f"{stand} farther apart than any word did in 95 of 100 shuffles; read the others as ones that may well be chance."


def left_out_words(left: LeftOut) -> str:
    """What was not compared, and why; empty where nothing was left out."""
    parts = [
        f"{n} {words}" for n, words in (
            (left.unsure, "of nights you were not sure of"), (left.unrecorded, "of nights not recorded as either kind"),
            (left.other, "of nights with something else, too"),
            (left.may_not_be_own, "that may not be your own (nights merged with another person’s)"),
            (left.sealed, "of a sealed study, until it ends"),
        ) if n
    ]  # fmt: skip
    return f"Not compared: {_dreams(left.total)}: {', '.join(parts)}." if parts else ""


def _dreams(n: int) -> str:
    return f"{n} {'dream' if n == 1 else 'dreams'}"


def to_json(found: SignsResult) -> dict[str, Any]:
    """The document of the command `signs`.

    `{"enhancer", "dreams", "enhanced", "natural", "left_out": {"unsure", "unrecorded", "other", "may_not_be_own", "sealed"},
    "sentence", "standing", "firm", "tried", "control": "within|beyond|too_few_ways|none", "shuffled": [low, high] | null,
    "beyond", "shuffles", "prior_dreams", "signs": [{"word", "kind": "word|tag", "arm", "usual", "natural", "enhanced",
    "log_odds", "z", "as_far", "any_as_far", "sentences"}], "recurring": [{"word", "own", "last_4_weeks", "last_12_weeks", "usual",
    "sentences"}], "own": […], "hidden": […]}`. A share is `{"n", "of"}`, a sentence `{"dream", "night_date", "arm", "text"}`;
    log-odds are natural logarithms, enhanced minus natural; `beyond`, `as_far` (the word itself) and `any_as_far` (any
    word) are of `shuffles`.
    """

    def share(s: Share) -> dict[str, int]:
        return {"n": s.n, "of": s.of}

    def sentences(all_of: Sequence[Sentence]) -> list[dict[str, Any]]:
        return [
            {"dream": s.dream_id, "night_date": s.night_date.isoformat(), "arm": s.arm, "text": s.text} for s in all_of
        ]

    left = found.left_out
    return {
        "enhancer": found.enhancer, "dreams": found.dreams, "enhanced": found.enhanced, "natural": found.natural,
        "left_out": {
            "unsure": left.unsure, "unrecorded": left.unrecorded, "other": left.other, "may_not_be_own": left.may_not_be_own,
            "sealed": left.sealed,
        },
        "sentence": found.sentence, "standing": found.standing, "firm": found.firm, "tried": found.tried, "control": found.control,
        "shuffled": list(found.shuffled) if found.shuffled else None, "beyond": found.beyond, "shuffles": SHUFFLES,
        "prior_dreams": PRIOR_DREAMS,
        "signs": [
            {
                "word": s.word, "kind": s.kind, "arm": s.arm, "usual": share(s.usual), "natural": share(s.natural),
                "enhanced": share(s.enhanced), "log_odds": s.log_odds, "z": s.z, "as_far": s.as_far,
                "any_as_far": s.any_as_far,
                "sentences": sentences(s.sentences),
            } for s in found.signs
        ],
        "recurring": [
            {
                "word": r.word, "own": r.own, "last_4_weeks": share(r.last_4), "last_12_weeks": share(r.last_12),
                "usual": share(r.usual), "sentences": sentences(r.sentences),
            } for r in found.recurring
        ],
        "own": list(found.own), "hidden": list(found.hidden),
    }  # fmt: skip
