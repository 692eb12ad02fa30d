"""Whose client opens a socket, as the query of its address says."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.gateway.app_of import app_of


@pytest.mark.parametrize(
    ("query", "app"),
    [
        ("sdkappid=1400000001&instanceid=1&random=2", 1400000001),
        ("random=2&sdkappid=1400000001", 1400000001),
        ("sdkappid=&sdkappid=7", 7),
        ("xsdkappid=7", 0),
        ("sdkappid", 0),
        ("sdkappid=7=8", 0),
        ("sdkappid=%37", 7),
        ("sdkappid=12345678901", 0),
        ("", 0),
    ],
)
def test_the_app_of_an_address(query: str, app: int) -> None:
    assert app_of(query) == app


@given(st.lists(st.sampled_from(["sdkappid=7", "sdkappid=", "sdkappid", "sdkappid=8", "a=sdkappid=9", "=", "b=1", ""])))
def test_plain_queries_are_read_as_any_other(pairs: list[str]) -> None:
    query = "&".join(pairs)
    text = parse_qs(query).get("sdkappid", ["0"])[0]
    assert app_of(query) == int(text)
