"""What the pages under docs take from the schema and the atlas, a function a block; see make_docs.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from karvan import atlas
from karvan.model.dataset import Dataset
from karvan.model.network import Link
from karvan.model.quote import Alternative
from karvan.model.tariff import Rate
from karvan.quotes.distances import distance_checks
from karvan.quotes.lanes import REFERENCE, Lane
from karvan.reports.grades import GRADES, shares
from karvan.schema import Field, describe, fields, key, primary_key, tables

_COMMON = ("source", "confidence", "known_on", "note")
_BETTER = ("published", "quoted", "inferred")  # than an analogy
# Keys of cited_distances: a route of each corridor.
ROUTES = (
    "dist-shanghai-rotterdam-suez", "dist-shanghai-rotterdam-cape", "dist-zhengzhou-hamburg", "utlc-dostyk-brest-5430",
    "xian-tashkent-saryagash", "altynkol-aktau-2024", "altynkol-bolashak-2022", "aktau-alat-508", "alat-border-430",
    "gardabani-poti-360", "gardabani-batumi-396", "btk-baku-kars-846", "kars-mersin-1258", "cd-uzen-gorgan-925",
    "cd-tehran-razi-border", "tbilisi-yerevan-365", "alat-julfa-409", "road-khorgos-aktau", "road-wewc-kz",
    "road-agarak-bavra-556",
)  # fmt: skip


def data_tables() -> str:
    """Every table with its columns."""
    parts = []
    for table in tables():
        key = " + ".join(f"`{k}`" for k in primary_key(table))
        parts.append(f"\n## {table}\n\n{describe(table)['description']} Key: {key}.\n\n")
        parts.append("| column | type | unit | required | meaning |\n|---|---|---|---|---|\n")
        shown = [f for f in fields(table) if table == "sources" or f.name not in _COMMON]
        parts += [f"| `{f.name}` | {_type(f)} | {f.unit} | {_required(f)} | {_meaning(f)} |\n" for f in shown]
    return "".join(parts) + "\n"


def common_columns() -> str:
    """The four columns that every table but sources has."""
    rows = [f for f in fields("nodes") if f.name in _COMMON]
    head = "\n| column | type | required | meaning |\n|---|---|---|---|\n"
    return head + "".join(f"| `{f.name}` | {_type(f)} | {_required(f)} | {_meaning(f)} |\n" for f in rows) + "\n"


def list_of_tables() -> str:
    """One line a table."""
    said = "".join(f"| [`{t}`](#{t}) | {describe(t)['description']} |\n" for t in tables())
    return f"\n| table | holds |\n|---|---|\n{said}\n"


def atlas_summary() -> str:
    """Rows of the larger tables, and how many of them are assumptions, both rounded so that they seldom change."""
    data = atlas.load()
    names = ("nodes", "links", "operations", "services", "closures", "restrictions", "rates", "sources")
    lines = []
    for name in names:
        rows = getattr(data, name)
        assumed = [r for r in rows if getattr(r, "source", "") == "assumption" and hasattr(r, "confidence")]
        share = f"{5 * round(20 * len(assumed) / len(rows))} %" if name != "sources" else ""
        lines.append(f"| `{name}` | about {_rounded(len(rows))} | {share} |\n")
    grades = ", ".join(f"{g} {round(100 * n / len(data.rates))} %" for g, n in _grades(data.rates))
    head = "\n| table | rows | rows without any source (assumptions) |\n|---|---|---|\n"
    return f"{head}{''.join(lines)}\nRates by grade: {grades}.\n\n"


def _grades(rates: tuple[Rate, ...]) -> list[tuple[str, int]]:
    field = next(f for f in fields("rates") if f.name == "grade")
    return [(g, sum(r.grade == g for r in rates)) for g in field.enum]


def _rounded(count: int) -> str:
    step = 100 if count >= 1000 else 10
    return f"{step * round(count / step):,}"


def _type(f: Field) -> str:
    if f.separator:
        return f"list, by `{f.separator}`"
    return "decimal" if f.exact else f.type


def _required(f: Field) -> str:
    return "yes" if f.required else ""


def _meaning(f: Field) -> str:
    said = f.description.replace("|", "\\|")
    choices = f.enum or f.items
    if choices:
        said += " One of " + ", ".join(f"`{c}`" for c in choices) + "."
    if f.minimum is not None and f.maximum is not None:
        said += f" From {f.minimum:g} to {f.maximum:g}."
    elif f.minimum is not None:
        said += f" At least {f.minimum:g}."
    if f.references:
        said += f" Refers to [`{f.references}`](#{f.references.partition('.')[0]})."
    return said


# --- What docs/atlas.md says of the atlas ---------------------------------------------------------------------------


def counts() -> str:
    """Rows of every table by confidence."""
    data = atlas.load()
    levels = next(f.enum for f in fields("nodes") if f.name == "confidence")
    head = f"\n| table | rows | {' | '.join(levels)} | without a source |\n|---|{'---|' * (len(levels) + 2)}\n"
    lines = []
    for table in tables():
        rows = getattr(data, table)
        if table == "sources" or not rows:
            lines.append(f"| [`{table}`](data.md#{table}) | {len(rows):,} |{' |' * (len(levels) + 1)}\n")
            continue
        shares = " | ".join(f"{sum(r.confidence == level for r in rows):,}" for level in levels)
        assumed = sum(r.source == "assumption" for r in rows) / len(rows)
        lines.append(f"| [`{table}`](data.md#{table}) | {len(rows):,} | {shares} | {assumed:.0%} |\n")
    return f"{head}{''.join(lines)}\n"


def grades() -> str:
    """How the dollars of the reference lanes are known: cheapest way, and mean of all ways shown."""
    data = atlas.load()
    columns = ["lane", "price USD", *GRADES, "better than analogy: cheapest / mean"]
    head = f"\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"
    return f"{head}{''.join(_lane(data, lane) for lane in REFERENCE)}\n"


def _lane(data: Dataset, lane: Lane) -> str:
    ways = lane.quote(data).alternatives
    first = min(ways, key=lambda w: w.price_usd)
    of = shares(first.bill.by_grade())
    cells = " | ".join(f"{of.get(g, 0.0):.0%}" for g in GRADES)
    price = f"{'' if first.complete else 'from '}{first.price_usd:,.0f}"
    better = f"{_better(first):.0%} / {sum(map(_better, ways)) / len(ways):.0%}"
    return f"| {lane.origin} - {lane.destination}, {lane.cargo} {lane.commodity} | {price} | {cells} | {better} |\n"


def _better(way: Alternative) -> float:
    of = shares(way.bill.by_grade())
    return sum(of.get(g, 0.0) for g in _BETTER)


def link_share() -> str:
    """Share of links whose length is an assumption."""
    links = atlas.load().links
    by_mode = {m: [k for k in links if k.mode == m] for m in dict.fromkeys(k.mode for k in links)}

    def assumed(of: Sequence[Link]) -> str:
        return f"{sum(k.confidence == 'assumption' for k in of) / len(of):.0%}"

    parts = ", ".join(f"{m} {assumed(of)}" for m, of in by_mode.items())
    return f"\nOf {len(links):,} links {assumed(links)} are assumptions in their length ({parts}).\n\n"


def named_distances() -> str:
    """Twenty routes against cited distances."""
    data = atlas.load()
    names = {n.node: n.name for n in data.nodes}
    checked = {c.cited.observation: c for c in distance_checks(data)}
    head = "\n| route | by | cited km | ours km | error | input |\n|---|---|---|---|---|---|\n"
    lines = []
    for row in ROUTES:
        c = checked[row]
        ours = "" if c.length_km is None or c.error is None else f"{c.length_km:,.0f} | {c.error:+.1%}"
        via = f" by {', '.join(names[v] for v in c.cited.via)}" if c.cited.via else ""
        said = "yes" if c.cited.note.startswith("Input") else ""
        lines.append(f"| {names[c.cited.from_node]} - {names[c.cited.to_node]}{via} | {c.cited.mode or 'all'} | "
                     f"{c.cited.length_km:,.0f} | {ours} | {said} |\n")  # fmt: skip
    return f"{head}{''.join(lines)}\n"


def contested() -> str:
    """Places and links about which something is contested."""
    data = atlas.load()
    said: dict[str, list[str]] = {}
    for table in ("nodes", "links"):
        for row in getattr(data, table):
            if row.contested:
                said.setdefault(row.contested, []).append(f"`{key(table, row)}`")
    lines = "".join(f"- {text} ({', '.join(keys)})\n" for text, keys in said.items())
    return f"\n{lines}\n"


MADE: dict[str, Callable[[], str]] = {
    "tables": data_tables,
    "common": common_columns,
    "contents": list_of_tables,
    "atlas": atlas_summary,
    "counts": counts,
    "grades": grades,
    "links": link_share,
    "distances": named_distances,
    "contested": contested,
}
