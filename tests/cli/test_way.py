"""A way as a forwarder says it."""

from __future__ import annotations

from karvan.cli.way import services, way
from karvan.model.chain import Chain, Handling, Movement
from karvan.model.dataset import Dataset
from karvan.reports.words import Words


def moved(mode: str, form: str, *nodes: str, service: str = "") -> Movement:
    return Movement(
        mode=mode, form=form, gauge_mm=None, operator="ktz", carrier="ktz", country="KZ", service=service,
        nodes=nodes, links=("",) * (len(nodes) - 1), length_km=500.0, electric_km=0.0, mean_h=20.0, sd_h=1.0,
    )  # fmt: skip


def handled(kind: str, node: str, before: tuple[str, str], after: tuple[str, str]) -> Handling:
    return Handling(
        kind=kind, operation="", node=node, country="KZ", operator="ktz", method="crane",
        mode_from=before[0], form_from=before[1], operator_from="",
        mode_to=after[0], form_to=after[1], operator_to="", mean_h=30.0, sd_h=1.0,
    )  # fmt: skip


RAIL, WAGON, SEA = ("rail", "container"), ("rail", "wagon"), ("sea", "container")


def test_only_places_where_something_happens_are_named(atlas: Dataset) -> None:
    """Almaty == Aktau ~~ Alat, with no station between."""
    words = Words(atlas)
    chain = Chain(
        (
            handled("load", "kz-almaty", ("", ""), RAIL),
            moved("rail", "container", "kz-almaty", "kz-saksaulskaya", "kz-aktau"),
            handled("tranship", "kz-aktau", RAIL, SEA),
            moved("sea", "container", "kz-aktau", "az-alat"),
            handled("unload", "az-alat", SEA, ("", "")),
        )
    )
    said = way(chain, words).plain
    assert said == f"{words.place('kz-almaty')} == {words.place('kz-aktau')} ~~ {words.place('az-alat')}"


def test_what_modes_do_not_show_is_said_in_brackets(atlas: Dataset) -> None:
    """A gauge change, a border and a change from wagon to box cost days and money."""
    words = Words(atlas)
    chain = Chain(
        (
            handled("load", "kz-almaty", ("", ""), WAGON),
            moved("rail", "wagon", "kz-almaty", "kz-dostyk"),
            handled("border", "kz-dostyk", WAGON, WAGON),
            handled("gauge_change", "kz-dostyk", WAGON, WAGON),
            moved("rail", "wagon", "kz-dostyk", "cn-xian"),
            handled("tranship", "cn-xian", WAGON, RAIL),
            moved("rail", "container", "cn-xian", "cn-shanghai"),
            handled("unload", "cn-shanghai", RAIL, ("", "")),
        )
    )
    said = way(chain, words).plain
    assert "(border, gauge)" in said
    assert "(wagon to container)" in said


def test_a_service_is_named_without_the_places_that_the_way_names(atlas: Dataset) -> None:
    """'KMTF container feeder Aktau-Alat' beside 'Aktau ~~ Alat' says it twice; no name becomes empty."""
    words = Words(atlas)
    for service in atlas.services:
        chain = Chain((moved("sea", "container", "kz-aktau", "az-alat", service=service.service),))
        (name,) = services(chain, words)
        assert name
        assert service.name.startswith(name)
    chain = Chain((moved("sea", "container", "kz-aktau", "az-alat", service="kmtf-feeder-aktau-alat"),))
    assert services(chain, words) == ("KMTF container feeder",)
