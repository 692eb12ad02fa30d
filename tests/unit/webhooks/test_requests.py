"""The address, the signature and the rules of URLs."""

from __future__ import annotations

import pytest

from sodam.apps.webhooks import Webhooks, check_url, ports_collide
from sodam.webhooks.breaker import FAILURES, PAUSES_MS, Breaker
from sodam.webhooks.model import event
from sodam.webhooks.requests import address, headers, sign

EVENT = event("C2C.CallbackAfterSendMsg", "Web", "2001:db8::1", {"A": 1})


def test_the_signature_is_that_of_the_test_vectors() -> None:
    token = "wh-secret-743"
    assert sign(token, 1764582215) == "34ccc9e5814b151f3f70a63355a3f2e37d351af663b2c6237f42897f973de3c3"
    assert sign("xxxxyyyy", 1669872112).startswith("17773bc3")


def test_a_token_in_the_form_of_standard_webhooks_is_a_key() -> None:
    key = Webhooks(url="http://a/", token="whsec_" + "c2VjcmV0")
    same = Webhooks(url="http://a/", token="secret")
    assert headers(key, EVENT, b"{}", 5)[-1] == headers(same, EVENT, b"{}", 5)[-1]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a", "http://a?SdkAppid=7&"),
        ("http://a/p/q", "http://a/p/q?SdkAppid=7&"),
        ("http://a/p?x=%20y", "http://a/p?x=%20y&SdkAppid=7&"),
        ("http://a/p?", "http://a/p?SdkAppid=7&"),
    ],
)
def test_the_url_stays_and_the_parameters_follow(url: str, expected: str) -> None:
    made = address(Webhooks(url=url), 7, EVENT, 5)
    assert made.startswith(expected + "CallbackCommand=C2C.CallbackAfterSendMsg&contenttype=json&")
    assert "&ClientIP=2001%3Adb8%3A%3A1&OptPlatform=Web&" in made
    assert "Sign=" not in made
    assert "&Sign=" in address(Webhooks(url=url, token="t"), 7, EVENT, 5)


@pytest.mark.parametrize(
    "url",
    [
        *("http://a.example", "https://a.example:8443/path?own=1&more=2", "http://10.0.0.1/x", "http://[::1]:80/"),
        *("http://localhost:5000/hook", "http://a-b.example./", "http://" + ".".join(["a" * 20] * 3)),
    ],
)
def test_urls_that_may_be_used(url: str) -> None:
    assert check_url(url) == ""


@pytest.mark.parametrize(
    "url",
    [
        *("", "ftp://a.example", "a.example", "http://", "http://a b.example", "http://a.example/a b"),
        *("http://-a.example", "http://a-.example", "http://a--b.example", "http://a_b.example", "http://é.example"),
        *("http://" + ".".join(["a" * 21] * 3), "http://a.example/x!y", "http://a.example/x$", "http://a.example/x&y"),
        *("http://a.example:0/", "http://a.example:70000/", "http://u:p@a.example/", "http://a.example/#x"),
    ],
)
def test_urls_that_may_not(url: str) -> None:
    assert check_url(url) != ""


def test_ports_that_begin_alike() -> None:
    assert ports_collide("https://x", "https://x:4433")
    assert ports_collide("https://x:4433/a", "https://x/b")
    assert ports_collide("http://x", "http://x:8080")
    assert not ports_collide("https://x", "https://x/other")
    assert not ports_collide("https://x", "https://y:4433")
    assert not ports_collide("", "https://y:4433")


def test_a_breaker_opens_after_failures_in_a_row_and_then_lets_one_through() -> None:
    now = 100.0
    breaker = Breaker(lanes=9, clock=lambda: now)
    for _ in range(FAILURES - 1):
        breaker.bad(1, "u")
    assert breaker.room(1) == 9
    for pause in (*PAUSES_MS, PAUSES_MS[-1]):
        breaker.bad(1, "u")
        assert breaker.room(1) == 0
        breaker.bad(1, "u")  # one that was under way: the pause stays
        assert breaker.opens(1) == int(now * 1000) + pause
        now += pause / 1000
        assert breaker.room(1) == 1
    assert breaker.room(2) == 9
    breaker.bad(1, "u")
    assert breaker.room(1) == 0
    assert breaker.heard_good(1), "another node was answered"
    assert (breaker.room(1), breaker.opens(1)) == (1, int(now * 1000))
    assert not breaker.heard_good(2)
    assert breaker.good(1)
    assert breaker.room(1) == 9
    assert not breaker.good(1)
    for _ in range(FAILURES):
        breaker.bad(1, "u")
    assert breaker.changed(1, "other"), "a new URL begins anew"
    assert breaker.room(1) == 9
