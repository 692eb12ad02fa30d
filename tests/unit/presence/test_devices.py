"""The table of devices that may be online together: every pair of platforms, every login type, every number."""

from __future__ import annotations

import itertools

import pytest

from sodam.apps.model import AppSettings
from sodam.presence.devices import (
    ANDROID,
    IPAD,
    IPHONE,
    LINUX,
    MAC,
    WEB,
    WINDOWS,
    Rule,
    opt_platform,
    platform_name,
)
from sodam.presence.model import Device

PLATFORMS = (WEB, ANDROID, IPHONE, IPAD, WINDOWS, MAC, LINUX, 77)
KIND = {WEB: "web", ANDROID: "mobile", IPHONE: "mobile", IPAD: "mobile", 77: "another"}


def together(login_type: str, one: int, two: int) -> bool:
    """As the settings page says it (console.md section 3)."""
    if one == two or login_type == "single":
        return False
    if login_type == "multi":
        return True
    if login_type == "dual":
        return (one == WEB) != (two == WEB)
    return KIND.get(one, "computer") != KIND.get(two, "computer")


@pytest.mark.parametrize("login_type", ["single", "dual", "triple", "multi"])
def test_every_pair_of_platforms(login_type: str) -> None:
    rule = Rule.of(AppSettings(login_type=login_type))  # type: ignore[arg-type]
    for one, two in itertools.product(PLATFORMS, repeat=2):
        older, newer = Device(one, 1, 10), Device(two, 2, 20)
        gone = [] if together(login_type, one, two) else [older]
        assert rule.over([older, newer]) == rule.over([newer, older]) == gone, (one, two)
        assert (rule.scope(one) == rule.scope(two)) is bool(gone), (one, two)


def test_numbers_count_for_multi_alone_and_the_latest_stay() -> None:
    settings = AppSettings(web_instances=3, device_instances=2)
    rule = Rule.of(settings)
    webs = [Device(WEB, n, n) for n in range(5)]
    phones = [Device(ANDROID, 10 + n, 7) for n in range(4)]  # of one moment: their InstIds decide
    assert sorted(d.instid for d in rule.over([*webs, *phones, Device(IPHONE, 30, 1)])) == [0, 1, 10, 11]
    dual = Rule.of(AppSettings(login_type="dual", web_instances=3, device_instances=2))
    assert sorted(d.instid for d in dual.over([*webs, *phones])) == [0, 1, 2, 3, 10, 11, 12]


def test_names() -> None:
    assert [opt_platform(n) for n in PLATFORMS] == [
        "Web",
        "Android",
        "iOS",
        "iPad",
        "Windows",
        "Mac",
        "Linux",
        "Unknown",
    ]
    assert [platform_name(n) for n in (IPHONE, WINDOWS, IPAD, 77)] == ["iPhone", "PC", "iPad", "Unknown"]
