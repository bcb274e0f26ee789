"""The fast path gives what the strict parser gives, or declines. Never anything else."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dreamjournal.common.errors import UserError
from dreamjournal.common.progress import NoProgress
from dreamjournal.importers.apple_health import _body
from dreamjournal.importers.apple_health._fast import NotFast, read_fast
from dreamjournal.importers.apple_health._samples import Samples
from dreamjournal.importers.apple_health._strict import read_strict

DATA = Path(__file__).parents[2] / "data/apple_health"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
MUTATIONS = 600
"""A seed. 300,000 of these and of the odd spellings below were run once without a difference."""


def outcome(way: Any, data: bytes) -> Any:
    """All that was taken, or the name of the refusal."""
    samples = Samples(NOW)
    try:
        way(io.BytesIO(data), samples, NoProgress())
    except (UserError, NotFast) as e:
        return type(e).__name__
    columns = ("number", "start", "end", "start_offset", "end_offset", "code", "source", "zone")
    return (
        {name: getattr(samples, name).tolist() for name in columns}, samples.read, samples.sources, samples.makes, samples.zones,
        samples.rejected, samples.unknown, {k: v.tolist() for k, v in samples.times.items()},
        {k: v.tolist() for k, v in samples.values.items()},
    )  # fmt: skip


def agree(data: bytes) -> str:
    """Which way the file went; fails where the two ways differ on a file that the strict parser takes."""
    strict, fast = outcome(read_strict, data), outcome(read_fast, data)
    if strict == "UserError":
        return "refused"
    if fast == "NotFast":
        return "declined"
    assert fast == strict, data
    return "same"


# ---- files as Apple writes them are read fast -----------------------------------------------------------------------


@pytest.mark.parametrize("chunk", [512 * 1024, 4096, 700])
@pytest.mark.parametrize("path", sorted(DATA.glob("*.xml")), ids=lambda p: p.stem)
def test_files_in_apples_spelling_do_not_decline(path, chunk, monkeypatch):
    monkeypatch.setattr(_body, "CHUNK", chunk)
    assert agree(path.read_bytes()) == "same"


@pytest.mark.real
def test_the_generated_export_is_read_fast(shared_dir, tmp_path):
    import subprocess
    import sys
    import zipfile

    out = tmp_path / "made.zip"
    made = [sys.executable, str(shared_dir / "bench/gen_apple_health.py"), str(out), "--years", "0.1", "--size", "1M"]
    for dtd in ("ok", "ios16"):
        subprocess.run([*made, "--dtd", dtd], check=True, capture_output=True)
        assert agree(zipfile.ZipFile(out).read("apple_health_export/export.xml")) == "same"


# ---- odd spellings --------------------------------------------------------------------------------------------------

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<HealthData locale="en">\n'
SLEEP = (
    '<Record type="HKCategoryTypeIdentifierSleepAnalysis" sourceName="A&amp;B\u2019s Apple\u00a0Watch" sourceVersion="10"'
    ' device="&lt;d&gt;" creationDate="2026-07-10 06:00:00 +0200" startDate="2026-07-09 23:00:00 +0200"'
    ' endDate="2026-07-10 06:00:00 +0200" value="HKCategoryValueSleepAnalysisAsleepCore"'
)
PULSE = (
    '<Record type="HKQuantityTypeIdentifierHeartRate" sourceName="W" sourceVersion="10" device="d" unit="count/min"'
    ' creationDate="2026-07-10 01:00:00 +0200" startDate="2026-07-10 01:00:00 +0200" endDate="2026-07-10 01:00:00 +0200" value="55"'
)
ZONE = '<MetadataEntry key="HKTimeZone" value="Europe/Berlin"/>'
PLAIN = f"{SLEEP}>\n  {ZONE}\n </Record>\n {PULSE}/>\n"
ODD = {
    "as Apple writes it": ("same", PLAIN),
    "self-closed with a space": ("same", f"{SLEEP} />{PULSE} />"),
    "another order": ("same", PLAIN.replace(' value="55"', "").replace(' unit="', ' value="55" unit="')),
    "single quotes": ("same", PLAIN.replace('"55"', "'55'").replace('value="HKCat', "value='HKCat").replace('Core"', "Core'")),
    "references in values": ("same", PLAIN.replace('"55"', '"5&#53;"').replace("AsleepCore", "Asleep&#67;ore")),
    "references in units": ("same", PLAIN.replace("count/min", "count&#47;min")),
    "a line break in a value": ("same", PLAIN.replace("2026-07-09 23", "2026-07-09\n23")),
    "angle brackets in values": ("same", PLAIN.replace('"W"', '"a>b"').replace("&lt;d&gt;", "/>")),
    "a value that looks like an attribute": ("same", PLAIN.replace('device="d"', "device='x value=\"99\" y'")),
    "text between children": ("same", PLAIN.replace(ZONE, "a &amp; b" + ZONE)),
    "other children first": ("same", PLAIN.replace(ZONE, '<MetadataEntry key="a&quot;" value="1"/>' + ZONE)),
    "a child with children": ("same", PLAIN.replace(ZONE, '<MetadataEntry key="a" value="1"></MetadataEntry>' + ZONE)),
    "the zone twice": ("same", PLAIN.replace(ZONE, ZONE.replace("Berlin", "Paris") + ZONE)),
    "an unknown child": ("same", PLAIN.replace(ZONE, "<Note/>" + ZONE)),
    "an unknown element": ("same", PLAIN + "<StateOfMind a='1'><b/></StateOfMind>"),
    "a correlation": ("same", f'<Correlation type="c">{PLAIN}</Correlation>{PLAIN}'),
    "a correlation inside another": ("same", f"<Correlation>{PLAIN}<Correlation/><Correlation>{PLAIN}</Correlation>{PLAIN}</Correlation>{PLAIN}"),
    "control characters": ("same", PLAIN.replace("HKTimeZone", "HKTime\x0bZone").replace("A&amp;B", "A\x0bB").replace('"55"', '"5\x0c5"')),
    "a control character in a unit": ("same", PLAIN.replace("count/min", "count/\x0bmin")),
    "seconds and degrees": ("same", PLAIN.replace("count/min", "count/s") + PULSE.replace("HeartRate", "AppleSleepingWristTemperature").replace("count/min", "degF") + "/>"),
    "a sleep inside a workout": ("same", f"<Workout>{PLAIN}{ZONE}</Workout>"),
    "times that are none": ("same", PLAIN.replace(" 01:00:00", " 25:00:00") + PULSE.replace(" 01:00", " 01:61") + "/>"),
    "ages ago": ("same", (PULSE + "/>").replace("2026-07-10", "1970-01-01") + (PULSE + "/>").replace("2026", "2107") + PLAIN),
    "a comment": ("declined", f"<!-- {PLAIN} -->{PLAIN}"),
    "CDATA": ("declined", f"<![CDATA[{PLAIN}]]>{PLAIN}"),
    "an instruction": ("declined", f"<?x {PLAIN}?>{PLAIN}"),
    "type is not first": ("declined", PLAIN.replace('<Record type="HKQuantityTypeIdentifierHeartRate"', '<Record unit2="" type="HKQuantityTypeIdentifierHeartRate"')),
    "type in single quotes": ("declined", PLAIN.replace('"HKQuantityTypeIdentifierHeartRate"', "'HKQuantityTypeIdentifierHeartRate'")),
    "type with a reference": ("declined", PLAIN.replace('"HKQuantity', '"&#72;KQuantity')),
    "type on a line of its own": ("declined", PLAIN.replace("<Record type=", "<Record\n type=")),
    "space around =": ("declined", PLAIN.replace("<Record type=", "<Record type =")),
    "a control character in a name": ("declined", PLAIN.replace("<Record", "<Rec\x0bord")),
    "a namespace": ("declined", PLAIN + '<a:Record xmlns:a="b"/>'),
    "sleep inside sleep": ("declined", PLAIN.replace(ZONE, PLAIN + ZONE)),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_spellings(name):
    way, body = ODD[name]
    assert agree(f"{HEAD}{body}</HealthData>\n".encode()) == way


@pytest.mark.parametrize("name", ODD)
def test_odd_spellings_cut_anywhere(name, monkeypatch):
    data = f"{HEAD}{ODD[name][1]}</HealthData>\n".encode()
    for chunk in (64, 101, 333, 1024):
        monkeypatch.setattr(_body, "CHUNK", chunk)
        assert agree(data) in ("same", "declined")


@pytest.mark.parametrize("tail", ["", " ", "\n\n", "\x00", "<!-- end -->", "<?end?>", "<a/>", "text", "</HealthData>"])
def test_what_stands_behind_the_end(tail):
    assert agree(f"{HEAD}{PLAIN}</HealthData>{tail}".encode()) == (
        "same" if not tail.strip() else "refused" if tail in ("<a/>", "text", "</HealthData>") else "declined"
    )


def test_another_encoding_is_for_the_strict_parser():
    latin = HEAD.replace("UTF-8", "ISO-8859-1") + PLAIN.replace("\u2019", "'") + "</HealthData>"
    assert agree(latin.encode("iso-8859-1")) == "declined"


# ---- made and mutated files -----------------------------------------------------------------------------------------

texts = st.text(st.sampled_from("aB 1&<>\"'\u2019\u00a0\x0b\n\t😀=/"), max_size=8)
clocks = st.builds(
    "2026-07-{:02d} {:02d}:{:02d}:00 {}".format, st.integers(1, 32), st.integers(0, 24), st.integers(0, 60),
    st.sampled_from(["+0200", "-0530", "+2500", "Z"]),
)  # fmt: skip


def escaped(text: str, quote: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return quote + text.replace(quote, "&quot;" if quote == '"' else "&apos;") + quote


@st.composite
def records(draw: Any) -> str:
    """One element in any spelling that XML allows and in many that Apple uses."""
    kind = draw(st.sampled_from(["sleep", "HeartRate", "OxygenSaturation", "RespiratoryRate", "HeartRateVariabilitySDNN",
                                 "AppleSleepingWristTemperature", "StepCount", "Workout", "Correlation"]))  # fmt: skip
    if kind in ("Workout", "Correlation"):
        inside = "".join(draw(st.lists(records(), max_size=3)))
        return f"<{kind} a={escaped(draw(texts), chr(34))}>{inside}{draw(st.sampled_from(['', ZONE]))}</{kind}>"
    values = {
        "sourceName": draw(texts),
        "creationDate": draw(clocks),
        "startDate": draw(clocks),
        "endDate": draw(clocks),
    }
    if kind == "sleep":
        full = "HKCategoryTypeIdentifierSleepAnalysis"
        values["value"] = draw(
            st.sampled_from(
                ["0", "5", "", "6"] + ["HKCategoryValueSleepAnalysis" + v for v in ("InBed", "Awake", "AsleepREM")]
            )
        )
    else:
        full = "HKQuantityTypeIdentifier" + kind
        values["unit"] = draw(st.sampled_from(["count/min", "%", "ms", "degC", "degF", "s"]))
        values["value"] = draw(st.sampled_from(["55", "0.97", "35.123456", "-1", "1e2", "", "9" * 14, "5&#53;"]))
    for name in ("sourceVersion", "device"):
        if draw(st.booleans()):
            values[name] = draw(texts)
    order = ["sourceName", "sourceVersion", "device", "unit", "creationDate", "startDate", "endDate", "value"]
    if draw(st.integers(0, 4)) == 0:
        order = draw(st.permutations(order))
    names = [n for n in order if n in values and draw(st.integers(0, 30))]
    quote = draw(st.sampled_from(['"', '"', '"', "'"]))
    tag = f'<Record type="{full}" ' + " ".join(f"{n}={escaped(values[n], quote)}" for n in names)
    children = draw(
        st.sampled_from(
            ["/>", " />", ">\n</Record>", f">\n  {ZONE}\n </Record>", ">x<a/></Record>", f">{ZONE}{ZONE}</Record>"]
        )
    )
    return tag + children + draw(st.sampled_from(["\n ", ""]))


@settings(max_examples=200)
@given(st.lists(records(), max_size=8), st.sampled_from([524288, 300]))
@example([SLEEP + "/>", PULSE + "/>"], 300)
def test_made_files(parts, chunk):
    before, _body.CHUNK = _body.CHUNK, chunk
    try:
        assert agree(f"{HEAD}{''.join(parts)}</HealthData>\n".encode()) in ("same", "declined")
    finally:
        _body.CHUNK = before


PIECES = (
    b"<!-- x -->", b"<![CDATA[", b"]]>", b"<?x?>", b"&amp;", b"&#72;", b"&lt;", b"'", b'"', b"\x0b", b"\x00", b"<Record ", b"</Record>",
    b"<Correlation>", b"</Correlation>", b"<Correlation/>", b"/>", b">", b"<", b" ", b"\n", b"\t", b"\r", b"=", b"type=", b"Record", b"<a>", b"</a>",
    b'<MetadataEntry key="HKTimeZone" value="Asia/Tokyo"/>', b"HeartRate", b"\xc2\xa0", b"\xe2", b"0", b"-", b"+0100", b"</HealthData>",
    b' value="9"', b"</MetadataEntry>", b"<Record/>", b'<Record type="X" a="b"/>',
)  # fmt: skip


def mutated(data: bytes, rng: random.Random) -> bytes:
    """One to three small changes behind the prolog."""
    first = data.index(b"<HealthData") + 10
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        at, to = sorted((rng.randrange(first, len(data)), rng.randrange(first, len(data))))
        short = min(to, at + rng.randrange(1, 60))
        change = rng.randrange(7)
        if change == 0:
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
        elif change == 1:
            data = data[:at] + data[short:]
        elif change == 2:
            data = data[:at] + rng.choice(PIECES) + data[at:]
        elif change == 3:
            data = data[:at] + rng.choice(PIECES) + data[short:]
        elif change == 4:
            data = data[:to] + data[at:short] + data[to:]
        else:  # whole tags, so that what comes out is well-formed more often
            tags = [i for i in range(first, len(data)) if data[i : i + 1] == b"<"]
            if tags:
                i, j = rng.choice(tags), rng.choice(tags)
                end = data.find(b">", j) + 1
                data = data[:i] + (data[j:end] if change == 5 else rng.choice(PIECES)) + data[i:]
    return data


def small_export() -> bytes:
    """Every kind of element, small enough that a mutation often hits something that counts."""
    parts = [
        PLAIN, '<Record type="HKQuantityTypeIdentifierStepCount" sourceName="P" value="3"/>', f'<Correlation type="c">{PULSE}/></Correlation>',
        f"<Workout a='1'>{ZONE}</Workout>", SLEEP.replace("AsleepCore", "InBed") + "/>", PULSE.replace("HeartRate", "AppleSleepingWristTemperature") + "/>",
        PULSE + '>\n  <MetadataEntry key="m" value="0"/>\n </Record>',
    ]  # fmt: skip
    return f"{HEAD}{chr(10).join(parts)}\n</HealthData>\n".encode()


@pytest.mark.parametrize("seed", range(4))
def test_mutated_files(seed):
    rng = random.Random(seed)
    data = small_export()
    assert agree(data) == "same"
    went = [agree(mutated(data, rng)) for _ in range(MUTATIONS)]
    assert went.count("same") > MUTATIONS / 20, "the test must reach the fast path"
    assert went.count("declined") > 0
    assert went.count("refused") > 0
