"""The command `dreams`."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from dreamjournal.app.commands.nights import RECALL_WORDS
from dreamjournal.app.commands.shared import (
    DAY,
    chosen,
    common,
    day_words,
    done,
    plain,
    reading,
    say,
    table,
    the_person,
    writing,
)
from dreamjournal.common.errors import UserError

if TYPE_CHECKING:
    from dreamjournal.services.dreams import DreamRow


@click.group("dreams", invoke_without_command=True)
@common
@click.pass_context
def dreams(ctx: click.Context) -> None:
    """Dreams: add, list, search, delete."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@dreams.command("add")
@click.option("--night", type=DAY, required=True, help="The evening's date.")
@click.option("--recall", "code", type=click.Choice(list(RECALL_WORDS)), required=True, help="What you recall.")
@click.option("--text", metavar="T|-", help="The dream; - reads it from standard input.")
@click.option("--vividness", type=click.IntRange(0, 4))
@click.option("--lucidity", type=click.IntRange(0, 4))
@click.option("--tone", type=click.IntRange(-2, 2), help="Bad -2 to good 2.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="May be given several times.")
@click.option("--nightmare", is_flag=True, help="It was a nightmare.")
@click.option("--distress", type=click.IntRange(0, 4), help="How distressing, 0 to 4.")
@common
@click.pass_context
def add(
    ctx: click.Context, night: date, code: str, text: str | None, vividness: int | None, lucidity: int | None, tone: int | None,
    tags: tuple[str, ...], nightmare: bool, distress: int | None,
) -> None:  # fmt: skip
    """Keep a dream, or the answer that there was none."""
    from dreamjournal.domain.dream import DreamDraft, Recall
    from dreamjournal.services import dreams as the_dreams
    from dreamjournal.services import mornings

    options = chosen(ctx)
    recall = Recall(code)
    words = _typed(text)
    details = [vividness, lucidity, tone, distress]
    if not words and not recall.has_content:
        if nightmare or tags or any(d is not None for d in details):
            raise UserError(
                "Nothing was kept",
                f"there is no dream to rate when the answer is {code}",
                "leave the ratings out or say fragment or report",
            )
        with writing(options) as journal:
            made = mornings.answer_recall(journal, the_person(journal, options).id, night, recall, options.clock)
        done(options, made, f"{day_words(night)}: {RECALL_WORDS[code]}.")
        return
    draft = DreamDraft(night, words, recall, vividness, lucidity, tone, True if nightmare else None, distress, tags)
    with writing(options) as journal:
        saved = the_dreams.save(journal, the_person(journal, options).id, draft, options.clock)
    done(options, saved.dream.id, f"Dream {saved.dream.id} of {day_words(night)} kept.")


def _typed(text: str | None) -> str:
    if text != "-":
        return text or ""
    data = sys.stdin.buffer.read()
    try:
        return data.decode("utf-8-sig").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise UserError("The dream was not kept", "standard input is not UTF-8 text", "save it as UTF-8") from error


@dreams.command("list")
@click.option("--from", "first", type=DAY, help="The first night.")
@click.option("--to", "last", type=DAY, help="The last night.")
@click.option("--tag", help="Only with this tag.")
@common
@click.pass_context
def list_(ctx: click.Context, first: date | None = None, last: date | None = None, tag: str | None = None) -> None:
    """Dreams, the newest night first."""
    _show(ctx, "", first, last, tag, "No dreams yet. A single word counts.")


@dreams.command("search")
@click.argument("query", nargs=-1, required=True, metavar="QUERY")
@common
@click.pass_context
def search(ctx: click.Context, query: tuple[str, ...]) -> None:
    """Dreams with all these words or "phrases"."""
    if not " ".join(query).strip():
        say(chosen(ctx), {"dreams": []}, lambda: "Nothing to look for.")
        return
    _show(ctx, " ".join(query), None, None, None, "No dream holds that.")


def _show(ctx: click.Context, query: str, first: date | None, last: date | None, tag: str | None, empty: str) -> None:
    from dreamjournal.services import dreams as the_dreams

    options = chosen(ctx)
    with reading(options) as journal:
        person = the_person(journal, options)
        rows = the_dreams.list_dreams(
            journal, person.id, the_dreams.DreamFilter(query, first, last, tag), options.clock
        )
        near = the_dreams.suggestion(journal, person.id, query) if query and not rows else None
    document: dict[str, Any] = {"dreams": [_json(r) for r in rows]}
    if near is not None:
        document["suggestion"] = near[0]
        empty = f"No dream holds that. {near[1]} hold “{near[0]}”."
    cells = [
        (
            r.dream.id,
            day_words(r.dream.night_date),
            RECALL_WORDS[r.dream.recall.value],
            ", ".join(r.dream.tags),
            plain(r.snippet)[:80],
        )
        for r in rows
    ]
    say(options, document, lambda: table(("Dream", "Night", "Recall", "Tags", "Words"), cells, empty))


def _json(row: DreamRow) -> dict[str, Any]:
    d = row.dream
    return {
        "id": d.id, "night_date": d.night_date.isoformat(), "recall": d.recall.value, "text": d.text, "vividness": d.vividness,
        "lucidity": d.lucidity, "tone": d.tone, "nightmare": d.nightmare, "distress": d.distress, "tags": list(d.tags),
        "condition": row.condition.value, "source": d.source, "import_id": d.import_id, "may_not_be_own": d.may_not_be_own,
        "written": d.written.isoformat().replace("+00:00", "Z"), "snippet": row.snippet,
    }  # fmt: skip


@dreams.command("delete")
@click.argument("dream_id", type=int, metavar="ID")
@common
@click.pass_context
def delete(ctx: click.Context, dream_id: int) -> None:
    """Put a dream in the bin, where it stays for 30 days."""
    from dreamjournal.services import bin as the_bin
    from dreamjournal.services import dreams as the_dreams

    options = chosen(ctx)
    with reading(options) as journal:
        bin_id, _ = the_dreams.delete(journal, dream_id, options.clock)
        the_bin.tidy(journal, options.clock)
    done(options, dream_id, f"Dream {dream_id} is in the bin for 30 days.", bin_id=bin_id)
