"""The command line. `--version` and `--help` answer without Qt and without the database."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from dreamjournal import __version__
from dreamjournal.app.commands import (
    alike,
    backup,
    balance,
    check,
    coding,
    contrast,
    describe,
    dreams,
    enhancers,
    fhir,
    imports,
    key,
    nights,
    people,
    report,
    secondary,
    signs,
    study,
    whole,
)
from dreamjournal.app.commands.shared import Options, chosen, common, plain
from dreamjournal.common.errors import DiskFull, KnownError, UserError
from dreamjournal.common.process import begin_private


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dreamjournal", message="%(prog)s %(version)s")
@click.option("--capture", is_flag=True, help="Open straight into the dark night page.")
@common
@click.pass_context
def dreamjournal(ctx: click.Context, capture: bool) -> None:
    """A private journal of dreams and nights. Without a command the window opens."""
    if ctx.invoked_subcommand is None:
        options = chosen(ctx)
        ctx.exit(open_window(options.journal, capture=capture, person=options.person))
    if capture:
        raise UserError(
            "Nothing was done", "--capture opens the window and goes with no command", "leave one of them out"
        )


for _command in (
    imports.import_, imports.imports_, imports.travel,
    nights.nights, nights.session, nights.diary, nights.hypnogram, dreams.dreams, signs.signs, coding.coding,
    enhancers.log, enhancers.enhancers,
    contrast.contrast, alike.alike, secondary.measures, secondary.doses, describe.describe,
    report.report, report.demo, study.study, people.persons, people.settings, people.remind,
    balance.balance, fhir.fhir, whole.export, whole.restore_export, key.key, backup.backup, check.check,
):  # fmt: skip
    dreamjournal.add_command(_command)


def open_window(journal: Path | None, *, capture: bool, person: str | None) -> int:
    """Open the window; returns its exit code. Raises UserError where there is no display."""
    named = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and not named:
        raise UserError("The window cannot open", "there is no display here", "try the command demo, or see --help")
    from dreamjournal.app.bootstrap import WindowOptions, run_window

    return run_window(WindowOptions(journal, capture, person))


def main() -> None:
    """Run a command and leave with its exit code: 2 for bad input, 1 for anything else that failed."""
    begin_private()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command; returns the exit code. Every failure is one sentence on standard error."""
    options = Options()
    try:
        return _run(arguments, options)
    except DiskFull as error:
        # Nothing of the command was kept, so it is done once more in the room kept back; what was piped in is read already.
        from dreamjournal.services import room

        if "-" in arguments or not room.give_up(options.path):
            return _fail(error.sentence, 1)
    try:
        return _run(arguments, Options())
    except DiskFull as error:
        return _fail(error.sentence, 1)


def _run(arguments: list[str], options: Options) -> int:
    try:
        code = dreamjournal.main(args=arguments, prog_name="dreamjournal", standalone_mode=False, obj=options)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.UsageError as error:
        return _fail(_usage(error), 2)
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except UserError as error:
        return _fail(error.sentence, 2)
    except DiskFull:
        raise
    except KnownError as error:
        return _fail(error.sentence, 1)
    except (click.Abort, KeyboardInterrupt):
        return _fail("Stopped; nothing further was done.", 1)
    except BrokenPipeError:
        # The reader (head, less) went away: nothing to say, and nowhere to say it. Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - a fault of ours must not show what the journal holds
        return _fail(_fault(error), 1)


def _fail(sentence: str, code: int) -> int:
    click.echo(plain(sentence), err=True)
    return code


def _usage(error: click.UsageError) -> str:
    where = error.ctx.command_path if error.ctx is not None else "dreamjournal"
    return f"{error.format_message().rstrip('.')}; see: {where} --help."


def _fault(error: Exception) -> str:
    """What failed and where, without the message: it may hold words of the journal."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = (
        f"{Path(frame.tb_frame.f_code.co_filename).name} line {frame.tb_lineno}"
        if frame is not None
        else "an unknown place"
    )
    return f"Something went wrong inside Dreamjournal: {type(error).__name__} in {where}; your journal is as it was before this command."
