"""TNTP: what is read of files as they are found, every fault with its line, and round trips."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn_networks import ABOVE, content, matrices, networks, pairs
from karvan.errors import DataError, InputError
from karvan.formats import tntp
from karvan.formats.assignment import Matrix, Network
from karvan.model.problem import BPR, CONSTANT, QUEUE, Links

SIOUX_FALLS = Path(__file__).parents[1] / "golden" / "siouxfalls"
NET = """<NUMBER OF ZONES> 2
<NUMBER OF NODES> 4
<FIRST THRU NODE> 3
<NUMBER OF LINKS> 5
<ORIGINAL HEADER>~ Init node Term node Capacity
<END OF METADATA>


~\tinit_node\tterm_node\tcapacity\tlength\tfree_flow_time\tb\tpower\tspeed\ttoll\tlink_type\t;
\t1\t3\t1\t100\t0.00000001\t1000000000\t1\t0\t0\t1\t;
\t1\t4\t1\t100\t50\t0.02\t1\t0\t2\t1\t;
\t3\t2\t1\t100\t50\t0.02\t1\t0\t0\t1\t;
\t3\t4\t1\t100\t10\t0.1\t1\t0\t0\t1\t;
\t4\t2\t1\t100\t0.00000001\t1000000000\t1\t0\t0\t1;
"""
TRIPS = """<NUMBER OF ZONES> 2
<TOTAL OD FLOW>   6.0
<END OF METADATA>

Origin \t1
    1 :      0.0;     2 :     6.0;
"""
FLOW = "From \tTo \tVolume \tCost \n1 \t3 \t4 \t40.5 \n3 \t2 \t4 \t54 \n"


def network(folder: Path, text: str | bytes = NET) -> Network:
    path = folder / "x_net.tntp"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return tntp.read_network(path)


def trips(folder: Path, text: str | bytes = TRIPS) -> Matrix:
    path = folder / "x_trips.tntp"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return tntp.read_trips(path)


def test_sioux_falls_has_the_published_figures() -> None:
    """24 zones that may be passed, 76 links, 528 pairs with 360,600 trips."""
    read = tntp.read(SIOUX_FALLS / "SiouxFalls_net.tntp", SIOUX_FALLS / "SiouxFalls_trips.tntp")
    links, (user,) = read.problem.links, read.problem.classes
    assert (read.network.zones.shape[0], links.ids.shape[0], links.count) == (24, 24, 76)
    assert links.through.all()
    assert (links.delays.kind == BPR).all()
    assert (user.demand.volume.shape[0], user.demand.volume.sum(), read.within) == (528, 360_600, 0)
    assert user.fixed_cost is None
    assert read.link_name(0) == "SiouxFalls_net.tntp, line 10: link 1-2"
    assert read.demand_name(0, 0) == "SiouxFalls_trips.tntp, line 7: 1 to 2"
    flows = tntp.read_flow(SIOUX_FALLS / "SiouxFalls_flow.tntp")
    assert flows.volume.sum() == pytest.approx(877_603.1, abs=0.1)
    assert (flows.tail[:2].tolist(), flows.head[:2].tolist(), flows.lines[:2].tolist()) == ([1, 1], [2, 3], [2, 3])


def test_a_zone_below_the_first_through_node_cannot_be_passed(tmp_path: Path) -> None:
    """FIRST THRU NODE is 3 of 4; without it every node can be passed."""
    assert network(tmp_path).links.through.tolist() == [False, False, True, True]
    assert network(tmp_path, NET.replace("<FIRST THRU NODE> 3\n", "")).links.through.all()


@pytest.mark.parametrize(
    "text",
    [
        NET.replace(";", ""),
        NET.replace("\t", "  "),
        NET.replace("\n", "\r\n"),
        NET.replace("\t3\t4\t1", "\n~ a comment\n\t3\t4\t1"),
        NET.replace("\t;\n", "\t; ~ said\n"),
        NET.replace("~\tinit_node", "~ tail head\n~\tinit_node"),
        "\n".join(line for line in NET.split("\n") if not line.startswith("~")),
    ],
    ids=["no ;", "spaces", "crlf", "comment", "comment behind", "another comment", "no header"],
)
def test_files_come_in_many_shapes(text: str, tmp_path: Path) -> None:
    """Semicolons, tabs, blank lines and comments are as they like."""
    assert content(network(tmp_path, text)) == content(network(tmp_path))


def test_columns_that_are_not_needed_may_be_missing_and_others_in_any_order(tmp_path: Path) -> None:
    """The comment that names init_node and term_node says the order."""
    rows = "2 1 7 0.5 4 3.5\n1 2 8 0.15 4 2.5\n"
    head = "<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 2\n<NUMBER OF LINKS> 2\n<END OF METADATA>\n"
    read = network(tmp_path, f"{head}~ to from capacity b power fft ;\n{rows}")
    d = read.links.delays
    assert (read.links.tail.tolist(), read.links.head.tolist()) == ([0, 1], [1, 0])
    assert (d.capacity.tolist(), d.b.tolist(), d.free_time.tolist()) == ([7, 8], [0.5, 0.15], [3.5, 2.5])
    assert (read.length.tolist(), read.toll.tolist()) == ([0, 0], [0, 0])
    comments = (
        "~ links from A to B are new\n~ Term node\tInit node\tCapacity (veh/h)\tB\tPower\tFree Flow Time (min)\t;"
    )
    assert content(network(tmp_path, f"{head}{comments}\n{rows}")) == content(read)


def test_rows_may_end_at_different_columns_behind_those_that_are_needed(tmp_path: Path) -> None:
    """Speed, toll and type default to 0."""
    read = network(tmp_path, NET.replace("0.02\t1\t0\t2\t1\t;", "0.02\t1;"))
    assert read.toll.tolist() == [0] * 5
    assert read.kind.tolist() == ["1", "0", "1", "1", "1"]


def test_a_power_of_0_is_a_delay_that_no_load_changes(tmp_path: Path) -> None:
    """Its time has b in it; with b of 0 it has not; a capacity of 0 is then no fault."""
    text = NET.replace("50\t0.02\t1\t0\t2", "50\t0.02\t0\t0\t2").replace(
        "3\t2\t1\t100\t50\t0.02", "3\t2\t0\t100\t50\t0"
    )
    d = network(tmp_path, text).links.delays
    assert (d.kind[1:3].tolist(), d.free_time[1:3].tolist()) == ([CONSTANT, CONSTANT], [51, 50])


def test_tolls_and_lengths_cost_what_their_weights_say(tmp_path: Path) -> None:
    """Cost is time + weight * toll + weight * length."""
    network(tmp_path)
    trips(tmp_path)
    read = tntp.read(tmp_path / "x_net.tntp", tmp_path / "x_trips.tntp", toll_weight=3, distance_weight=0.5)
    fixed = read.problem.classes[0].fixed_cost
    assert fixed is not None
    assert fixed.tolist() == [50, 56, 50, 50, 50]


def test_nodes_may_have_ids_in_the_billions(tmp_path: Path) -> None:
    """As many as NUMBER OF NODES says; zones are the first of them."""
    text = "<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 2\n<NUMBER OF LINKS> 1\n<END OF METADATA>\n"
    network(tmp_path, f"{text}4000000001 9007199254740991 1 0 1 0 0 ;")
    trips(tmp_path, "Origin 4000000001\n9007199254740991 : 1;")
    read = tntp.read(tmp_path / "x_net.tntp", tmp_path / "x_trips.tntp")
    assert read.problem.links.ids.tolist() == [4000000001, 9007199254740991]
    assert read.demand_name(0, 0).endswith(": 4000000001 to 9007199254740991")


@pytest.mark.parametrize(
    "items",
    ["1:0;2:6;", "2 : 6", "2\n:\n6\n;\n", "1 : 0.0;\n2 :\n 6.0;", " 2 :6.; ~ last\n", "2:6;;", "2 : +.6e1 ;"],
    ids=repr,
)
def test_items_may_run_over_lines(items: str, tmp_path: Path) -> None:
    """Any white space is as good as any other, and the last ; may be missing; zeros are left out."""
    assert pairs(trips(tmp_path, f"<TOTAL OD FLOW> 6\nOrigin 1\n{items}")) == [(1, 2, 6.0)]


def test_demand_within_a_zone_takes_no_link(tmp_path: Path) -> None:
    """It is counted apart."""
    network(tmp_path)
    trips(tmp_path, "Origin 1\n1 : 5; 2 : 6;")
    read = tntp.read(tmp_path / "x_net.tntp", tmp_path / "x_trips.tntp")
    assert (read.within, read.problem.classes[0].demand.volume.tolist(), read.entries[0].tolist()) == (5, [6], [1])


NET_FAULTS = [
    ("50\t0.02\t1\t0\t2", "fifty\t0.02\t1\t0\t2", "line 11: free_flow_time: 'fifty' is not a number"),
    ("50\t0.02\t1\t0\t2", "5,0\t0.02\t1\t0\t2", "line 11: free_flow_time: '5,0' is not a number"),
    ("50\t0.02\t1\t0\t2", "nan\t0.02\t1\t0\t2", "line 11: free_flow_time: nan is not a finite number"),
    ("50\t0.02\t1\t0\t2", "inf\t0.02\t1\t0\t2", "line 11: free_flow_time: inf is not a finite number"),
    ("50\t0.02\t1\t0\t2", "50\t-1\t1\t0\t2", "line 11: b: -1 is negative"),
    ("3\t4\t1\t", "3\t4\t-9\t", "line 13: capacity: -9 is negative"),
    ("3\t4\t1\t", "3\t4\t0\t", "line 13: capacity: 0 on a link that slows down"),
    ("3\t4\t1\t", "3\t5\t1\t", "line 13: term_node: 5 is no node, NUMBER OF NODES is 4"),
    ("3\t4\t1\t", "0\t4\t1\t", "line 13: init_node: 0 is no number of a node"),
    ("3\t4\t1\t", "-3\t4\t1\t", "line 13: init_node: -3 is negative"),
    ("3\t4\t1\t", "3.5\t4\t1\t", "line 13: init_node: 3.5 is no number of a node"),
    ("10\t0.1\t1\t0\t0\t1\t;", "10;", "line 13: b, power: missing. A row needs 7 numbers and has 5"),
    ("\t0\t1\t;\n\t4", "\t0\t1\t; 4\n\t4", "line 13: something follows the ';'"),
    ("LINKS> 5", "LINKS> 6", "line 4: NUMBER OF LINKS is 6, but 5 follow"),
    ("LINKS> 5", "LINKS> five", "line 4: NUMBER OF LINKS: 'five' is not a whole number"),
    ("<NUMBER OF LINKS> 5\n", "", "line 1: <NUMBER OF LINKS> is missing"),
    ("ZONES> 2", "ZONES> 5", "line 1: 5 zones are more than 4 nodes"),
    ("\tcapacity", "\tsize", "line 9: column capacity is missing"),
]


@pytest.mark.parametrize(("old", "new", "fault"), NET_FAULTS, ids=[f for *_, f in NET_FAULTS])
def test_faults_of_a_network_are_named_with_their_line(old: str, new: str, fault: str, tmp_path: Path) -> None:
    """One fault, one sentence."""
    assert old in NET
    with pytest.raises(DataError) as caught:
        network(tmp_path, NET.replace(old, new, 1))
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].startswith(f"x_net.tntp, {fault}")


TRIPS_FAULTS = [
    ("6.0;", "six;", "line 6: volume: 'six' is not a number"),
    ("6.0;", "nan;", "line 6: volume: nan is not a number of zero or more"),
    ("6.0;", "inf;", "line 6: volume: inf is not a number of zero or more"),
    ("6.0;", "-6;", "line 6: volume: -6 is not a number of zero or more"),
    ("6.0;", "6 7;", "line 6: '2 : 6 7' is no item"),
    ("6.0;", ";", "line 6: '2 :' is no item"),
    ("2 :", "2", "line 6: '2 6.0' is no item"),
    ("2 :", "2.5 :", "line 6: destination: 2.5 is no number of a zone"),
    ("2 :", "-2 :", "line 6: destination: -2 is no number of a zone"),
    ("2 :", "two :", "line 6: destination: 'two' is not a number"),
    ("6.0;", "3;\n2 : 3;", "line 7: destination: 2 stands twice under its origin"),
    ("6.0;", "6.0;\nOrigin 1\n", "line 7: Origin: 1 stands in line 5 too"),
    ("Origin \t1", "Origin", "line 5: Origin: '' is no number of a zone"),
    ("Origin \t1", "Origin one", "line 5: Origin: 'one' is no number of a zone"),
    ("Origin \t1", "", "line 6: 'Origin' with a number should stand here"),
    ("FLOW>   6.0", "FLOW> 12", "line 2: TOTAL OD FLOW is 12, but the items add up to 6"),
]


@pytest.mark.parametrize(("old", "new", "fault"), TRIPS_FAULTS, ids=[f for *_, f in TRIPS_FAULTS])
def test_faults_of_trips_are_named_with_their_line(old: str, new: str, fault: str, tmp_path: Path) -> None:
    """One fault, one sentence, but where one leads to the next."""
    assert old in TRIPS
    with pytest.raises(DataError) as caught:
        trips(tmp_path, TRIPS.replace(old, new, 1))
    assert caught.value.problems[-1].startswith(f"x_trips.tntp, {fault}")


def test_another_kind_of_file_is_no_network(tmp_path: Path) -> None:
    """Two sentences, not one a number."""
    with pytest.raises(DataError) as caught:
        network(tmp_path, TRIPS)
    assert [p.split(". ")[0] for p in caught.value.problems] == [
        "x_net.tntp, line 1: <NUMBER OF NODES> is missing",
        "x_net.tntp, line 1: <NUMBER OF LINKS> is missing",
    ]


def test_every_fault_of_both_files_is_told_at_once_in_order(tmp_path: Path) -> None:
    """One run shows all there is to mend."""
    (tmp_path / "n").write_text(NET.replace("3\t4\t1\t", "3\t4\tx\t").replace("1\t4\t1\t", "1\t4\t-1\t"))
    (tmp_path / "t").write_text(TRIPS.replace("6.0;", "-6;"))
    with pytest.raises(DataError) as caught:
        tntp.read(tmp_path / "n", tmp_path / "t")
    assert [p.split(":")[0] for p in caught.value.problems] == ["n, line 11", "n, line 13", "t, line 6"]


def test_demand_of_a_zone_that_is_not_there_is_named_once_a_zone(tmp_path: Path) -> None:
    """Where it first stands."""
    network(tmp_path)
    trips(tmp_path, "Origin 1\n2 : 6;\n7 : 1;\nOrigin 2\n7 : 1;\nOrigin 3\n1 : 1;")
    with pytest.raises(DataError) as caught:
        tntp.read(tmp_path / "x_net.tntp", tmp_path / "x_trips.tntp")
    assert [p.partition(",")[2][:34] for p in caught.value.problems] == [
        " line 7: demand from zone 3, which",
        " line 3: demand to zone 7, which i",
    ]


@pytest.mark.parametrize("read", [tntp.read_network, tntp.read_trips, tntp.read_flow], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (None, "there is no such file"),
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x1f\x8b\x08\x00", "is not text"),
        ("<A>".encode("utf-16"), "is not text"),
    ],
    ids=["missing", "empty", "blank", "gzip", "utf-16"],
)
def test_what_is_no_file_of_text_is_said_to_be_none(
    read: object, content: bytes | None, fault: str, tmp_path: Path
) -> None:
    """In one sentence with the name of the file."""
    path = tmp_path / "odd.tntp"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=f"odd.tntp: {fault}"):
        read(path)  # type: ignore[operator]


@given(st.binary(max_size=60), st.sampled_from([tntp.read_network, tntp.read_trips, tntp.read_flow]))
def test_no_bytes_raise_anything_but_faults(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, read: object
) -> None:
    """Whatever stands in a file, the answer is a sentence."""
    path = tmp_path_factory.getbasetemp() / "any.tntp"
    for made in (data, NET.encode()[:330] + data, TRIPS.encode()[:70] + data, FLOW.encode()[:30] + data):
        path.write_bytes(made)
        with suppress(DataError):
            read(path)  # type: ignore[operator]


@pytest.mark.parametrize(
    "text",
    [
        FLOW,
        FLOW.replace(" \n", " ;\n"),
        "<NUMBER OF LINKS> -1\n<END OF METADATA>\n\nTail \tHead \tVolume \tCost \t;\n1 3 4 40.5 ;\n3 2 4 54 ;\n",
        "~ from to : volume cost ;\n1 3 : 4 40.5 ;\n3 2 : 4 54 ;\n",
    ],
    ids=["plain", "semicolons", "metadata", "colons"],
)
def test_flows_come_in_several_shapes(text: str, tmp_path: Path) -> None:
    """The collection has all of these."""
    (tmp_path / "f").write_text(text)
    flows = tntp.read_flow(tmp_path / "f")
    assert (flows.tail.tolist(), flows.head.tolist()) == ([1, 3], [3, 2])
    assert (flows.volume.tolist(), flows.cost.tolist()) == ([4, 4], [40.5, 54])


def test_faults_of_flows_are_named_with_their_line(tmp_path: Path) -> None:
    """Not a number, not finite, no node; a negative flow may be looked at."""
    (tmp_path / "f").write_text("From To Volume Cost\n1 3 x 1\n1.5 3 1 1\n1 3 nan 1\n1 3 -1 1\n")
    with pytest.raises(DataError) as caught:
        tntp.read_flow(tmp_path / "f")
    assert [p.split(".")[0] for p in caught.value.problems] == [
        "f, line 2: volume: 'x' is not a number",
        "f, line 3: from: 1",
        "f, line 4: volume: nan cannot be",
    ]


@given(networks(), st.booleans())
def test_a_network_that_was_written_reads_equal(
    tmp_path_factory: pytest.TempPathFactory, drawn: Network, again: bool
) -> None:
    """Every number to its last bit."""
    path = tmp_path_factory.getbasetemp() / "drawn_net.tntp"
    tntp.write_network(path, drawn)
    assert content(tntp.read_network(path)) == content(drawn)


@given(networks(ids=True))
def test_a_network_with_ids_that_was_written_reads_equal(
    tmp_path_factory: pytest.TempPathFactory, drawn: Network
) -> None:
    """Ids up to 2 ** 52."""
    path = tmp_path_factory.getbasetemp() / "drawn_net.tntp"
    tntp.write_network(path, drawn)
    assert content(tntp.read_network(path)) == content(drawn)


@given(matrices((1, 2, 3, 4_000_000_001)))
def test_trips_that_were_written_read_equal(tmp_path_factory: pytest.TempPathFactory, drawn: Matrix) -> None:
    """A pair without volume is not written; nothing at all is no trip table."""
    path = tmp_path_factory.getbasetemp() / "drawn_trips.tntp"
    tntp.write_trips(path, drawn, 4)
    if drawn.volume.shape[0]:
        assert pairs(tntp.read_trips(path)) == pairs(drawn)


@given(networks(ids=True), st.data())
def test_flows_that_were_written_read_equal(
    tmp_path_factory: pytest.TempPathFactory, drawn: Network, data: st.DataObject
) -> None:
    """In the order of the links."""
    links = drawn.links
    volume, cost = (np.array(data.draw(st.lists(ABOVE, min_size=links.count, max_size=links.count))) for _ in "ab")
    path = tmp_path_factory.getbasetemp() / "drawn_flow.tntp"
    tntp.write_flow(path, links, volume, cost)
    flows = tntp.read_flow(path)
    assert flows.tail.tolist() == links.ids[links.tail].tolist()
    assert flows.head.tolist() == links.ids[links.head].tolist()
    assert (flows.volume.tolist(), flows.cost.tolist()) == (volume.tolist(), cost.tolist())


@given(networks(kinds=(QUEUE,)))
def test_what_the_format_cannot_say_is_refused(tmp_path_factory: pytest.TempPathFactory, drawn: Network) -> None:
    """Queues and capacities that bind."""
    with pytest.raises(InputError, match="TNTP has no words"):
        tntp.write_network(tmp_path_factory.getbasetemp() / "refused", drawn)


def test_sioux_falls_written_and_read_is_the_same(tmp_path: Path) -> None:
    """The whole of a published network."""
    read = tntp.read(SIOUX_FALLS / "SiouxFalls_net.tntp", SIOUX_FALLS / "SiouxFalls_trips.tntp")
    tntp.write_network(tmp_path / "net", read.network)
    tntp.write_trips(tmp_path / "trips", read.matrices[0], 24)
    again = tntp.read(tmp_path / "net", tmp_path / "trips")
    assert content(again.network) == content(read.network)
    assert pairs(again.matrices[0]) == pairs(read.matrices[0])


PUBLISHED = {
    "Anaheim": ("Anaheim", 38, 416, 914, 1406, 104_694.4),
    "Barcelona": ("Barcelona", 110, 1020, 2522, 7922, 184_679.561),
    "Chicago-Sketch": ("ChicagoSketch", 387, 933, 2950, 93_135, 1_137_493.44),
}


@pytest.mark.parametrize("folder", PUBLISHED)
def test_networks_of_the_collection_have_their_published_figures(folder: str) -> None:
    """They may not be copied, so they are looked for in the folder that KARVAN_TNTP names."""
    at = Path(os.environ.get("KARVAN_TNTP", "")) / folder
    if "KARVAN_TNTP" not in os.environ or not at.is_dir():
        pytest.skip(f"KARVAN_TNTP names no folder with {folder} of the TNTP collection")
    name, zones, nodes, links, count, volume = PUBLISHED[folder]
    read = tntp.read(at / f"{name}_net.tntp", at / f"{name}_trips.tntp")
    of: Links = read.problem.links
    demand = read.problem.classes[0].demand
    assert (read.network.zones.shape[0], of.ids.shape[0], of.count) == (zones, nodes, links)
    assert demand.volume.shape[0] == count
    assert demand.volume.sum() == pytest.approx(volume)
