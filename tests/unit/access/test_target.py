"""What a request is about cannot be blurred by its other fields, and what is blurred is refused."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from sodam.cloudapi.target import Target, read_target, same


class Request(msgspec.Struct):
    TargetUin: int = 0


SPOILS: list[dict[str, Any]] = [{"SDKAppID": -1}, {"SDKAppID": "x"}, {"JobId": 5}, {"JobId": None}, {"Nothing": [[]]}]


@pytest.mark.parametrize("spoil", SPOILS)
def test_other_fields_change_nothing(spoil: dict[str, Any]) -> None:
    target = read_target("user", json.dumps({"TargetUin": 7} | spoil).encode())
    assert (target.uin, target.clear) == (7, True)


@pytest.mark.parametrize("value", [-1, "x", None, 1.5, [], {}, 2**60])
def test_a_field_that_cannot_be_read_is_not_taken_for_none(value: Any) -> None:
    for level, name in (("user", "TargetUin"), ("app", "SDKAppID")):
        assert not read_target(level, json.dumps({name: value}).encode()).clear  # type: ignore[arg-type]


def test_tags_that_cannot_be_read_are_not_taken_for_none() -> None:
    for tags in (b'[{"Value":"b"}]', b'[{"Key":"a","Value":[]}]', b'{"Key":"a"}', b"[7]"):
        assert not read_target("app", b'{"SDKAppID":1,"Tags":' + tags + b"}").clear
    for tag in (b'{"Key":"a"}', b'{"Key":"a","Value":null}', b'{"Key":"a","Value":""}'):  # as the actions take them
        assert read_target("app", b'{"SDKAppID":1,"Tags":[' + tag + b"]}").tags == (("a", ""),)
    assert read_target("app", b'{"SDKAppID":1,"Tags":[{"Key":"a","Value":"b"}]}').tags == (("a", "b"),)


@pytest.mark.parametrize("body", [b"[]", b"1", b"{", b"\xff", b"[" * 5000, b'{"TargetUin":7,"TargetUin":8}'])
def test_the_reading_agrees_with_the_decoding_or_is_refused(body: bytes) -> None:
    target = read_target("user", body)
    try:
        request = msgspec.json.decode(body, type=Request, strict=False)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        assert not target.clear
        return
    assert same("user", target, request)


def test_a_request_that_names_another_is_refused() -> None:
    assert not same("user", Target(uin=7), Request(8))
    assert not same("user", Target(clear=False), Request(0))
