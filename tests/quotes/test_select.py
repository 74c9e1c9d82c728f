"""The last filter: nothing good is lost, and what is shown differs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from karvan.quotes.select import pareto_filter, varied

value = st.floats(1, 1000)
rows = st.lists(st.tuples(value, value, value, value), max_size=40)


def within(kept: tuple[float, ...], row: tuple[float, ...], epsilon: float) -> bool:
    return all(k <= (1 + epsilon) * r + 1e-6 for k, r in zip(kept, row, strict=True))


@given(rows, st.sampled_from([0.0, 0.02, 0.3]))
def test_every_row_left_out_is_matched_within_epsilon_by_one_that_is_kept(
    criteria: list[tuple[float, float, float, float]], epsilon: float
) -> None:
    """Directly, not by way of another that is left out."""
    kept = [criteria[i] for i in pareto_filter(criteria, epsilon)]
    assert all(any(within(k, row, epsilon) for k in kept) for row in criteria)


@given(rows)
def test_at_epsilon_zero_no_row_that_is_kept_is_beaten(
    criteria: list[tuple[float, float, float, float]],
) -> None:
    """And of equal rows one is kept."""
    kept = [criteria[i] for i in pareto_filter(criteria, 0.0)]
    for a in kept:
        others = [b for b in criteria if b != a]
        assert not any(all(x <= y - 1e-6 for x, y in zip(b, a, strict=True)) for b in others)
    assert len(set(kept)) == len(kept)


@given(rows, st.integers(1, 12))
def test_the_cheapest_and_the_quickest_are_among_those_shown(
    criteria: list[tuple[float, float, float, float]], most: int
) -> None:
    """At most so many, each once, in order, the best by price always among them."""
    shown = varied(criteria, [0] * len(criteria), most)
    assert len(shown) == min(most, len(criteria))
    assert shown == sorted(set(shown))
    for k in range(min(4, most)):
        if criteria:
            assert min(c[k] for c in criteria) in {criteria[i][k] for i in shown}
