"""The entry of atheris: `python -m tests.torture.fuzz KEY …` reads what it makes of the importer's samples; libFuzzer's options follow."""

from __future__ import annotations

import sys

import atheris  # pyright: ignore[reportMissingImports, reportMissingModuleSource] - an optional group

with atheris.instrument_imports(include=["dreamjournal.importers", "dreamjournal.common", "dreamjournal.domain"]):
    from tests.torture import test_fuzz


def main() -> None:
    """Fuzz one importer until the options say it is enough."""
    sample = test_fuzz.OF_KEY[sys.argv[1]][0]

    def one(data: bytes) -> None:
        test_fuzz.check(sample, data)

    atheris.Setup([sys.argv[0], *sys.argv[2:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
