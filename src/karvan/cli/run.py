"""From arguments to a command, and from an error to one sentence and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import typer
import typer.main
from typer.core import TyperGroup

from karvan.cli.text import plain
from karvan.errors import InputError, KarvanError

# Modules of this package, one a command, or a package of them with commands of its own (COMMANDS and HELP).
COMMANDS = ("quote", "assign", "atlas")
FAILED, MISUSED, INTERRUPTED = 1, 2, 130

# The base of all that typer says of arguments; it is not exported under its own name.
_UsageError: type[Exception] = typer.BadParameter.__bases__[0]
_OPTIONAL_VALUES = ("--json",)
_BEFORE_THE_COMMAND = ("--data", "--as-of", "--projects")


class Commands(TyperGroup):
    """A group that imports a command when it is asked for: `package` is where `names` are modules."""

    package = "karvan.cli"
    names: tuple[str, ...] = COMMANDS

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override] # noqa: ARG002
        """Names in the order of `names`."""
        return list(self.names)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override] # noqa: ARG002
        """The command of a name, or None."""
        if cmd_name not in self.names:
            return None
        word = f"{cmd_name}_" if cmd_name in ("import",) else cmd_name
        module = import_module(f"{self.package}.{word}")
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        if hasattr(module, "COMMANDS"):
            own = type("Own", (Commands,), {"package": module.__name__, "names": module.COMMANDS})
            return typer.main.get_command(
                _group(own, help=module.HELP, epilog=getattr(module, "EPILOG", None), name=cmd_name)
            )
        alone.command(cmd_name)(module.command)
        return typer.main.get_command(alone)


def _group(cls: type[TyperGroup], **about: Any) -> typer.Typer:
    made = typer.Typer(cls=cls, add_completion=False, invoke_without_command=True, rich_markup_mode=None, **about)
    made.callback()(_help_alone)
    return made


def _help_alone(context: typer.Context) -> None:
    """A group without a command is a question for its help."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


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
        return _say(_usage(fault), MISUSED)
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


def _root(
    context: typer.Context,
    data: str | None = typer.Option(  # noqa: ARG001 - read by the commands from the context
        None, "--data", metavar="FOLDER", help="A data folder over the built-in atlas, for every command."
    ),
    as_of: str | None = typer.Option(
        None, "--as-of", metavar="DATE", help="Hide all that was not yet known on a day: YYYY-MM-DD."
    ),
    projects: str | None = typer.Option(  # noqa: ARG001 - read by the commands from the context
        None, "--projects", metavar="KEYS", help="As if these projects were done, in order: keys, with commas."
    ),
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    if version:
        from karvan import __version__

        typer.echo(__version__)
    elif context.invoked_subcommand is None:
        raise InputError(f"No command was given. Give one of {', '.join(COMMANDS)}, or --help.")
    elif as_of is not None:
        from karvan.cli.data import day

        day(as_of, "as-of")


def _with_values(args: list[str]) -> list[str]:
    """Arguments with `-` (standard output) after an option whose value is left out."""
    filled: list[str] = []
    for i, arg in enumerate(args):
        filled.append(arg)
        if arg in _OPTIONAL_VALUES and (i + 1 == len(args) or args[i + 1].startswith("--")):
            filled.append("-")
    return filled


def _usage(fault: Exception) -> str:
    """What typer found wrong with the arguments as one sentence, and where to read on."""
    said = " ".join(str(getattr(fault, "format_message", fault.__str__)()).split()).rstrip(".")
    context = getattr(fault, "ctx", None)
    path = " ".join(context.command_path.split()) if context is not None else "karvan"
    option = getattr(fault, "option_name", "")
    if option in _BEFORE_THE_COMMAND:
        return f"{said}. Give {option} before the command: karvan {option} ... {path.removeprefix('karvan ')}."
    return f"{said}. See '{path} --help'."


def _say(sentence: str, code: int) -> int:
    print("\n".join(plain(line) for line in sentence.split("\n")), file=sys.stderr)
    return code
