"""GMNS networks to assign demand to: what columns mean, every fault with its line, and round trips."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from drawn_networks import content, matrices, networks, pairs
from karvan.errors import DataError
from karvan.formats import gmns_network, tntp
from karvan.formats.assignment import Matrix, Network, joined
from karvan.model.problem import BPR, CONSTANT, QUEUE

SIOUX_FALLS = Path(__file__).parents[1] / "golden" / "siouxfalls"
NODE = "node_id,x_coord,y_coord,node_type,zone_id\n1,0,0,centroid,101\n2,1,0,,\n3,1,1,,102\n"
LINK = (
    "link_id,from_node_id,to_node_id,directed,length,free_speed,capacity,lanes,allowed_uses,facility_type,toll\n"
    "10,1,2,true,1.5,60,1000,2,,primary,0.5\n"
    "11,2,3,false,2,30,800,1,,secondary,\n"
    "12,1,3,1,9,90,,,,,\n"
)
DEMAND = "o_zone_id,d_zone_id,volume\n101,102,500\n102,101,0\n"


def folder(at: Path, node: str = NODE, link: str = LINK, demand: str = DEMAND, config: str = "") -> Path:
    for name, text in (("node", node), ("link", link), ("demand", demand), ("config", config)):
        if text:
            (at / f"{name}.csv").write_text(text, encoding="utf-8")
    return at


def test_lengths_speeds_lanes_and_directions_become_links(tmp_path: Path) -> None:
    """Minutes of km at km/h; capacity a lane; an undirected link is two; without a capacity time is constant."""
    read = gmns_network.read(folder(tmp_path))
    links, d = read.problem.links, read.problem.links.delays
    assert [read.network.link(a) for a in range(4)] == ["10", "11", "12", "11 back"]
    assert (links.tail.tolist(), links.head.tolist()) == ([0, 1, 0, 2], [1, 2, 2, 1])
    assert d.free_time.tolist() == [1.5, 4, 6, 4]
    assert d.kind.tolist() == [BPR, BPR, CONSTANT, BPR]
    assert d.capacity[[0, 1, 3]].tolist() == [2000, 800, 800]
    assert (d.b[0], d.power[0]) == (0.15, 4)
    assert links.through.tolist() == [False, True, True]
    assert read.network.zones.tolist() == [101, 102]
    assert read.problem.classes[0].demand.origin.tolist() == [0]
    assert read.link_name(3) == "link.csv, line 3: link 11 back"
    assert read.demand_name(0, 0) == "demand.csv, line 2: 101 to 102"


def test_units_are_those_of_the_config(tmp_path: Path) -> None:
    """Miles at miles an hour take the same minutes; lengths are kept in km."""
    read = gmns_network.read_network(folder(tmp_path, config="long_length,speed\nmile,mph\n"))
    assert read.links.delays.free_time.tolist() == pytest.approx([1.5, 4, 6, 4])
    assert read.length[0] == pytest.approx(1.5 * 1.609344)
    read = gmns_network.read_network(folder(tmp_path, config="long_length,speed\nm,km/h\n"))
    assert read.links.delays.free_time[0] == pytest.approx(0.0015)


@pytest.mark.parametrize(
    ("columns", "cells", "expected"),
    [
        ("vdf_fftt,vdf_alpha,vdf_beta", "7,0.5,2", (BPR, 7, 2000, 0.5, 2)),
        ("VDF_fftt1,VDF_alpha1,VDF_beta1,VDF_cap1", "7,0.5,2,900", (BPR, 7, 900, 0.5, 2)),
        ("vdf_length_mi,vdf_free_speed_mph", "3,60", (BPR, 3, 2000, 0.15, 4)),
        ("vdf_fftt,vdf_alpha,vdf_beta", "7,0.5,0", (CONSTANT, 10.5, 2000, 0.5, 0)),
        ("vdf_fftt,vdf_alpha", "7,0", (CONSTANT, 7, 2000, 0, 4)),
        ("departures", "0.25", (QUEUE, 1.5, 2000, 0.15, 4)),
    ],
    ids=["plain", "path4gmns", "taplite", "power of 0", "b of 0", "queue"],
)
def test_delay_functions_by_the_names_that_programs_give_them(
    columns: str, cells: str, expected: tuple[float, ...], tmp_path: Path
) -> None:
    """Their columns win over length and speed."""
    head, row, *_ = LINK.splitlines()
    d = gmns_network.read_network(folder(tmp_path, link=f"{head},{columns}\n{row},{cells}\n")).links.delays
    assert (d.kind[0], d.free_time[0], d.capacity[0], d.b[0], d.power[0]) == expected


def test_tolls_and_lengths_cost_what_their_weights_say(tmp_path: Path) -> None:
    """Each in both directions."""
    fixed = gmns_network.read(folder(tmp_path), toll_weight=2, distance_weight=10).problem.classes[0].fixed_cost
    assert fixed is not None
    assert fixed.tolist() == [16, 20, 90, 20]


def test_a_class_goes_where_links_name_it_or_nobody(tmp_path: Path) -> None:
    """Words with ; or commas; a class that no link names goes everywhere."""
    link = LINK.replace("1000,2,,", '1000,2,"walk, auto",').replace("800,1,,", "800,1,walk;bike,")
    network = gmns_network.read_network(folder(tmp_path, link=link))
    demand = gmns_network.read_demand(tmp_path / "demand.csv")
    classes = joined(network, [demand, gmns_network.read_demand(tmp_path / "demand.csv", "train")]).problem.classes
    assert classes[0].name == "auto"
    assert classes[0].allowed is not None
    assert classes[0].allowed.tolist() == [True, False, True, False]
    assert classes[1].allowed is None


def test_a_zone_of_several_nodes_gets_one_of_its_own(tmp_path: Path) -> None:
    """Joined to each of them at no cost, in both directions; written and read it is the same."""
    read = gmns_network.read(folder(tmp_path, NODE.replace("2,1,0,,", "2,1,0,,102")))
    links, network = read.problem.links, read.network
    assert (links.ids.tolist(), links.through.tolist()) == ([1, 2, 3, 4], [False, True, True, False])
    assert (network.zones.tolist(), network.at.tolist()) == ([101, 102], [0, 3])
    joins = [network.link(a) for a in range(4, 8)]
    assert joins == ["zone 102 to 2", "zone 102 to 3", "2 to zone 102", "3 to zone 102"]
    assert (links.tail[4:].tolist(), links.head[4:].tolist()) == ([3, 3, 1, 2], [1, 2, 3, 3])
    assert links.delays.free_time[4:].tolist() == [0] * 4
    gmns_network.write(tmp_path / "out", network)
    assert content(gmns_network.read_network(tmp_path / "out")) == content(network)


def test_node_ids_may_be_words_and_zones_in_the_billions(tmp_path: Path) -> None:
    """Links are then named by the words."""
    node = "node_id,zone_id\nwest,4000000001\nmid,0\neast,9000000000000\n"
    link = "link_id,from_node_id,to_node_id,vdf_fftt\na,west,mid,1\nb,mid,east,1\n"
    read = gmns_network.read(folder(tmp_path, node, link, "o_zone_id,d_zone_id,volume\n4000000001,9000000000000,2\n"))
    assert [read.network.node(i) for i in range(3)] == ["west", "mid", "east"]
    assert read.problem.links.ids.tolist() == [1, 2, 3]
    assert read.network.at.tolist() == [0, 2]


FAULTS = [
    ("node", "3,1,1,,102", "2,1,1,,102", "node.csv, line 4: node_id: '2' stands in line 3 too"),
    ("node", "3,1,1,,102", "3,1,1,,KZ", "node.csv, line 4: zone_id: 'KZ' is not a whole number"),
    ("node", "2,1,0,,", "2,east,0,,", "node.csv, line 3: x_coord: 'east' is not a number"),
    ("node", "2,1,0,,", "2,1,0,", "node.csv, line 3: 4 cells where the header has 5"),
    ("node", "zone_id", "zone", "node.csv, line 1: column 'zone_id' is missing"),
    ("link", "11,2,3", "10,2,3", "link.csv, line 3: link_id: '10' stands in line 2 too"),
    ("link", "11,2,3", "11,2,9", "link.csv, line 3: to_node_id: '9' is not in node.csv"),
    ("link", "11,2,3", "11,,3", "link.csv, line 3: from_node_id: '' is not in node.csv"),
    ("link", "2,30,800", "two,30,800", "link.csv, line 3: length: 'two' is not a number"),
    ("link", "2,30,800", "-2,30,800", "link.csv, line 3: length: '-2' is not at least 0"),
    ("link", "2,30,800", "2,0,800", "link.csv, line 3: free_speed: '0' is not above 0"),
    ("link", "2,30,800", "2,,800", "link.csv, line 3: vdf_fftt: is missing, and so are length and free_speed"),
    ("link", "2,30,800", "2,30,-800", "link.csv, line 3: capacity: '-800' is not above 0"),
    ("link", "2,30,800", "2,30,1e999", "link.csv, line 3: capacity: '1e999' is not a number"),
    ("link", "2,30,800", "2,30,1_000", "link.csv, line 3: capacity: '1_000' is not a number"),
    ("link", "1000,2,", "1000,0,", "link.csv, line 2: lanes: '0' is not above 0"),
    ("link", "length", "link_id", "link.csv, line 1: column 'link_id' stands there 2 times"),
    ("demand", "101,102,500", "101,102,many", "demand.csv, line 2: volume: 'many' is not a number"),
    ("demand", "101,102,500", "101,102,-5", "demand.csv, line 2: volume: '-5' is not at least 0"),
    ("demand", "101,102,500", "A,102,500", "demand.csv, line 2: o_zone_id: 'A' is not a whole number"),
    ("demand", "101,102,500", "101,103,500", "demand.csv, line 2: demand to zone 103, which is not in"),
    ("demand", "volume", "trips", "demand.csv, line 1: column 'volume' is missing"),
    ("config", "km", "verst", "config.csv, long_length = 'verst': is no unit that is known"),
]


@pytest.mark.parametrize(("table", "old", "new", "fault"), FAULTS, ids=[f[:60] for *_, f in FAULTS])
def test_every_fault_is_named_with_its_line(table: str, old: str, new: str, fault: str, tmp_path: Path) -> None:
    """Among those that follow from it."""
    texts = {"node": NODE, "link": LINK, "demand": DEMAND, "config": "long_length,speed\nkm,\n"}
    assert old in texts[table]
    with pytest.raises(DataError) as caught:
        gmns_network.read(folder(tmp_path, **{**texts, table: texts[table].replace(old, new, 1)}))
    assert [p for p in caught.value.problems if p.startswith(fault)], caught.value.problems


def test_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """One run shows all there is to mend."""
    link = LINK.replace("2,30,800", "x,y,z")
    at = folder(tmp_path, NODE.replace("2,1,0", "2,x,0"), link, DEMAND.replace("500", "x"), "long_length\nverst\n")
    with pytest.raises(DataError) as caught:
        gmns_network.read(at)
    assert [p.split(":")[0] for p in caught.value.problems] == [
        "config.csv, long_length = 'verst'",
        "node.csv, line 3",
        *["link.csv, line 3"] * 4,
        "demand.csv, line 2",
    ]


@pytest.mark.parametrize("name", ["node.csv", "link.csv", "demand.csv"])
@pytest.mark.parametrize("content_", [None, b"", b"\x00\xff"], ids=["missing", "empty", "binary"])
def test_files_that_cannot_be_read_are_named(name: str, content_: bytes | None, tmp_path: Path) -> None:
    """Missing, empty or binary."""
    folder(tmp_path)
    (tmp_path / name).unlink()
    if content_ is not None:
        (tmp_path / name).write_bytes(content_)
    with pytest.raises(DataError, match=rf"{name}: (the file is missing|is empty|cannot be read)"):
        gmns_network.read(tmp_path)


def test_a_network_without_zones_is_refused(tmp_path: Path) -> None:
    """Demand needs somewhere to begin."""
    with pytest.raises(DataError, match=r"node\.csv: no node has a zone_id"):
        gmns_network.read_network(folder(tmp_path, NODE.replace("101", "").replace("102", "-1")))


@given(networks(kinds=(CONSTANT, BPR, QUEUE), ids=True))
def test_a_network_that_was_written_reads_equal(tmp_path_factory: pytest.TempPathFactory, drawn: Network) -> None:
    """Queues and capacities that bind as well, every number to its last bit, and once more the same."""
    at = tmp_path_factory.getbasetemp() / "drawn"
    gmns_network.write(at, drawn)
    read = gmns_network.read_network(at)
    assert content(read) == content(drawn)
    gmns_network.write(at, read)
    assert content(gmns_network.read_network(at)) == content(drawn)


@given(matrices((1, 17, 4_000_000_001)))
def test_demand_that_was_written_reads_equal(tmp_path_factory: pytest.TempPathFactory, drawn: Matrix) -> None:
    """In the order in which it was."""
    at = tmp_path_factory.getbasetemp() / "drawn"
    read = tntp.read_network(SIOUX_FALLS / "SiouxFalls_net.tntp")
    gmns_network.write(at, read, [drawn])
    assert pairs(gmns_network.read_demand(at / "demand.csv")) == pairs(drawn)


def test_demand_of_several_classes_is_a_file_a_class(tmp_path: Path) -> None:
    """Written and read by the names of the classes, with the faults of all."""
    read = gmns_network.read(folder(tmp_path))
    lorries = gmns_network.read_demand(tmp_path / "demand.csv", "lorries")
    gmns_network.write(tmp_path / "out", read.network, [read.matrices[0], lorries])
    again = gmns_network.read_demands(tmp_path / "out")
    assert [(m.name, pairs(m)) for m in again] == [("auto", [(101, 102, 500)]), ("lorries", [(101, 102, 500)])]
    for name in ("auto", "lorries"):
        (tmp_path / "out" / f"demand_{name}.csv").write_text(DEMAND.replace("500", "x"))
    with pytest.raises(DataError) as caught:
        gmns_network.read_demands(tmp_path / "out")
    assert [p.split(":")[0] for p in caught.value.problems] == ["demand_auto.csv, line 2", "demand_lorries.csv, line 2"]


def test_a_foreign_network_is_written_with_all_that_was_read(tmp_path: Path) -> None:
    """Each direction has its row; what the links carry stands beside."""
    (tmp_path / "in").mkdir()
    link = LINK.replace("800,1,,", "800,1,auto;bike,")
    read = gmns_network.read(folder(tmp_path / "in", link=link))
    gmns_network.write(tmp_path / "out", read.network, read.matrices)
    again = gmns_network.read(tmp_path / "out")
    assert content(again.network) == content(read.network)
    assert again.network.names is not None
    assert again.network.names.tolist() == ["10", "11", "12", "11 back"]
    assert again.network.uses is not None
    assert again.network.uses.tolist() == ["", "auto;bike", "", "auto;bike"]
    text = gmns_network.performance(read.network, {"volume": np.array([1.0, 2.5, 0.0, np.inf])})
    assert list(csv.reader(text.splitlines())) == [
        ["link_id", "from_node_id", "to_node_id", "volume"],
        ["10", "1", "2", "1"],
        ["11", "2", "3", "2.5"],
        ["12", "1", "3", "0"],
        ["11 back", "3", "2", ""],
    ]


def test_a_tntp_network_goes_through_gmns_unchanged(tmp_path: Path) -> None:
    """Sioux Falls in and out of both formats."""
    read = tntp.read(SIOUX_FALLS / "SiouxFalls_net.tntp", SIOUX_FALLS / "SiouxFalls_trips.tntp")
    gmns_network.write(tmp_path / "out", read.network, read.matrices)
    again = gmns_network.read(tmp_path / "out")
    assert content(again.network) == content(read.network)
    assert pairs(again.matrices[0]) == pairs(read.matrices[0])
