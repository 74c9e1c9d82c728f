"""Trade statistics in the published layouts of BACI and Comtrade, and what becomes of them as demand."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from karvan.atlas import load
from karvan.atlas.trade import demand_rows, segment_of, take
from karvan.cli import main
from karvan.errors import DataError
from karvan.formats import trade
from karvan.formats.trade import Trade
from karvan.model.demand import Country, Segment
from world_rows import SOURCED
from worlds import drawn

# The header and rows of CEPII's documentation: t year, i exporter, j importer, k HS6, v thousand USD, q tonnes.
BACI = """t,i,j,k,v,q
2019,156,398,010121,12.5,3.25
2019,156,398,720211,5,NA
2020,842,156,720211,1,0.5
"""
COMTRADE = """refYear,reporterCode,flowCode,partnerCode,partner2Code,cmdCode,customsCode,motCode,netWgt,primaryValue
2019,398,M,156,0,TOTAL,C00,0,9000,100
2019,398,M,156,0,7202,C00,0,5000,60
2019,398,M,156,0,720211,C00,0,4000,50
2019,398,M,156,0,720211,C00,2100,4000,50
2019,398,X,156,0,720211,C00,0,700,7
2019,398,M,0,0,720211,C00,0,4000,50
2019,398,M,156,0,720219,C00,0,,20
"""
OLDER = """Year,Trade Flow Code,Reporter Code,Partner Code,Commodity Code,Netweight (kg),Trade Value (US$)
2018,1,31,398,100199,2500,600
2018,2,31,398,100199,99,1
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_baci_gives_tonnes_and_dollars_and_keeps_what_has_no_weight(tmp_path: Path) -> None:
    """Thousand dollars become dollars; NA is no zero."""
    found = list(trade.read(written(tmp_path / "BACI_HS17_Y2019.csv", BACI)))
    assert found[0] == Trade(2019, 156, 398, "010121", 3.25, 12500.0)
    assert found[1].tonnes is None
    assert [f.hs for f in found] == ["010121", "720211", "720211"]


def test_comtrade_counts_imports_once_and_only_at_the_deepest_level(tmp_path: Path) -> None:
    """Totals, shares by means of transport, exports and the world as partner would count the same goods again."""
    found = list(trade.read(written(tmp_path / "c.csv", COMTRADE)))
    assert found == [Trade(2019, 156, 398, "720211", 4.0, 50.0), Trade(2019, 156, 398, "720219", None, 20.0)]


def test_the_older_layout_of_comtrade_is_read_too(tmp_path: Path) -> None:
    """That of its bulk files until 2022."""
    assert list(trade.read(written(tmp_path / "c.csv", OLDER))) == [Trade(2018, 398, 31, "100199", 2.5, 600.0)]


def test_a_packed_file_is_read_as_it_is(tmp_path: Path) -> None:
    """A year of BACI is some hundred megabytes."""
    path = tmp_path / "b.csv.gz"
    path.write_bytes(gzip.compress(BACI.encode()))
    assert len(list(trade.read(path))) == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "is neither BACI"),
        ("", "is neither BACI"),
        ("t,i,j,k,v,q\n2019,156,398,010121,x,1\n", "line 2: cannot be read"),
        ("t,i,j,k,v,q\n2019,156,398,010121,1,-1\n", "'-1' is no quantity"),
        ("t,i,j,k,v,q\n2019,156\n", "line 2: cannot be read"),
    ],
    ids=["columns", "empty", "letters", "negative", "short"],
)
def test_a_file_of_another_kind_is_refused_with_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    """With the line, as a file that was cut in the download shows it."""
    with pytest.raises(DataError, match=said):
        list(trade.read(written(tmp_path / "x.csv", text)))


def segment(key: str, *hs: str, **changes: Any) -> Segment:
    given: dict[str, Any] = {"segment": key, "name": key, "commodities": ("goods",), "hs": hs, "form": "container",
                             "origins": ("*",), "destinations": ("*",), "profile": "flat", "background": False,
                             "description": key}  # fmt: skip
    return Segment(**SOURCED, **{**given, **changes})


def country(code: str, m49: int, node: str, baci: int | None = None) -> Country:
    return Country(**SOURCED, country=code, name=code, iso3=f"{code}X", m49=m49, baci=baci or m49, node=node)


def test_the_longest_prefix_open_to_the_pair_takes_a_product() -> None:
    """Of two that are as long the one that names the pair; the rest in general cargo."""
    found = [
        segment("general", "7", "84"),
        segment("metals", "72"),
        segment("ferro", "7202", destinations=("TR",)),
        segment("pair", "84", origins=("KZ",), destinations=("CN",)),
    ]
    asked = [
        ("720211", "KZ", "TR"),
        ("720211", "KZ", "CN"),
        ("720800", "KZ", "TR"),
        ("840000", "KZ", "TR"),
        ("840000", "KZ", "CN"),
        ("010101", "KZ", "TR"),
    ]
    assert [segment_of(found, *a) for a in asked] == ["ferro", "metals", "metals", "general", "pair", ""]


def test_what_is_taken_and_what_is_left_out_add_up() -> None:
    """Nothing is lost without being said."""
    data = drawn(
        "cn-a --rail:cn_rail:1435:100-- kz-b",
        countries=(country("CN", 156, "cn-a"), country("KZ", 398, "kz-b")),
        segments=(segment("all", "72"),),
    )
    flows = [
        Trade(2019, 156, 398, "720211", 4.0, 1.0),
        Trade(2019, 156, 398, "720219", 2.0, 1.0),
        Trade(2020, 156, 398, "720219", 9.0, 1.0),
        Trade(2019, 156, 398, "010101", 7.0, 1.0),
        Trade(2019, 156, 398, "720299", None, 5.0),
        Trade(2019, 156, 999, "720211", 8.0, 1.0),
    ]
    taken = take(data, flows, {2019})
    assert dict(taken.cells) == {("all", "cn-a", "kz-b", 2019): 6.0}
    assert (taken.rows, taken.elsewhere, taken.no_weight, taken.no_weight_usd) == (5, 1, 1, 5.0)
    assert dict(taken.no_segment) == {"01": 7.0}
    (row,) = demand_rows(taken, "import-baci", lambda year: date(year + 2, 1, 31))
    assert (row.tonnes, row.known_on, row.source) == (6.0, date(2021, 1, 31), "import-baci")


def test_an_imported_folder_is_used_by_every_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the download to the totals in two commands; the made-up tonnes stand in the table."""
    file = written(tmp_path / "BACI_HS17_Y1999.csv", "t,i,j,k,v,q\n1999,156,398,847130,12.5,123456\n")
    folder = tmp_path / "mine"
    assert main(["atlas", "demand", "import", str(file), "--to", str(folder)]) == 0
    assert "1 cells, 123,456 t, of 1 rows of BACI" in capsys.readouterr().out
    assert main(["--data", str(folder), "atlas", "demand", "totals"]) == 0
    table = capsys.readouterr().out
    assert "1999" in table
    assert " 123 " in table
    kept = {(c.segment, c.year) for c in load(folder).demand}
    assert kept >= {(c.segment, c.year) for c in load().demand}
    assert main(["atlas", "demand", "import", str(file), "--to", str(folder)]) == 2
    assert "--force" in capsys.readouterr().err


def test_each_pair_and_year_of_comtrade_has_a_deepest_level_of_its_own(tmp_path: Path) -> None:
    """A reporter that gives four digits is not dropped because another gives six."""
    rows = [("2019", "364", "1001"), ("2020", "364", "1001"), ("2020", "364", "100199"), ("2020", "31", "10")]
    text = "refYear,reporterCode,partnerCode,flowCode,cmdCode,netWgt,primaryValue\n"
    text += "".join(f"{year},{reporter},398,M,{hs},1000,5\n" for year, reporter, hs in rows)
    found = [(t.year, t.importer, t.hs) for t in trade.read(written(tmp_path / "c.csv", text))]
    assert found == [(2019, 364, "1001"), (2020, 364, "100199"), (2020, 31, "10")]


@pytest.mark.parametrize(
    "row", ["2019,398,364,100110,5.0", "9998,398,364,100110,5.0,10", f"2019,398,364,100110,5.0,{'9' * 200_000}"]
)
def test_a_row_that_is_cut_or_out_of_all_bounds_is_named(tmp_path: Path, row: str) -> None:
    """A download that broke off ends in the middle of a row, and nothing of it may be lost in silence."""
    with pytest.raises(DataError, match=r"line [12]: cannot be read"):
        list(trade.read(written(tmp_path / "b.csv", f"t,i,j,k,v,q\n{row}\n")))


def test_a_packed_file_that_broke_off_is_a_fault_and_a_file_is_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither is an interruption by the user, nor a crash."""
    whole = written(tmp_path / "c.csv", "t,i,j,k,v,q\n2019,398,364,100110,5.0,10\n")
    broken = tmp_path / "b.csv.gz"
    broken.write_bytes(gzip.compress(whole.read_bytes())[:30])
    assert main(["atlas", "demand", "import", str(broken), "--to", str(tmp_path / "x")]) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert main(["atlas", "demand", "import", str(whole), "--to", str(whole / "x")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_imported_cells_take_the_place_of_those_of_their_segment_and_year(tmp_path: Path) -> None:
    """Beside the estimates of the atlas they would count the same goods twice; other years stay."""
    cells = {(c.segment, c.year) for c in load().demand}
    segment, year = next((s, y) for s, y in sorted(cells) if y == 2019 and s == "cn-ca")
    file = written(tmp_path / "b.csv", f"t,i,j,k,v,q\n{year},156,398,847130,1,5000\n")
    folder = tmp_path / "mine"
    assert main(["atlas", "demand", "import", str(file), "--to", str(folder)]) == 0
    after = [c for c in load(folder).demand if c.segment == segment]
    assert [c.tonnes for c in after if c.year == year] == [5000.0]
    assert {c.year for c in after} == {c.year for c in load().demand if c.segment == segment}
