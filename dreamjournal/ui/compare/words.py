"""What Compare says beside the answer: numbers that open their nights, how it was worked out, what to read with care."""

from __future__ import annotations

import re

from dreamjournal.charts.words import signed
from dreamjournal.domain.contrast import ContrastResult
from dreamjournal.ui.words import count_words

REASONS = {
    "no_swd": "Set the least that matters to you: without it there is an interval, but no verdict.",
    "no_interval": "There are too few ways to deal these blocks again for an interval.",
}


def sentence_parts(result: ContrastResult) -> list[str | tuple[str, str]]:
    """The answer's sentence with its counts as links to their nights: "link:enhanced", "link:natural", "link:left_out"."""
    lost = len(result.missing) + len(result.excluded)
    marks = [
        (f"{result.n_enhanced} enhanced", "link:enhanced", result.n_enhanced),
        (f"{result.n_natural} natural", "link:natural", result.n_natural),
        (f"{lost} of {max(result.planned, len(result.points))} nights", "link:left_out", lost),
    ]
    texts = {text: key for text, key, n in marks if n}
    pattern = re.compile("|".join(rf"(?<!\d){re.escape(t)}" for t in texts)) if texts else None
    parts: list[str | tuple[str, str]] = []
    # A refusal's sentence begins with its headline, which stands above it here.
    told = result.words[1:] if result.verdict == "refused" and len(result.words) > 1 else result.words
    for words in told:
        if words.strong or pattern is None:
            parts.append((words.text, "strong") if words.strong else words.text)
            continue
        at = 0
        for hit in pattern.finditer(words.text):
            key = texts.get(hit.group())
            if key is None:
                continue
            if hit.start() > at:
                parts.append(words.text[at : hit.start()])
            parts.append((hit.group(), key))
            at = hit.end()
        if at < len(words.text):
            parts.append(words.text[at:])
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip()
    return [p for p in parts if p]


def counts_parts(result: ContrastResult) -> list[str | tuple[str, str]]:
    """The counts as links, for a sentence that does not name them."""
    lost = len(result.missing) + len(result.excluded)
    parts: list[str | tuple[str, str]] = []
    for n, what, key in (
        (result.n_enhanced, "enhanced", "enhanced"),
        (result.n_natural, "natural", "natural"),
        (lost, "missing or left out", "left_out"),
    ):
        if n:
            parts += [", "] if parts else []
            parts.append((f"{n} {what}", f"link:{key}"))
    return [*parts, "."] if parts else []


def method_words(result: ContrastResult) -> str:
    """How it was worked out, in plain words with its one p."""
    e = result.estimate
    if e.value is None and e.method:
        return "No ratio can be given where nothing was counted on natural nights."
    if e.value is None:
        return "No difference is worked out below 7 nights of each kind. From 5 of each, medians are shown."
    parts = [f"{e.method[:1].upper()}{e.method[1:]}."]
    if e.p is not None:
        share = "Under 0.1" if e.p < 0.001 else f"{100 * e.p:.1f}"
        if result.design == "R":
            parts.append(f"{share} % of them gave a difference this large.")
        else:
            parts.append(
                f"If nothing differed, a difference this large would come up in {share.lower()} % of such rows of nights."
            )
    if result.hodges_lehmann is not None and result.kind != "clock":
        size = f"{abs(result.hodges_lehmann):.{0 if result.unit == 'min' else 1}f} {result.unit}".strip()
        parts.append(f"Typical shift between two nights: {size}{' less' if result.hodges_lehmann < 0 else ''}.")
    if result.kind == "ordinal" and result.cliffs_delta is not None:
        parts.append(
            f"Cliff's δ {signed(result.cliffs_delta, 2)}: of all pairs of one enhanced and one natural night, the share in which the "
            "enhanced one was rated higher, less the share in which it was rated lower."
        )
    if e.n_eff is not None and result.design != "R":
        parts.append(f"Neighbouring nights are alike, so these count as {e.n_eff:.0f} nights.")
    if result.washout:
        parts.append(
            f"Natural nights within {count_words(result.washout, 'night')} after an enhanced one are left out."
        )
    return " ".join(parts)


def care_words(result: ContrastResult) -> str:
    """What to read the answer with."""
    parts = [f"One person, {count_words(result.planned or len(result.points), 'night')}."]
    parts += list(result.warnings)
    parts += [REASONS[code] for code in result.reasons if code in REASONS]
    if result.source == "diary":
        parts.append("A diary is your own estimate, on both kinds of night.")
    else:
        parts.append("The device scores sleep by its own rules, on both kinds of night.")
    if result.design != "R":
        parts.append("The nights were not drawn at random.")
    elif result.verdict not in ("too_few", "refused") and "sealed" not in result.reasons:
        parts.append("The nights were sealed until the end." if result.blinded else "You knew which night was which.")
    return " ".join(parts)


def caption_words(result: ContrastResult, source: str) -> str:
    """What stands over the plot."""
    text = f"{result.title} by {source}. Each mark is one night."
    value, means = result.estimate.value, result.means
    if value is not None and means is not None:
        gap = (means[0] - means[1]) * (100 if result.kind == "rate" else 1)
        if abs(gap - value) > 1:
            allowed = "weekends" if result.design == "R" else "weekends, drift and neighbouring nights"
            text += f" The difference allows for {allowed}; the means do not."
    return text
