"""Renew what the documentation takes from the code and the atlas: outputs of its examples, tables, the picture.

python docs/make_docs.py              rewrite README.md and docs/*.md where something changed
python docs/make_docs.py --picture    take the pictures in docs/images as well (Playwright and /usr/bin/chromium)

What is renewed is marked by comments in the Markdown:

<!-- made: tables -->    everything to `<!-- end -->`, by the function of that name in MADE
<!-- first 20 lines -->  before a console block: so many lines of the output, then `...`
<!-- printed -->         before a text block: what the Python block above it prints
<!-- exit 2 -->          before a console block: its exit code, if it is not 0
<!-- with FOLDER -->     anywhere: the files of a folder of the repository lie where the examples run

Every `console` block is run through the command line in this process and every `python` block is executed, in the
order of the file and in a folder of its own; tests/docs holds the files to what comes out.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from karvan.cli import main as command

sys.path.insert(0, str(Path(__file__).parent))
from made import MADE

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "quote.png"
PICTURED = shlex.split(
    "quote \"Xi'an\" Constanța --ready 2025-03-03 --cargo 1x40HC --commodity 'household appliances' --tonnes 14"
)
_MADE_ELSEWHERE = ("lanes.md",)
_FENCE = re.compile(
    r"(?P<notes>(?:<!-- [^\n]* -->\n)*)```(?P<language>\w+)\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE
)
_WITH = re.compile(r"^<!-- with (\S+) -->$", re.MULTILINE)
_MADE = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def files() -> tuple[Path, ...]:
    """README.md and every page under docs but those that a test of their own makes."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return (ROOT / "README.md", *(p for p in pages if p.name not in _MADE_ELSEWHERE))


def made(text: str) -> str:
    """A page with everything that is made, made anew. Raises what an example raises."""
    text = _MADE.sub(lambda m: m.group(1) + MADE[m.group(2)]() + m.group(3), text)
    space: dict[str, Any] = {"__name__": "docs"}
    printed = ""
    parts, at = [], 0
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for needed in _WITH.finditer(text):
            shutil.copytree(ROOT / needed[1], folder, dirs_exist_ok=True)
        for block in _FENCE.finditer(text):
            notes, language, body = block["notes"], block["language"], block["body"]
            if _written(notes, body):
                printed = ""
            elif language == "python":
                printed = _executed(body, space)
            elif language == "console":
                body = _run(notes, body)
            elif "<!-- printed -->" in notes:
                body = printed
            parts += [text[at : block.start()], f"{notes}```{language}\n{body}```"]
            at = block.end()
    return "".join([*parts, text[at:]])


def _written(notes: str, body: str) -> bool:
    """Write a block with `<!-- file: PATH -->` to that file; whether it has one."""
    target = re.search(r"<!-- file: (\S+) -->", notes)
    if not target:
        return False
    path = Path(target.group(1))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body, encoding="utf-8")
    return True


def _executed(body: str, space: dict[str, Any]) -> str:
    """What a Python block prints."""
    out = io.StringIO()
    with redirect_stdout(out):
        exec(compile(body, "<block of a page>", "exec"), space)
    return out.getvalue()


def _run(notes: str, body: str) -> str:
    """A console block with the output of its commands. An output that the page leaves out stays out."""
    keep = re.search(r"<!-- first (\d+) lines -->", notes)
    code = re.search(r"<!-- exit (\d+) -->", notes)
    shown = []
    for asked, output in _commands(body):
        said, got = _said(asked)
        if got != (int(code.group(1)) if code else 0):
            raise AssertionError(f"{asked}\nends with exit code {got}:\n{said}")
        if not output:
            said = ""
        elif keep and said.count("\n") > int(keep.group(1)):
            said = "".join(said.splitlines(keepends=True)[: int(keep.group(1))]) + "...\n"
        shown.append(f"{asked}{said}")
    return "".join(shown)


def _commands(body: str) -> Iterator[tuple[str, str]]:
    """The commands of a console block as written, each with the output below it."""
    asked, output, goes_on = "", "", False
    for line in body.splitlines(keepends=True):
        if line.startswith("$ ") and not goes_on:
            if asked:
                yield asked, output
            asked, output, goes_on = line, "", line.endswith("\\\n")
        elif goes_on:
            asked, goes_on = asked + line, line.endswith("\\\n")
        else:
            output += line
    if asked:
        yield asked, output


def _said(asked: str) -> tuple[str, int]:
    """What a command prints, and its exit code."""
    name, *args = shlex.split(asked[2:].replace("\\\n", " "))
    if name != "karvan":
        raise AssertionError(f"{asked}\nis not a command that can be run here. Use an sh block for it.")
    out = io.StringIO()
    width = os.environ.pop("COLUMNS", None)
    try:
        with redirect_stdout(out), redirect_stderr(out):
            code = command(args)
    finally:
        if width is not None:
            os.environ["COLUMNS"] = width
    return out.getvalue(), code


def take_pictures() -> Iterator[Path]:
    """The page of the quote from Xi'an to Constanța with the first way by Aktau chosen, and the map of the atlas."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        with redirect_stdout(io.StringIO()):
            code = command([*PICTURED, "--html", "quote.html"]) or command(["atlas", "map", "--html", "atlas.html"])
        if code:
            raise SystemExit(code)
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            page = browser.new_page(viewport={"width": 1280, "height": 1120})
            page.goto(Path("quote.html").absolute().as_uri())
            page.get_by_role("row").filter(has_text="Aktau").first.get_by_role("radio").check()
            page.wait_for_timeout(500)
            page.evaluate("scrollTo(0, 0)")
            page.screenshot(path=PICTURE)
            yield PICTURE
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(f"{Path('atlas.html').absolute().as_uri()}?country=AM&by=status#rail-am-meghri-am-agarak")
            page.wait_for_selector("html[data-ready=yes]")
            page.wait_for_timeout(500)
            page.screenshot(path=PICTURE.with_name("atlas.png"))
            yield PICTURE.with_name("atlas.png")
            browser.close()


def main() -> None:
    """Renew the pages, and on demand the picture."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--picture", action="store_true", help="take the pictures in docs/images as well")
    given = options.parse_args()
    for path in files():
        before = path.read_text(encoding="utf-8")
        after = made(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)} renewed\n")
    if given.picture:
        for picture in take_pictures():
            sys.stdout.write(f"{picture.relative_to(ROOT)}: {picture.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
