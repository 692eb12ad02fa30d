"""Policy documents: what is wrong with them, and where."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.access.policy import MAX_CHARS, PolicyError, compile_policy, mistakes_of
from sodam.access.positions import JsonError, parse, place
from sodam.access.presets import KEY_READERS, PRESETS, READING_NAMES, READING_VERBS
from sodam.cloudapi.table import actions, catalogue

OWNER = 100012345
KNOWN = {"im": {"describesecret", "removeuser"}, "cam": {"adduser"}}


def mistakes(text: str) -> list[str]:
    return [m.code for m in mistakes_of(text, KNOWN, OWNER)]


def document(**fields: Any) -> str:
    return json.dumps({"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*", **fields}]})


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('{"version":"2.0","statement":{"effect":"deny","action":"*","resource":"*"}}', []),
        (document(action=["name/im:*", "cam:AddUser", "im:Describe*"]), []),
        (document(resource=["qcs::im::uin/100012345:sdkappid/1600900123", "qcs::im::uin/:sdkappid/*"]), []),
        (document(condition={"for_any_value:string_equal": {"qcs:resource_tag": ["a&b"]}}), []),
        (document(condition={"ip_equal_if_exist": {"qcs:ip": "10.0.0.0/8"}}), []),
        ("", ["PolicyDocumentError"]),
        ("[]", ["PolicyDocumentError"]),
        ('{"version":"2.0","statement":[],}', ["PolicyDocumentError"]),
        ('{"version":"2.0","version":"2.0"}', ["PolicyDocumentError"]),
        ('{"version":"2.0","statement":[]} x', ["PolicyDocumentError"]),
        ("{}", ["VersionError", "StatementError"]),
        ('{"version":"1.0","statement":[]}', ["VersionError", "StatementError"]),
        ('{"version":"2.0","statement":["x"]}', ["StatementError"]),
        (document(effect="maybe"), ["EffectError"]),
        (document(extra=1), ["StatementError"]),
        (document(principal="*"), ["PrincipalError"]),
        ('{"version":"2.0","statement":[{"effect":"allow"}]}', ["ActionMiss", "ResourceError"]),
        (document(action=[]), ["ActionMiss"]),
        (document(action=["im"]), ["ActionError"]),
        (document(action=[7]), ["ActionError"]),
        (document(action="cos:GetObject"), ["ActionServiceNotExist"]),
        (document(action="im:Nothing"), ["ActionNotExist"]),
        (document(resource="sdkappid/1"), ["ResourceError"]),
        (document(resource="arn::im::uin/:sdkappid/1"), ["ResourceQcsError"]),
        (document(resource="qcs:id/7:im::uin/:sdkappid/1"), ["ResourceProjectError"]),
        (document(resource="qcs::cos::uin/:sdkappid/1"), ["ResourceServiceNotExist"]),
        (document(resource="qcs::im::uin/5:sdkappid/1"), ["ResourceUinError"]),
        (document(resource="qcs::im::uin/:sdkappid/"), ["ResourceContentError"]),
        (document(condition=[]), ["ConditionError"]),
        (document(condition={"equals": {"qcs:ip": "x"}}), ["ConditionTypeError"]),
        (document(condition={"null_equal_if_exist": {"qcs:ip": "true"}}), ["ConditionTypeError"]),
        (document(condition={"ip_equal": "x"}), ["ConditionContentError"]),
        (document(condition={"ip_equal": {"qcs:ip": "300.1.1.1"}}), ["ConditionContentError"]),
        (document(condition={"numeric_equal": {"qcs:mfa": "many"}}), ["ConditionContentError"]),
        (document(condition={"date_equal": {"qcs:current_time": "soon"}}), ["ConditionContentError"]),
        (document(condition={"bool_equal": {"qcs:mfa": "perhaps"}}), ["ConditionContentError"]),
        (document(condition={"string_equal": {"qcs:weather": "fine"}}), ["ConditionContentError"]),
        (document(condition={"string_equal": {"qcs:uin": []}}), ["ConditionContentError"]),
        (document(condition={"string_equal": {"qcs:uin": {"a": 1}}}), ["ConditionContentError"]),
        (document(action=["im:" + "x" * MAX_CHARS]), ["PolicyDocumentLengthOverLimit"]),
    ],
)
def test_codes(text: str, codes: list[str]) -> None:
    assert mistakes(text) == codes


def test_places() -> None:
    text = '{\n  "version": "2.0",\n  "statement": [\n    {"effect": "alow", "action": "im:X", "resource": "*"}\n  ]\n}'
    found = mistakes_of(text, KNOWN, OWNER)
    assert [(m.code, m.line, m.column, m.path) for m in found] == [
        ("EffectError", 4, 16, "$.statement[0].effect"),
        ("ActionNotExist", 4, 34, "$.statement[0].action"),
    ]
    assert text[found[0].offset :].startswith('"alow"')
    broken = mistakes_of('{"version": "2.0"\n "statement": []}', KNOWN, OWNER)
    assert (broken[0].line, broken[0].column) == (2, 2)


def test_white_space_does_not_count() -> None:
    assert mistakes(document() + " " * 10_000) == []


@given(st.text(max_size=200) | st.from_regex(r'[{}\[\]":,a-z0-9 \\.-]{0,80}', fullmatch=True))
def test_reader_agrees_with_the_standard_one(text: str) -> None:
    try:
        parse(text)
    except JsonError as error:
        place(text, error.offset)
        return
    json.loads(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    max_leaves=12,
)


@given(VALUES)
def test_noise_is_refused_or_compiles(value: object) -> None:
    text = json.dumps({"version": "2.0", "statement": value})
    found = mistakes(text)
    try:
        compile_policy(text)
    except PolicyError:
        assert found


def test_presets_are_good_and_read_only_reads() -> None:
    for preset in PRESETS:
        assert mistakes_of(preset.document, catalogue(), OWNER) == [], preset.name
    for action in actions():
        if action.service != "im":
            continue
        reads = action.name.startswith(READING_VERBS) or action.name in READING_NAMES
        assert reads == (action.kind != "write"), f"{action.id}: the read-only preset goes by the verb"
    assert "DescribeSecret" in KEY_READERS
