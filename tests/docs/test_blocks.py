"""The documentation is held to the code: its examples are run, what it takes from the code is compared."""

from __future__ import annotations

import importlib.util
import re
import struct
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

from karvan.model.dataset import Dataset
from karvan.model.quote import Quote
from karvan.reports import dcsa
from karvan.schema import fields, tables
from karvan.tariffs.rules import RULES

ROOT = Path(__file__).parents[2]


def _make_docs() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "docs" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DOCS = _make_docs()
PAGES = [*DOCS.files(), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _without_digests(text: str) -> str:
    """A digest changes with every byte of the atlas and says nothing to a reader."""
    return re.sub(r"\b(?=[a-f]*\d)[0-9a-f]{8,64}\b", "#", text)


@pytest.mark.parametrize("path", DOCS.files(), ids=lambda p: p.stem)
def test_examples_run_and_print_what_the_page_says(path: Path) -> None:
    """If this fails after a change of code or data: python docs/make_docs.py, and read what it changed."""
    before = _text(path)
    assert _without_digests(DOCS.made(before)) == _without_digests(before), "run: python docs/make_docs.py"


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_links_inside_the_repository_lead_somewhere(path: Path) -> None:
    """Files exist and so do the headings that are linked to."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", _text(path)):
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        assert there.exists(), target
        if anchor:
            assert anchor in _anchors(_text(there)), target


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.NAME)
def test_every_rule_has_an_entry_with_its_parameters(rule: ModuleType) -> None:
    """docs/tariffs.md has a heading that is the name, and under it every parameter."""
    _, found, entry = _text(ROOT / "docs" / "tariffs.md").partition(f"\n### {rule.NAME}\n")
    assert found
    entry = entry.partition("\n### ")[0].partition("\n## ")[0]
    assert [p for p in rule.PARAMS if f"`{p}" not in entry] == []
    assert "```python" in entry


def test_every_key_of_the_answer_is_explained(lanes: dict[str, Quote], atlas: Dataset) -> None:
    """docs/json.md names each key of the JSON in backticks."""
    keys = set().union(*(_keys(dcsa.render(q, atlas)) for q in lanes.values()))
    grades = set(next(f.enum for f in fields("rates") if f.name == "grade"))
    text = _text(ROOT / "docs" / "json.md")
    assert sorted(k for k in keys - grades if f"`{k}`" not in text) == []


def test_every_unit_of_the_schema_is_explained() -> None:
    """docs/units.md has each in backticks, and every unit of a rate too."""
    units = {f.unit for t in tables() for f in fields(t) if f.unit}
    units |= set(next(f.enum for f in fields("rates") if f.name == "unit"))
    text = _text(ROOT / "docs" / "units.md")
    assert sorted(u for u in units if f"`{u}`" not in text) == []


def test_words_that_are_choices_in_the_tables_are_in_the_glossary() -> None:
    """Kinds of service and operation, rules of departure, grades, effects, forms, traffic."""
    wanted = {
        choice
        for table, column in (
            ("services", "kind"),
            ("services", "rule"),
            ("operations", "kind"),
            ("rates", "grade"),
            ("rates", "traffic"),
            ("rates", "form"),
            ("restrictions", "effect"),
        )
        for choice in next(f.enum for f in fields(table) if f.name == column)
    }
    text = _text(ROOT / "docs" / "glossary.md")
    assert sorted(w for w in wanted - {"*"} if f"`{w}`" not in text) == []


def test_the_source_tree_of_the_readme_is_the_source_tree() -> None:
    """Each package of src/karvan has its line."""
    packages = {p.parent.name for p in (ROOT / "src" / "karvan").glob("*/__init__.py")}
    text = _text(ROOT / "README.md")
    assert sorted(p for p in packages if f"  {p}/ " not in text) == []


def test_commands_of_make_exist() -> None:
    """A page names no target that the Makefile lacks."""
    targets = set(re.findall(r"^([a-z]+):", _text(ROOT / "Makefile"), re.MULTILINE))
    named = {m for path in PAGES for m in re.findall(r"(?:^|`)make ([a-z]+)", _text(path), re.MULTILINE)}
    assert named
    assert named <= targets


def test_the_picture_of_a_result_is_a_small_png() -> None:
    """Under 300 kB, as wide as a page."""
    picture = (ROOT / "docs" / "images" / "quote.png").read_bytes()
    assert len(picture) < 300_000
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    assert (width, height) >= (1000, 600)


def test_the_drawing_is_well_formed_and_loads_nothing() -> None:
    """An SVG that any viewer shows, with a title for those who cannot see it."""
    root = ET.parse(ROOT / "docs" / "images" / "virtual-network.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert not [e for e in root.iter() for a in e.attrib if a.endswith("href")]


def _keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(_keys, value.values()))
    if isinstance(value, list):
        return set().union(*map(_keys, value))
    return set()


def _anchors(text: str) -> set[str]:
    """Anchors of headings as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in heads}
