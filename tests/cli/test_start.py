"""The command as a process: what it imports, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

ASKED = ("quote", "Xi'an", "Poti", "--ready", "2025-03-03", "--cargo", "1x40HC", "--commodity", "appliances")


def karvan(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "karvan", *args], capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("args", [("--help",), ("quote", "--help"), ("--version",)])
def test_help_imports_neither_the_engines_nor_the_atlas(args: tuple[str, ...]) -> None:
    """Help that waits for a compiler is not asked for twice."""
    code = (
        "import sys; from karvan.cli import main; "
        f"code = main({list(args)!r}); "
        "print(sorted({'numpy', 'numba', 'rich', 'karvan.atlas', 'karvan.quotes'} & set(sys.modules)), code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[] 0"


def test_a_bad_argument_of_a_command_does_not_load_the_atlas() -> None:
    """What typer can refuse is refused at once."""
    code = (
        "import sys; from karvan.cli import main; "
        f"code = main({[*ASKED, '--tonnes', '14', '--top', '0']!r}); "
        "print(sorted({'numpy', 'numba', 'karvan.atlas'} & set(sys.modules)), code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[] 2"


def test_the_module_is_the_command() -> None:
    """`python -m karvan` works where the script is not on the path."""
    done = karvan("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout[0].isdigit()


def test_an_answer_goes_to_standard_output_and_nothing_to_standard_error() -> None:
    """No spinner in a log, and a pipe gets the answer alone."""
    done = karvan(*ASKED, "--tonnes", "14", "--top", "2")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a child there")
def test_an_interruption_is_quiet_and_says_130() -> None:
    """Ctrl-C is no error, and a script sees that the answer is missing."""
    # A shell without job control starts its background jobs, this test among them, with SIGINT ignored.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = "from karvan.cli import main; print('up', flush=True); raise SystemExit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{heard}; {code}", *ASKED, "--tonnes", "14"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")


@pytest.mark.skipif(os.name == "nt", reason="no shell pipe there")
def test_a_reader_that_leaves_early_causes_no_traceback() -> None:
    """`karvan quote ... | head -1` is a usual thing to type."""
    process = subprocess.Popen(
        [sys.executable, "-m", "karvan", *ASKED, "--tonnes", "14", "--json", "-"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.read(1) == b"{"
    process.stdout.close()
    assert process.stderr is not None
    said = process.stderr.read().decode()
    process.wait(timeout=60)
    assert "Traceback" not in said
