"""What every plug-in keeps to: one new file adds an importer, a metric, a section or an exporter."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, get_args

import pytest

from dreamjournal.common.errors import UserError
from dreamjournal.common.plugins import load_family
from dreamjournal.common.progress import NoProgress
from dreamjournal.domain.drafts import ColumnsNeeded, Draft, ReadOptions, Rejected, RowDraft
from dreamjournal.domain.night import SourceNight

DATA = Path(__file__).resolve().parents[1] / "data"
NOW = datetime(2026, 11, 1, tzinfo=UTC)

IMPORTERS = load_family("dreamjournal.importers")
EXPORTERS = load_family("dreamjournal.exporters")
SECTIONS = load_family("dreamjournal.reports")
METRICS = load_family("dreamjournal.metrics")
PERIOD_METRICS = load_family("dreamjournal.metrics.regularity")


def by_key(plugin: Any) -> str:
    return plugin.key


def damaged(whole: bytes) -> list[bytes]:
    """A file as a broken download, a wrong disk or malice leaves it."""
    cuts = [whole[: len(whole) * n // 8] for n in range(8)]
    return [
        *cuts,
        whole[:-1],
        whole + b"\0" * 64,
        whole.replace(b",", b""),
        whole.replace(b"2", b"9"),
        whole.replace(b"\n", b""),
        bytes(reversed(whole)),
    ]


HOSTILE = [
    b"",
    b"\n\n\n",
    b"\0" * 4096,
    bytes(range(256)) * 64,
    b"a," * 500_000,
    b'"' * 10_001,
    b"{" * 20_000,
    b"PK\x03\x04" + b"\xff" * 2000,
    "\ufeff".encode() + b"x;y;z\n1;2;3\n",
]


def read(plugin: Any, data: bytes, name: str = "export") -> list[Any]:
    """All drafts of `data`; a refusal in words is an answer too."""
    options = ReadOptions(NOW, "Europe/London", name, start=datetime(2026, 3, 12, 23, 0))
    try:
        return list(plugin.read(io.BytesIO(data), options, NoProgress()))
    except ColumnsNeeded as e:  # the person takes the guess
        try:
            said = replace(options, columns={e.question.key: e.question.guess})
            return list(plugin.read(io.BytesIO(data), said, NoProgress()))
        except (UserError, ColumnsNeeded):
            return []
    except UserError:
        return []


def samples(key: str) -> list[Path]:
    """The sample exports of an importer."""
    return sorted(p for p in (DATA / key).rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("family", "needs"),
    [
        (IMPORTERS, ("key", "title", "suffixes", "sniff", "read")),
        (METRICS, ("key", "title", "unit", "explain", "kind", "value")),
        (PERIOD_METRICS, ("key", "title", "unit", "explain", "kind", "counted", "value")),
        (SECTIONS, ("key", "title", "order", "build")),
        (EXPORTERS, ("key", "title", "suffix", "write")),
    ],
    ids=["importers", "metrics", "period metrics", "reports", "exporters"],
)
def test_a_family_has_members_with_all_they_must_offer(family: list[Any], needs: tuple[str, ...]) -> None:
    assert family
    for plugin in family:
        assert [n for n in needs if not hasattr(plugin, n)] == [], plugin
        assert plugin.key == plugin.key.lower()
        assert plugin.key.replace("_", "").isalnum()
        assert plugin.title.strip()
    assert len({p.title for p in family}) == len(family)


@pytest.mark.parametrize("plugin", IMPORTERS, ids=by_key)
class TestImporter:
    def test_has_a_sample_it_knows_and_reads(self, plugin: Any) -> None:
        found = samples(plugin.key)
        assert found, f"tests/data/{plugin.key}/ holds no sample"
        kept = 0
        for path in found:
            data = path.read_bytes()
            assert 0 < plugin.sniff(data[:65536], path.name) <= 1, path
            drafts = read(plugin, data, path.name)
            assert all(isinstance(d, get_args(Draft)) for d in drafts)
            kept += sum(isinstance(d, RowDraft) for d in drafts)
        assert kept > 0

    def test_gives_the_same_twice(self, plugin: Any) -> None:
        for path in samples(plugin.key):
            data = path.read_bytes()
            assert read(plugin, data, path.name) == read(plugin, data, path.name)

    @pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
    def test_refuses_in_words(self, plugin: Any, data: bytes) -> None:
        read(plugin, data)
        assert 0 <= plugin.sniff(data[:65536], "export") < 1

    def test_survives_damage(self, plugin: Any) -> None:
        for path in samples(plugin.key):
            for data in damaged(path.read_bytes()):
                assert 0 <= plugin.sniff(data[:65536], path.name) <= 1
                read(plugin, data, path.name)

    def test_says_why_a_row_is_left(self, plugin: Any) -> None:
        for path in samples(plugin.key):
            for data in damaged(path.read_bytes()):
                for draft in read(plugin, data, path.name):
                    assert not isinstance(draft, Rejected) or (draft.reason.strip() and draft.where.strip())


def test_each_sample_is_known_by_its_own_importer_alone() -> None:
    for owner in IMPORTERS:
        for path in samples(owner.key):
            head = path.read_bytes()[:65536]
            scores: dict[str, float] = {p.key: p.sniff(head, path.name) for p in IMPORTERS}
            assert max(scores, key=lambda k: scores[k]) == owner.key, (path, scores)


@pytest.mark.parametrize("plugin", METRICS, ids=by_key)
class TestMetric:
    def test_is_none_where_nothing_was_recorded(self, plugin: Any, empty_night: Callable[[str], SourceNight]) -> None:
        assert plugin.value(empty_night("diary")) is None
        assert plugin.value(empty_night("whoop")) is None

    def test_is_told_in_words(self, plugin: Any) -> None:
        assert plugin.kind in ("mean", "rate", "count", "ordinal", "clock")
        assert plugin.told_by in ("both", "diary", "device")
        assert plugin.group in ("sleep", "dreams", "evening")
        assert plugin.explain.endswith(".")
        more, less = plugin.words
        assert more != less
        assert "{" not in plugin.was.format(n="3", w=less)
        assert "{" not in plugin.linked.format(n="3", w=plugin.linked_words[0])

    def test_a_worthwhile_difference_is_positive(self, plugin: Any) -> None:
        for swd in (plugin.swd_diary, plugin.swd_device):
            assert swd is None or (swd > 0 and math.isfinite(swd))


@pytest.mark.parametrize("plugin", PERIOD_METRICS, ids=by_key)
class TestPeriodMetric:
    def test_says_why_there_is_none(self, plugin: Any, empty_night: Callable[[str], SourceNight]) -> None:
        for nights in ([], [empty_night("diary")], [empty_night("whoop")]):
            found = plugin.value(nights)
            assert (found.value, found.n) == (None, 0)
            assert found.why.strip()

    def test_is_told_in_words(self, plugin: Any) -> None:
        assert plugin.kind in ("index", "minutes", "clock")
        assert plugin.told_by in ("both", "diary", "device")
        assert plugin.explain.endswith(".")
        one, many = plugin.counted
        assert one != many


def test_no_key_is_both_a_metric_of_a_night_and_of_a_period() -> None:
    assert not {m.key for m in METRICS} & {m.key for m in PERIOD_METRICS}


@pytest.fixture
def empty_night() -> Callable[[str], SourceNight]:
    """A night of a source on which nothing was said or measured."""
    return lambda source: SourceNight(night_date=date(2026, 7, 9), source=source)


def test_sections_have_a_place_each() -> None:
    orders = [s.order for s in SECTIONS]
    assert len(set(orders)) == len(orders)


def test_exporters_write_different_files() -> None:
    suffixes = [p.suffix for p in EXPORTERS]
    assert all(s.startswith(".") for s in suffixes)
    assert len(set(suffixes)) == len(suffixes)
