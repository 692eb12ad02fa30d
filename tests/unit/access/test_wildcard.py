"""Patterns with stars: what they match, and that the worst of them ends at once."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.access.wildcard import wildcard


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("im:*", "im:DescribeSecret", True),
        ("im:Describe*Secret", "im:DescribeSecret", True),
        ("im:*Group*", "im:ModifyGroupBaseInfo", True),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("a**b", "ab", True),
        ("*ab*ba*", "abba", True),
        ("*ab*ba*", "aba", False),
        ("a.b", "axb", False),
        ("team&*", "team&", True),
    ],
)
def test_matches(pattern: str, text: str, expected: bool) -> None:
    assert wildcard(pattern, text) is expected


@given(st.text("ab*", max_size=8), st.text("ab", max_size=10))
def test_as_a_regular_expression_would(pattern: str, text: str) -> None:
    meant = ".*".join(map(re.escape, pattern.split("*")))
    assert wildcard(pattern, text) is (re.fullmatch(meant, text) is not None)


def test_the_worst_pattern_ends() -> None:
    """A backtracking matcher would not end in a lifetime."""
    assert not wildcard("*a" * 200 + "*b", "a" * 10_000)
