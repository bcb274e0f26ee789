"""What the torture has put in and what came of it, told in one line at the end of the run."""

from __future__ import annotations

import os
from collections import Counter

COUNTED: Counter[str] = Counter()
"""`faults` injected, bad `inputs` given, items `acknowledged` and looked for afterwards, and how many of them were `lost`.

The torture of imports counts `bad`, `mutated`, `tracebacks` and `changes` of its own, which are told in a line of their own and
count as inputs and losses.
"""

TOLD: list[str] = []
"""Lines of detail, one for each part of the suite that has something to say."""

FULL = os.environ.get("DREAMJOURNAL_TORTURE") == "full"
"""Whether this is the long form, of `./test --torture`."""


def size(short: int, full: int) -> int:
    """How often: the short form runs with all other tests, the full one before a release."""
    return full if FULL else short


def imports_line() -> str:
    """What the torture of imports did, or nothing where it did not run."""
    if not (COUNTED["bad"] or COUNTED["mutated"]):
        return ""
    return (
        f"imports: bad inputs {COUNTED['bad']}, mutated {COUNTED['mutated']}, tracebacks {COUNTED['tracebacks']}, "
        f"journal changes {COUNTED['changes']}"
    )


def closing_line() -> str:
    """The last line of a run, or nothing where nothing was done."""
    inputs = COUNTED["inputs"] + COUNTED["bad"] + COUNTED["mutated"]
    if not (inputs or COUNTED["faults"]):
        return ""
    return (
        f"faults injected {COUNTED['faults']}, bad inputs {inputs}, acknowledged items {COUNTED['acknowledged']}, "
        f"lost {COUNTED['lost'] + COUNTED['changes']}"
    )
