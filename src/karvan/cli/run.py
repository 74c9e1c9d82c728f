"""From arguments to a command, and from an error to one sentence and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from karvan.cli.text import plain
from karvan.errors import InputError, KarvanError

COMMANDS = ("quote", "check")
FAILED, MISUSED, INTERRUPTED = 1, 2, 130

# The base of all that typer says of arguments; it is not exported under its own name.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]
_OPTIONAL_VALUES = ("--json",)


class Commands(TyperGroup):
    """A group that imports a command when it is asked for: `COMMANDS` names modules of this package."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override] # noqa: ARG002
        """Names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | None:  # type: ignore[override] # noqa: ARG002
        """The command of a name, or None."""
        if cmd_name not in COMMANDS:
            return None
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(cmd_name)(import_module(f"karvan.cli.{cmd_name}").command)
        made = typer.main.get_command(alone)
        assert isinstance(made, TyperCommand)
        return made


def run(args: Sequence[str] | None = None) -> int:
    """Run a command; every error raised on purpose becomes a sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    given = _with_values(list(sys.argv[1:] if args is None else args))
    try:
        root = typer.main.get_command(_app())
        code = root.main(args=given or ["--help"], prog_name="karvan", standalone_mode=False)
        sys.stdout.flush()
    except KarvanError as fault:
        return _say(str(fault), MISUSED if isinstance(fault, InputError) else FAILED)
    except _UsageError as fault:
        return _say(_usage(fault, given), MISUSED)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        return FAILED
    return code if isinstance(code, int) else 0


def _app() -> typer.Typer:
    app = typer.Typer(
        cls=Commands,
        add_completion=False,
        invoke_without_command=True,
        rich_markup_mode=None,
        help="Multimodal freight: what a cargo can do, what it costs, when it arrives and what it emits.",
        epilog='Try: karvan quote "Xi\'an" Constanța --ready 2025-03-03 --cargo 1x40HC '
        '--commodity "household appliances" --tonnes 14',
    )
    app.callback()(_root)
    return app


def _root(context: typer.Context, version: bool = typer.Option(False, "--version", help="Print the version.")) -> None:
    if version:
        from karvan import __version__

        typer.echo(__version__)
    elif context.invoked_subcommand is None:
        raise InputError(f"No command was given. Give one of {', '.join(COMMANDS)}, or --help.")


def _with_values(args: list[str]) -> list[str]:
    """Arguments with `-` (standard output) after an option whose value is left out."""
    filled: list[str] = []
    for i, arg in enumerate(args):
        filled.append(arg)
        if arg in _OPTIONAL_VALUES and (i + 1 == len(args) or args[i + 1].startswith("--")):
            filled.append("-")
    return filled


def _usage(fault: Exception, args: Sequence[str]) -> str:
    """What typer found wrong with the arguments as one sentence, and where to read on."""
    said = " ".join(str(getattr(fault, "format_message", fault.__str__)()).split()).rstrip(".")
    command = f"karvan {args[0]}" if args and args[0] in COMMANDS else "karvan"
    return f"{said}. See '{command} --help'."


def _say(sentence: str, code: int) -> int:
    print("\n".join(plain(line) for line in sentence.split("\n")), file=sys.stderr)
    return code
