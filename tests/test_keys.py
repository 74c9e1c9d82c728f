"""Patterns over keys: what they match, and how much they say."""

import pytest

from karvan.keys import matches, specificity


@pytest.mark.parametrize(
    ("pattern", "key", "met"),
    [
        ("*", "", True),
        ("*", "kz-a", True),
        ("kz-a", "kz-a", True),
        ("kz-a", "kz-ab", False),
        ("kz-*", "kz-a", True),
        ("kz-*", "uz-a", False),
        ("kz-a|uz-b", "uz-b", True),
        ("KZ-*", "kz-a", False),
        ("20*", "20DC", True),
    ],
)
def test_a_pattern_is_a_key_a_glob_or_several(pattern: str, key: str, met: bool) -> None:
    """Case matters."""
    assert matches(pattern, key) is met


def test_an_exact_key_says_more_than_a_glob_and_a_glob_more_than_a_star() -> None:
    """A longer glob says more than a shorter; of alternatives, a list of globs is no exact key."""
    order = ["*", "k*", "kz-*", "kz-aktau"]
    assert sorted(order, key=specificity) == order
    assert specificity("kz-a|uz-b") > specificity("kz-*")
