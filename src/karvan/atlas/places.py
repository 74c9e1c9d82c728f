"""A place by any of its names: English or local spelling, any script, UN/LOCODE or key."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from karvan.errors import UnknownPlace
from karvan.model.dataset import Dataset
from karvan.model.network import Node

_CANDIDATES = 5
_APOSTROPHES = str.maketrans("", "", "'’‘`´ʻʼ.")


def find_place(dataset: Dataset, name: str) -> Node:
    """The node that goes by a name.

    Raises UnknownPlace, with the nearest names, if there is none or if several share it.
    """
    wanted = folded(name)
    if not wanted:
        raise UnknownPlace("No place was named. Name one, as in Aktau or KZAAU.")
    names = _names(dataset)
    found = names.get(wanted, ())
    if len(found) == 1:
        return found[0]
    if found:
        choices = [f"{n.name} ({n.country}): {n.node}" for n in found]
        raise UnknownPlace(f"'{name}' could be {'; '.join(choices)}. Use one of these keys.", choices)
    near = get_close_matches(wanted, names, _CANDIDATES, 0.6)
    choices = list(dict.fromkeys(f"{n.name} ({n.country}): {n.node}" for key in near for n in names[key]))[:_CANDIDATES]
    hint = (
        f"Did you mean {'; '.join(choices)}?" if choices else "Use another spelling, a UN/LOCODE or a key of nodes.csv."
    )
    raise UnknownPlace(f"No place goes by '{name}'. {hint}", choices)


def places_named(dataset: Dataset, name: str) -> tuple[Node, ...]:
    """Every node that goes by a name; none is no error."""
    return _names(dataset).get(folded(name), ())


def folded(name: str) -> str:
    """A name without case, accents, apostrophes and doubled spaces, so that Xi'an is xian and Ürümqi is urumqi."""
    text = (
        name.translate(_APOSTROPHES).casefold().replace("ı", "i").replace("ə", "a").replace("ł", "l").replace("ø", "o")
    )
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.replace("-", " ").replace("_", " ").split())


@lru_cache(maxsize=8)
def _names(dataset: Dataset) -> Mapping[str, tuple[Node, ...]]:
    """Nodes by folded name. A node's own name comes before another's second name."""
    first: dict[str, list[Node]] = defaultdict(list)
    second: dict[str, list[Node]] = defaultdict(list)
    for node in dataset.nodes:
        if node.kind == "waypoint":
            continue
        for name in {folded(node.name), folded(node.node), folded(node.unlocode)} - {""}:
            first[name].append(node)
        # A name with a remark, as in Istanbul (Halkali), is found without it where the place handles cargo.
        plain = (node.name.partition("(")[0],) if node.handles else ()
        for name in {folded(n) for n in (*node.also_known_as, *plain)} - {""}:
            second[name].append(node)
    return {name: tuple(first.get(name) or second[name]) for name in {**second, **first}}
