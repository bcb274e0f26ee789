"""Which medicines a prompt asks about, by the names people write: sleep medicines, and what sedates beside them."""

from __future__ import annotations

import re

# Benzodiazepines and Z-drugs, by substance and by the commonest brand names.
_HYPNOTICS = (
    "zolpidem|zopiclone|eszopiclone|zaleplon|temazepam|lorazepam|diazepam|nitrazepam|oxazepam|lormetazepam|alprazolam|clonazepam|"
    "triazolam|flurazepam|flunitrazepam|estazolam|quazepam|brotizolam|loprazolam|midazolam|chlordiazepoxide|bromazepam|clobazam|"
    "ambien|stilnox|stilnoct|imovane|zimovane|lunesta|sonata|xanax|valium|ativan|restoril|halcion|rivotril|klonopin"
)
_OPIOIDS = (
    "codeine|dihydrocodeine|hydrocodone|hydromorphone|tramadol|tapentadol|morphine|oxycodone|oxycontin|fentanyl|methadone|"
    "buprenorphine|pethidine"
)
_OTHERS = (
    "gabapentin|pregabalin|promethazine|diphenhydramine|doxylamine|trazodone|quetiapine|phenobarbital|suvorexant|lemborexant|"
    "daridorexant"
)
_HYPNOTIC = re.compile(rf"\b(?:{_HYPNOTICS})\b", re.IGNORECASE)
_SEDATING = re.compile(rf"\b(?:{_HYPNOTICS}|{_OPIOIDS}|{_OTHERS})\b", re.IGNORECASE)


def is_hypnotic(name: str) -> bool:
    """Whether a name holds a benzodiazepine's or Z-drug's."""
    return _HYPNOTIC.search(name) is not None


def is_sedating(name: str) -> bool:
    """Whether a name holds a hypnotic's, an opioid's or another sedative's."""
    return _SEDATING.search(name) is not None
