"""`karvan assign`: what is printed and written, what bad input is told, and how it ends."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from karvan.cli import main
from karvan.formats import gmns_network, tntp

GOLDEN = Path(__file__).parents[1] / "golden" / "siouxfalls"
NET, TRIPS = str(GOLDEN / "SiouxFalls_net.tntp"), str(GOLDEN / "SiouxFalls_trips.tntp")
# The optimum of the Transportation Networks for Research collection.
BECKMANN = 4_231_335.287107440

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command in this process: exit code, standard output and standard error."""

    def run(*args: object) -> tuple[int, str, str]:
        code = main(["assign", *map(str, args)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def braess(tmp_path: Path) -> tuple[Path, Path]:
    """Four nodes, five links, six units: with the link in the middle all are worse off."""
    head = "<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 4\n<FIRST THRU NODE> 1\n<NUMBER OF LINKS> 5\n<END OF METADATA>\n"
    rows = "1 3 1 0 1e-8 1e9 1;\n1 4 1 0 50 .02 1;\n3 2 1 0 50 .02 1;\n3 4 1 0 10 .1 1;\n4 2 1 0 1e-8 1e9 1;\n"
    order = "~ init_node term_node capacity length free_flow_time b power ;\n"
    net, trips = tmp_path / "b_net.tntp", tmp_path / "b_trips.tntp"
    net.write_text(head + order + rows)
    trips.write_text("Origin 1\n2 : 6;\n")
    return net, trips


def test_an_answer_says_what_was_read_how_it_ended_and_that_it_holds(run: Run) -> None:
    """The first run of anybody, on the network that everybody knows."""
    code, out, err = run(NET, TRIPS, "--gap", "1e-8", "--verify")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[:3] == [
        "SiouxFalls_net.tntp with SiouxFalls_trips.tntp",
        "24 zones, 24 nodes, 76 links",
        "528 pairs of zones, volume 360,600",
    ]
    assert "Converged: nobody gains by another path" in lines
    beckmann = next(line for line in lines if line.startswith("Objective"))
    assert float(beckmann.split()[1].replace(",", "")) == pytest.approx(BECKMANN, rel=1e-7)
    assert "Most loaded links" in lines
    assert "Verified: the relative gap is" in out
    assert "asked for 1e-08" in out


def test_the_paradox_of_braess(run: Run, braess: tuple[Path, Path]) -> None:
    """At equilibrium each pays 92; two by each path. The least total is 498, without the link in the middle."""
    _, out, _ = run(*braess, "--json")
    answer = json.loads(out)
    assert answer["converged"]
    assert answer["verdict"]["holds"]
    assert answer["total_cost"] == pytest.approx(552)
    assert [link["load"] for link in answer["links"]] == pytest.approx([4, 2, 2, 2, 4])
    middle = answer["links"][3]
    assert (middle["link"], middle["from"], middle["to"], middle["price"]) == ("3-4", "3", "4", 0)
    assert (middle["time"], middle["flows"]["all"], middle["costs"]["all"]) == pytest.approx((12, 2, 12))
    _, out, _ = run(*braess, "--objective", "system", "--json")
    assert json.loads(out)["total_cost"] == pytest.approx(498, rel=1e-6)


def test_json_is_complete_and_alone_on_standard_output(run: Run, tmp_path: Path) -> None:
    """Every number that the terminal shows, and all links."""
    code, out, err = run(NET, TRIPS, "--gap", "1e-6", "--json")
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert (answer["zones"], answer["nodes"], len(answer["links"])) == (24, 24, 76)
    assert answer["outcome"] == "converged"
    assert answer["gap"] <= answer["target"] == 1e-6
    assert answer["classes"] == [{"name": "all", "pairs": 528, "volume": 360_600, "unserved": 0}]
    assert answer["verdict"]["problems"] == []
    assert set(answer["links"][0]) == {"link", "from", "to", "load", "time", "price", "flows", "costs"}
    code, out, _ = run(NET, TRIPS, "--gap", "1e-6", "--json", tmp_path / "a.json")
    assert "Written: " in out
    assert json.loads((tmp_path / "a.json").read_text())["beckmann"] == answer["beckmann"]


def test_demand_can_be_scaled_and_tolls_weighed(run: Run, braess: tuple[Path, Path]) -> None:
    """Twice the demand; a cost of length that all pay."""
    net, trips = braess
    net.write_text(net.read_text().replace("1 4 1 0 50", "1 4 1 5 50"))
    volume = json.loads(run(net, trips, "--scale", 2, "--json")[1])["classes"][0]["volume"]
    assert volume == 12
    plain, weighed = (
        json.loads(run(net, trips, "--distance-weight", w, "--json")[1])["links"][1]["load"] for w in (0, 1)
    )
    assert weighed < plain


@pytest.mark.parametrize("limit", ["--max-iterations", "--max-seconds"])
def test_what_did_not_converge_is_not_said_to_have(limit: str, run: Run) -> None:
    """Why it stopped, with its gap; the check fails and that is an error only where it was asked for."""
    args = (NET, TRIPS, "--algorithm", "fw", "--gap", "1e-12", limit, "3" if "it" in limit else "0.01")
    code, out, err = run(*args)
    assert (code, err) == (0, "")
    why = "Out of iterations" if "it" in limit else "Out of time"
    assert f"{why} before the gap that was asked for" in out
    assert "onverged" not in out
    assert "Does not hold: The solver stopped" in out
    code, out, err = run(*args, "--verify")
    assert code == 1
    assert why in out
    assert err.startswith("The solver stopped (out of ")
    assert json.loads(run(*args, "--json")[1])["converged"] is False


def test_no_demand_at_all_is_an_answer_too(run: Run, braess: tuple[Path, Path]) -> None:
    """Nobody travels, and nobody gains by another path."""
    net, trips = braess
    trips.write_text("Origin 1\n2 : 0;\n")
    code, out, err = run(net, trips, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["total_cost"] == 0
    assert run(net, trips, "--verify")[0] == 0


def test_whose_paths_go_over_a_link(run: Run, braess: tuple[Path, Path]) -> None:
    """By the ids of its nodes."""
    _, out, _ = run(*braess, "--select-link", "3-4")
    at = out.splitlines().index("Over 3-4: flow 2")
    assert out.splitlines()[at + 2].split() == ["1", "2", "all", "2", "33.3%"]
    answer = json.loads(run(*braess, "--select-link", "1-3", "--select-link", "4-2", "--json")[1])["selected"]
    assert [answer[name][0]["flow"] for name in ("1-3", "4-2")] == pytest.approx([4, 4])


def test_paths_are_written_with_their_shares(run: Run, braess: tuple[Path, Path], tmp_path: Path) -> None:
    """Three paths of two units, each 92."""
    assert run(*braess, "--paths", tmp_path / "p.csv")[0] == 0
    with (tmp_path / "p.csv").open() as file:
        rows = sorted(csv.DictReader(file), key=lambda r: r["nodes"])
    assert [r["nodes"] for r in rows] == ["1 3 2", "1 3 4 2", "1 4 2"]
    assert [float(r["cost"]) for r in rows] == pytest.approx([92] * 3, rel=1e-6)
    assert [float(r["share"]) for r in rows] == pytest.approx([1 / 3] * 3, rel=1e-5)
    assert {(r["class"], r["origin"], r["destination"]) for r in rows} == {("all", "1", "2")}


def test_flows_are_written_as_tntp_csv_and_gmns(run: Run, braess: tuple[Path, Path], tmp_path: Path) -> None:
    """The same flows in each, and the folder can be assigned again."""
    for name in ("f.tntp", "f.csv", "folder"):
        code, out, _ = run(*braess, "--out", tmp_path / name)
        assert code == 0
        assert out.endswith(f"Written: {tmp_path / name}\n")
    flows = tntp.read_flow(tmp_path / "f.tntp")
    assert flows.volume.tolist() == pytest.approx([4, 2, 2, 2, 4])
    assert flows.cost.tolist() == pytest.approx([40, 52, 52, 12, 40])
    table = (tmp_path / "f.csv").read_text()
    assert (tmp_path / "folder" / "link_performance.csv").read_text() == table
    assert table.startswith("link_id,from_node_id,to_node_id,volume,travel_time,price,volume_all,cost_all\n1-3,1,3,")
    assert gmns_network.read(tmp_path / "folder").problem.links.count == 5
    _, out, _ = run(tmp_path / "folder", "--json")
    assert [link["load"] for link in json.loads(out)["links"]] == pytest.approx([4, 2, 2, 2, 4])
    code, _, err = run(*braess, "--out", tmp_path / "folder")
    assert (code, "no export wrote" in err) == (1, True)


def test_omx_in_and_out(run: Run, braess: tuple[Path, Path], tmp_path: Path) -> None:
    """Demand of two classes, and what the cheapest paths then cost."""
    h5py = pytest.importorskip("h5py", reason="h5py is not installed: pip install 'karvan[omx]'")
    import numpy as np

    from karvan.formats import omx

    half = np.array([[0.0, 3.0], [0.0, 0.0]])
    omx.write(tmp_path / "d.omx", {"cars": half, "lorries": half}, np.array([1, 2]))
    code, out, _ = run(braess[0], tmp_path / "d.omx", "--out", tmp_path / "c.omx")
    assert code == 0
    assert "Class lorries: 1 pair of zones, volume 3" in out
    with h5py.File(tmp_path / "c.omx") as file:
        assert set(file["data"]) == {"cost_cars", "cost_lorries"}
        assert file["data/cost_cars"][0, 1] == pytest.approx(92)
        assert np.isnan(file["data/cost_cars"][1, 0])
        assert file["data/cost_cars"][1, 1] == 0
    _, out, _ = run(braess[0], tmp_path / "d.omx", "--matrix", "cars", "--json")
    assert [c["name"] for c in json.loads(out)["classes"]] == ["cars"]


def test_ids_in_the_billions(run: Run, tmp_path: Path) -> None:
    """In and out."""
    (tmp_path / "n").write_text(
        "<NUMBER OF ZONES> 2\n<NUMBER OF NODES> 2\n<NUMBER OF LINKS> 1\n4000000001 4000000009 1 0 1 0 0;\n"
    )
    (tmp_path / "t").write_text("Origin 4000000001\n4000000009 : 1;")
    code, out, _ = run(tmp_path / "n", tmp_path / "t", "--select-link", "4000000001-4000000009")
    assert code == 0
    assert "4000000001-4000000009" in out


MISUSED = [
    (("--gap", "0"), "cannot be reached. Give --gap a number above 0"),
    (("--gap", "nan"), "cannot be reached"),
    (("--gap", "small"), "--gap"),
    (("--scale", "-1"), "Give --scale a number of zero or more"),
    (("--scale", "nan"), "Give --scale a number of zero or more"),
    (("--threads", "0"), "Give --threads one or more"),
    (("--max-seconds", "0"), "Give --max-seconds a number above 0"),
    (("--max-iterations", "0"), "Give --max-iterations one or more"),
    (("--toll-weight", "inf"), "is not a finite number"),
    (("--algorithm", "magic"), "magic"),
    (("--objective", "beauty"), "beauty"),
    (("--algorithm", "fw", "--paths", "p.csv"), "Only the algorithm bush keeps paths"),
    (("--select-link", "1-24"), "There is no link '1-24'. Name it by its nodes, as 1-2"),
    (("--out", "flows.xlsx"), "is no .tntp, .csv or .omx file"),
    (("--out", "a.csv", "--paths", "a.csv"), "Name two different files"),
    (("--matrix", "cars"), "--matrix and --mapping are for an .omx file"),
]


@pytest.mark.parametrize(("args", "sentence"), MISUSED, ids=lambda v: str(v)[:40])
def test_a_question_that_cannot_be_asked_gets_one_line_and_code_2(
    args: tuple[str, ...], sentence: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is written."""
    monkeypatch.chdir(tmp_path)
    code, out, err = run(NET, TRIPS, *args)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_every_fault_of_both_files_is_told_at_once_with_code_1(run: Run, tmp_path: Path) -> None:
    """With file and line."""
    for path in (NET, TRIPS):
        shutil.copy(path, tmp_path)
    net, trips = tmp_path / Path(NET).name, tmp_path / Path(TRIPS).name
    net.write_text(net.read_text().replace("23403.47319\t4\t4", "-5\t4\tx"))
    trips.write_text(trips.read_text().replace("200.0", "nan", 1))
    code, out, err = run(net, trips)
    assert (code, out) == (1, "")
    assert "SiouxFalls_net.tntp, line 11: free_flow_time: 'x' is not a number" in err
    assert "SiouxFalls_trips.tntp, line 7: volume: nan is not a number" in err


def test_demand_that_no_path_can_carry_is_named_or_left_out(run: Run, braess: tuple[Path, Path]) -> None:
    """By file and line; --drop-unreachable says how much it leaves out."""
    net, trips = braess
    trips.write_text("Origin 1\n2 : 6;\nOrigin 2\n1 : 4;\n")
    code, _, err = run(net, trips)
    assert code == 1
    assert "node 2" in err
    code, out, _ = run(net, trips, "--drop-unreachable")
    assert code == 0
    assert "Left out, since no path leads there: volume 4" in out


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (("missing_net.tntp", TRIPS), 1, "missing_net.tntp: there is no such file"),
        ((NET, "missing_trips.tntp"), 1, "missing_trips.tntp: there is no such file"),
        ((NET,), 2, "No demand was named"),
        ((str(GOLDEN),), 2, "has no node.csv and link.csv"),
        ((NET, TRIPS, "--out", "there/is/no.csv"), 1, "there is no folder"),
    ],
    ids=["no network", "no trips", "no demand", "no folder", "no place"],
)
def test_files_that_are_not_there(args: tuple[str, ...], code: int, sentence: str, run: Run) -> None:
    """One sentence each."""
    got, out, err = run(*args)
    assert (got, out) == (code, "")
    assert sentence in err


@pytest.mark.skipif(os.name == "nt", reason="no SIGINT to a process itself there")
def test_an_interruption_gives_the_best_answer_so_far() -> None:
    """Exit code 130, after the flows that there are and their gap."""
    code = (
        "import os, signal\n"
        "from contextlib import contextmanager\n"
        "from karvan.cli import main, output\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "@contextmanager\n"
        "def progress(first):\n"
        "    yield lambda text: os.kill(os.getpid(), signal.SIGINT)\n"
        "output.progress = progress\n"
        f"raise SystemExit(main(['assign', {NET!r}, {TRIPS!r}, '--algorithm', 'fw', '--gap', '1e-12']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 130, done.stderr
    assert "Interrupted before the gap that was asked for: this is the best answer so far" in done.stdout
    assert "Most loaded links" in done.stdout
    assert "onverged" not in done.stdout
    assert "Traceback" not in done.stderr


def test_help_and_bad_arguments_load_no_engine() -> None:
    """What can be refused is refused at once."""
    for args in (["assign", "--help"], ["assign", NET, TRIPS, "--gap", "2"]):
        code = (
            "import sys; from karvan.cli import main; "
            f"code = main({args!r}); print(sorted({{'numpy', 'numba', 'scipy', 'h5py'}} & set(sys.modules)))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
        )
        assert done.stdout.splitlines()[-1] == "[]"
