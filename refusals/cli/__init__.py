"""The command line: one file a command, and one place that turns errors into exit codes."""

from __future__ import annotations

import errno
import pkgutil
import signal
import sys
from importlib import import_module
from typing import Any

import click

from refusals import __version__
from refusals.errors import RefusalsError

EXIT_CODES = """
\b
Exit codes of every command:
  0    pass, or nothing was asked and the run holds
  1    a gate failed
  2    usage or bad input
  3    inconclusive
  4    invalid run
  5    nothing selected
  70   a bug
  130  interrupted; the same --out goes on
"""

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


class Commands(click.Group):
    """Finds each command in the file of its name, and loads it when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's shape
        """Return the names of the files beside this one."""
        return sorted(info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Answer an unknown command with the nearest one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from refusals.errors import nearest

            known = nearest(args[0], self.list_commands(ctx))
            raise click.UsageError(f"no command is called {args[0]!r}; {known}", ctx) from None


@click.group(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="refusals")
def group() -> None:
    """Tell whether a harm classifier or chat model refuses what it should, and only that.

    \b
    refusals run                                     the built-in systems, offline
    refusals run --system 'command:python guard.py'  your own classifier
    refusals run --system anthropic:MODEL --limit 5  a chat model, on five families
    refusals init                                    a study and a test of your own
    """  # noqa: D301 - click reads the escape


def main(arguments: list[str] | None = None) -> None:
    """Run a command and end the process with its exit code."""
    from refusals.cli._streams import let_readers_leave

    let_readers_leave()
    signal.signal(signal.SIGTERM, _as_interrupt)
    sys.exit(run_command(arguments))


def _as_interrupt(*_: Any) -> None:
    signal.raise_signal(signal.SIGINT)  # which asyncio takes between two steps, not within one


def run_command(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        code = group.main(arguments, prog_name="refusals", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = 0
    except Exception as error:  # noqa: BLE001 - the last place: it becomes a sentence and a code
        code = _ended_by(error)
    return code if isinstance(code, int) else 0


def _ended_by(error: Exception) -> int:
    if isinstance(error, RefusalsError):
        return _told(str(error), error.exit_code)
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return _told(f"{error.format_message().rstrip('.')}; see `{error.ctx.command_path} --help`", 2)
    if isinstance(error, click.ClickException):
        return _told(error.format_message(), 2)
    if isinstance(error, click.Abort):
        return _told("interrupted", 130)
    if isinstance(error, OSError) and (error.filename is not None or error.errno in _FULL):
        where = error.filename if error.filename is not None else "the output"
        return _told(f"{where}: {error.strerror}; check the path, its permissions and the space that is left", 2)
    import traceback

    traceback.print_exception(error)
    return _told(f"this is a bug in refusals ({type(error).__name__}); please report the lines above", 70)


def _told(message: str, code: int) -> int:
    from refusals.clean import clean

    click.echo(f"refusals: {clean(message)}", err=True)
    return code
