"""What the columns of a table probably mean, by their names in several languages and by what stands in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from dreamjournal.common.moments import (
    AmbiguousDate,
    clock_of,
    date_of,
    day_first_of,
    minutes_of,
    moment_of,
    number_of,
    says_nothing,
    unit_in,
    yes_or_no,
)
from dreamjournal.domain.column_map import MANY, ColumnMap, Unit, problem

LOOKED_AT = 60
SHARE = 0.6
"""The share of a column's cells that must be of one kind."""
LONG_TEXT = 30
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_APART = re.compile(r"[\W_]+")
_EPOCH = re.compile(r"[0-9]{10}(?:[0-9]{3})?(?:\.[0-9]+)?")
_DAY_NUMBER = re.compile(r"(?:19|20)[0-9]{6}")

_END = (
    r"end|ended|ends|wake|wakes|woke|waking|wakeup|awoke|awake|awakening|up|rise|risen|rose|got up|out of bed|finish|finished|stop|until|"
    r"ende|bis|aufgewacht|aufgestanden|aufwachen|aufstehen|wach|reveil|lever|fin|despertar|desperte|levantarse|sveglia|risveglio|"
    r"fine|acordar|acordei|fim|wakker|einde|opstaan|конец|пробуждение|подъем"
)
_START = (
    r"start|started|starts|begin|began|beginning|bed|bedtime|asleep|sleep|slept|onset|from|lights out|lights off|von|beginn|"
    r"eingeschlafen|einschlafen|bett|schlaf|schlafbeginn|coucher|couche|debut|endormi|inicio|acostarse|dormir|dormi|inizio|"
    r"addormentato|letto|deitar|slapen|slaap|начало|отбой|сон"
)
_EITHER = {"end": (_END, "起床|終了|结束|醒|기상"), "start": (_START, "開始|就寝|入睡|开始|睡|취침")}


def _words(names: str, signs: str = "") -> re.Pattern[str]:
    return re.compile(rf"\b(?:{names})\b" + (f"|{signs}" if signs else ""))


END, START = (_words(*_EITHER[k]) for k in ("end", "start"))
MORNING = _words("wake|woke|waking|morning|morgen|matin|manana|mattina|manha|ochtend|утро|wake date")
EVENING = _words("evening|night|abend|nacht|soir|nuit|noche|sera|notte|noite|avond|ночь|bed|bedtime|sleep")
COUNT = _words("awakenings|times|number|count|anzahl|nombre|numero|cycles|snoring|steps|nb")
LENGTHS = (
    ("sol", _words("latency|sol|fall asleep|falling asleep|sleep onset|einschlafdauer|einschlaflatenz|latence|latencia|latenza")),
    ("waso", _words("waso|after sleep onset|after onset")),
    ("tib", _words("in bed|time in bed|tib|bettzeit|im bett|au lit|en cama|a letto|na cama|in bed time|inbed")),
    ("rem", _words("rem|paradoxal|traumschlaf|paradoxical")),
    ("deep", _words("deep|tief|tiefschlaf|profond|profundo|profondo|sws|n3|diep|diepe|глубокий", "深")),
    ("light", _words("light|leicht|leichtschlaf|leger|ligero|leggero|leve|core|shallow|licht|lichte|легкий", "浅")),
    ("tst", _words(
        "asleep|tst|total sleep|sleep time|time asleep|slept|hours slept|sleep duration|sleep length|schlafdauer|schlafzeit|"
        "duree de sommeil|duree du sommeil|tiempo dormido|sleep hours|sleep minutes|totalsleep", "睡眠時間|睡眠时长"
    )),
    ("awake", _words("awake|wake|wake time|wach|wachzeit|eveil|eveille|despierto|sveglio|acordado|wakker", "清醒")),
    ("duration", _words("duration|length|dauer|duree|duracion|durata|duracao|duur|hours|total|time|stunden|heures|horas|ore|длительность")),
    ("tst", _words("sleep|schlaf|sommeil|sueno|sonno|sono|slaap")),
)  # fmt: skip
FIGURES = (
    ("se", _words("efficiency|effizienz|schlafeffizienz|efficacite|eficiencia|efficienza")),
    ("hrv_rmssd", _words("rmssd|hrv rmssd")),
    ("hrv_sdnn", _words("sdnn")),
    ("resp", _words("resp|respiration|respiratory|respiratory rate|breaths|breathing|atemfrequenz|brpm")),
    ("spo2", _words("spo2|sp o2|oxygen|blood oxygen|o2|sauerstoff")),
    ("temp", _words("temp|temperature|temperatur|temperatura")),
    ("hr", _words("hr|rhr|heart rate|heartrate|pulse|bpm|puls|herzfrequenz|pouls|pulso")),
)
QUALITY = _words(
    "quality|rating|qualitat|schlafqualitat|qualite|calidad|qualita|qualidade|bewertung|kwaliteit|rested|качество"
)
NOTE = _words(
    "note|notes|comment|comments|remark|remarks|bemerkung|bemerkungen|notiz|notizen|kommentar|commentaire|nota|notas|comentario"
)
NAP = _words("nap|naps|is nap|siesta|sieste|nickerchen|mittagsschlaf|pisolino|soneca|dutje")
TAGS = _words("tag|tags|label|labels|keywords|themes|stichworte|schlagworte|etiquetas|etiquettes|mots cles")
DREAM = _words(
    "dream|dreams|dream text|traum|traume|reve|reves|sueno|suenos|sogno|sogni|sonho|sonhos|droom|dromen|сны", "梦|夢|꿈"
)
TEXT = _words(
    "text|entry|content|description|body|report|story|narrative|journal|inhalt|beschreibung|contenu|texto|testo"
)
TITLE = _words("title|titel|titre|titulo|titolo|heading|name")
LUCID = _words("lucid|lucidity|lucid dream|luzid|klartraum|lucide|lucido")
NIGHTMARE = _words("nightmare|nightmares|albtraum|alptraum|cauchemar|pesadilla|pesadelo|incubo|nachtmerrie|кошмар")
OFFSET = _words("offset|utc offset|tz|timezone|time zone|zone|zeitzone|fuseau")


def guess(header: Sequence[str], rows: Sequence[Sequence[str]], *, semicolons: bool = False) -> ColumnMap | None:
    """The likeliest map; None where no column holds a date. It may be one that `problem` objects to.

    `semicolons`: they stand between the cells, as in countries that write the day first.
    """
    columns = [[r[i] for r in rows[:LOOKED_AT] if not says_nothing(r[i])] for i in range(len(header))]
    kinds = [_kind(c) for c in columns]
    if not {"moment", "date"} & set(kinds):
        return None
    names = [_plain(c) for c in header]
    taken: dict[int, str] = {}
    _times(names, kinds, taken)
    _lengths(names, kinds, columns, taken)
    _words_of(names, kinds, columns, taken)
    _dates(names, kinds, taken)
    found = tuple((header[i], role) for i, role in sorted(taken.items()))
    dates = [v for i, k in enumerate(kinds) if k in ("moment", "date") for v in columns[i]]
    result = ColumnMap(found, _unit(header, columns, taken), _day_first(dates, semicolons))
    return result if problem(result, header) is None else _without_sleep(result, header)


def _without_sleep(result: ColumnMap, header: Sequence[str]) -> ColumnMap:
    """The same map, or one without half a sleep where only dreams or answers can be read by it."""
    plain = tuple((c, r) for c, r in result.columns if r not in ("start_time", "end_time", "duration"))
    fewer = ColumnMap(plain, result.unit, result.day_first)
    return fewer if problem(fewer, header) is None else result


def _plain(name: str) -> str:
    apart = _CAMEL.sub(" ", name)
    bare = "".join(c for c in unicodedata.normalize("NFKD", apart.casefold()) if not unicodedata.combining(c))
    return " ".join(_APART.split(bare)).strip()


def _kind(cells: Sequence[str]) -> str:
    """moment, date, clock, length, number, answer, text or empty: what most of the cells are."""
    if not cells:
        return "empty"
    counts: dict[str, int] = {}
    for cell in cells:
        kind = _cell_kind(cell)
        counts[kind] = counts.get(kind, 0) + 1
    if counts.get("number") and counts.get("answer"):  # 1 and 0 are both; yes among figures is an answer
        counts["number"] += counts.pop("answer")
    kind, most = max(counts.items(), key=lambda c: c[1])
    if kind == "number" and set(cells) == {"0", "1"}:
        return "answer"
    if kind in ("date", "moment") and counts.get("date", 0) + counts.get("moment", 0) >= SHARE * len(cells):
        return "moment" if counts.get("moment") else "date"
    return kind if most >= SHARE * len(cells) else "text"


def _cell_kind(cell: str) -> str:
    if len(cell) > 60:
        return "text"
    if _EPOCH.fullmatch(cell):
        return "moment"
    if not _DAY_NUMBER.fullmatch(cell):
        for read, kind in ((number_of, "number"), (clock_of, "clock")):
            try:
                read(cell)
            except ValueError:
                continue
            return kind
    for day_first in (True, False):
        try:
            moment_of(cell, day_first)
            return "moment"
        except (AmbiguousDate, ValueError, OverflowError):
            pass
        try:
            date_of(cell, day_first)
            return "date"
        except ValueError:
            pass
    try:
        minutes_of(cell)
        return "length"
    except ValueError:
        return "text" if yes_or_no(cell) is None else "answer"


def _put(taken: dict[int, str], i: int, role: str) -> None:
    if i not in taken and (role in MANY or role not in taken.values()):
        taken[i] = role


def _times(names: list[str], kinds: list[str], taken: dict[int, str]) -> None:
    """Columns of full moments, and of clock times whose names are those of a start or an end."""
    for kind, start, end in (("moment", "start", "end"), ("clock", "start_time", "end_time")):
        these = [i for i, k in enumerate(kinds) if k == kind]
        for i in these:
            if kind == "clock" and any(p.search(names[i]) for r, p in LENGTHS if r not in ("tst", "awake", "duration")):
                continue
            if re.search(r"\b(?:duration|total|dauer|duree|duracion|durata|length|latency)\b", names[i]):
                continue
            if END.search(names[i]) or names[i] == "to":
                _put(taken, i, end)
            elif START.search(names[i]):
                _put(taken, i, start)
        if kind == "moment":
            for i in these:
                if (
                    i not in taken
                    and re.search(r"\b(?:created|modified|exported|updated|written|timestamp)\b", names[i]) is None
                ):
                    _put(taken, i, start if start not in taken.values() else end)


def _lengths(names: list[str], kinds: list[str], columns: list[list[str]], taken: dict[int, str]) -> None:
    for i, kind in enumerate(kinds):
        if i in taken or kind not in ("number", "length", "clock", "answer"):
            continue
        if kind in ("number", "answer"):
            role = next((r for r, p in FIGURES if p.search(names[i])), None)
            if (
                role is not None
                or COUNT.search(names[i])
                or QUALITY.search(names[i])
                or re.search(r"\b(?:hrv|score|id)\b", names[i])
            ):
                if role is not None:
                    _put(taken, i, role)
                continue
        if kind == "answer" or (kind == "clock" and _largest_hour(columns[i]) > 18):
            continue
        role = next((r for r, p in LENGTHS if p.search(names[i])), None)
        if role is not None:
            _put(taken, i, role)


def _largest_hour(cells: list[str]) -> int:
    return max((int(h) for c in cells if (h := re.split("[:.hH]", c)[0]).isascii() and h.isdigit()), default=0)


NAMED = (
    ("lucid", LUCID, False), ("nightmare", NIGHTMARE, False), ("nap", NAP, False), ("offset", OFFSET, False),
    ("quality", QUALITY, False), ("tags", TAGS, True), ("title", TITLE, True), ("dream", DREAM, True), ("note", NOTE, True),
)  # fmt: skip
"""(role, names, only where the cells are text), the first that fits counts."""


def _words_of(names: list[str], kinds: list[str], columns: list[list[str]], taken: dict[int, str]) -> None:
    for i, kind in enumerate(kinds):
        if i in taken or kind in ("moment", "date", "empty"):
            continue
        role = next((r for r, p, text in NAMED if p.search(names[i]) and (kind == "text" or not text)), None)
        if role is not None:
            _put(taken, i, role)
        elif kind == "answer":
            _put(taken, i, "tag")
    if "dream" not in taken.values() and not {"end", "end_time", "duration"} & set(taken.values()):
        texts = [i for i, k in enumerate(kinds) if k == "text" and taken.get(i) in (None, "note")]
        best = [i for i in texts if TEXT.search(names[i])] or [
            i for i in texts if sum(map(len, columns[i])) >= LONG_TEXT * len(columns[i])
        ]
        if best:
            taken.pop(best[0], None)
            _put(taken, best[0], "dream")
    if "dream" in taken.values():
        return
    for i, role in list(taken.items()):  # without words these are questions about the night
        if role == "title":
            del taken[i]
        elif role in ("lucid", "nightmare"):
            taken[i] = "tag"


def _dates(names: list[str], kinds: list[str], taken: dict[int, str]) -> None:
    roles = set(taken.values())
    if "dream" in roles and "start" in roles and not {"end", "end_time", "duration"} & roles:
        i = next(i for i, r in taken.items() if r == "start")
        if not START.search(names[i]):
            taken[i] = "written"
    elif "dream" in roles and "start" not in roles:
        for i, kind in enumerate(kinds):
            if kind == "moment" and i not in taken:
                _put(taken, i, "written")
    dated = [i for i, k in enumerate(kinds) if k == "date" and i not in taken]
    roles = set(taken.values())
    if "end" in roles and "start" not in roles:  # midnights of a spreadsheet are dates alone
        for i in dated:
            if START.search(names[i]) and "start" not in taken.values():
                taken[i] = "start"
        dated = [i for i in dated if i not in taken]
        roles = set(taken.values())
    if not dated or {"start", "written"} & roles:
        return
    i = next((i for i in dated if re.search(r"\b(?:date|day|datum|fecha|data|tag|jour|dia)\b", names[i])), dated[0])
    slept = {"start_time", "end_time"} & roles
    morning = MORNING.search(names[i]) or ("dream" in roles and not slept and not EVENING.search(names[i]))
    taken[i] = "wake_date" if morning else "date"


def _unit(header: Sequence[str], columns: list[list[str]], taken: dict[int, str]) -> Unit:
    """By how large the plain numbers are; columns whose names carry a unit speak for themselves."""
    for roles, hours, minutes in ((("tst", "duration", "tib"), 24, 1440), (("light", "deep", "rem"), 12, 720)):
        values: list[float] = []
        for i, role in taken.items():
            if role in roles and unit_in(header[i]) is None:
                for cell in columns[i]:
                    try:
                        values.append(number_of(cell, comma=True))
                    except ValueError:
                        continue
        if values:
            return "h" if max(values) <= hours else "min" if max(values) <= minutes else "s"
    return "min"


def _day_first(dates: list[str], semicolons: bool) -> bool:
    said = {d for cell in dates if (d := day_first_of(cell)) is not None}
    return semicolons if len(said) != 1 else said.pop()
