"""Evaluation as a table: what policies allow (access-management.md sections 2 and 3)."""

from __future__ import annotations

import itertools
import json
import random
from typing import Any

import pytest

from sodam.access.evaluate import Question, Who, could_allow, decide, decide_within
from sodam.access.policy import compile_policy
from tests.support.seeds import SEED

ROOT, SUB = 100012345, 100012399
APP = f"qcs::im::uin/{ROOT}:sdkappid/1600900123"
OTHER = f"qcs::im::uin/{ROOT}:sdkappid/1600900124"
WHO = Who(SUB, ROOT, 77)


def statement(**fields: Any) -> dict[str, Any]:
    return {"effect": "allow", "action": "name/im:*", "resource": "*", **fields}


def verdict(
    statements: list[dict[str, Any]], action: str = "im:DescribeSecret", resource: str | None = APP, **context: Any
) -> str:
    policy = compile_policy(json.dumps({"version": "2.0", "statement": statements}))
    values = {key.replace("__", ":"): (v,) if isinstance(v, str) else tuple(v) for key, v in context.items()}
    return decide(policy, Question(action, resource, WHO, values)).verdict


ALLOW, DENY, NO = "allow", "explicitDeny", "implicitDeny"


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("*", "im:RegisterIMApp", ALLOW),
        ("*:*", "cam:AddUser", ALLOW),
        ("name/im:*", "im:RegisterIMApp", ALLOW),
        ("im:*", "im:RegisterIMApp", ALLOW),
        ("name/im:*", "cam:AddUser", NO),
        ("im:Describe*", "im:DescribeSecret", ALLOW),
        ("im:Describe*", "im:SetCallBack", NO),
        ("im:*Group*", "im:AddGroupMember", ALLOW),
        ("IM:describesecret", "im:DescribeSecret", ALLOW),
        ("name/im:DescribeSecret", "im:DescribeSecretX", NO),
        ("*:Describe*", "cam:DescribeSubAccounts", ALLOW),
    ],
)
def test_actions(pattern: str, action: str, expected: str) -> None:
    assert verdict([statement(action=pattern)], action) == expected
    assert verdict([statement(action=["im:Nothing", pattern])], action) == expected


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("*", APP, ALLOW),
        ("*", None, ALLOW),
        (APP, APP, ALLOW),
        (APP, OTHER, NO),
        (APP, None, NO),
        ("qcs::im::uin/100012345:sdkappid/*", OTHER, ALLOW),
        ("qcs::im::uin/:sdkappid/1600900123", APP, ALLOW),
        ("qcs::im:${region}:uin/${uin}:sdkappid/1600900123", APP, ALLOW),
        ("qcs::im::uin/999:sdkappid/1600900123", APP, NO),
        ("qcs:id/0:im:ap-seoul:uin/100012345:sdkappid/1600900123", APP, ALLOW),
        ("qcs:::::sdkappid/1600900123", APP, ALLOW),
        ("qcs::cam::uin/100012345:sdkappid/1600900123", APP, NO),
        ("qcs::im::uin/100012345:*", APP, ALLOW),
        ("qcs::im::uin/100012345:sdkappid/16009001", APP, NO),
        ("qcs::im::uin/100012345:sdkappid/16009001*", APP, ALLOW),
        ("qcs::im::uin/:sdkappid/*", f"qcs::im::uin/{ROOT}:sdkappid/*", ALLOW),
        (APP, f"qcs::im::uin/{ROOT}:sdkappid/*", NO),
        ("qcs::cam::uin/:uin/${uin}", f"qcs::cam::uin/{ROOT}:uin/{SUB}", ALLOW),
        ("qcs::cam::uin/:uin/${uin}", f"qcs::cam::uin/{ROOT}:uin/{SUB}0", NO),
        ("qcs::cos::uin/:bucket/${owner_uin}", f"qcs::cos::uin/{ROOT}:bucket/{ROOT}/a/b", ALLOW),
    ],
)
def test_resources(pattern: str, resource: str | None, expected: str) -> None:
    assert verdict([statement(resource=pattern)], resource=resource) == expected
    assert verdict([statement(resource=["qcs::im::uin/:sdkappid/1", pattern])], resource=resource) == expected


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        ({"ip_equal": {"qcs:ip": "198.51.100.0/24"}}, {"qcs__ip": "198.51.100.7"}, ALLOW),
        ({"ip_equal": {"qcs:ip": ["203.0.113.1", "198.51.100.0/24"]}}, {"qcs__ip": "198.51.101.7"}, NO),
        ({"ip_equal": {"qcs:ip": "198.51.100.0/24"}}, {"qcs__ip": "::ffff:198.51.100.7"}, ALLOW),
        ({"ip_not_equal": {"qcs:ip": ["198.51.100.0/24"]}}, {"qcs__ip": "203.0.113.9"}, ALLOW),
        ({"ip_equal": {"qcs:ip": "198.51.100.0/24"}}, {"qcs__ip": "not an address"}, NO),
        ({"ip_equal": {"qcs:ip": "0.0.0.0/0"}}, {}, NO),
        ({"ip_equal_if_exist": {"qcs:ip": "198.51.100.0/24"}}, {}, ALLOW),
        ({"string_not_equal": {"qcs:uin": "1"}}, {}, NO),
        ({"null_equal": {"qcs:create_uin": True}}, {}, ALLOW),
        ({"null_equal": {"qcs:create_uin": "false"}}, {"qcs__create_uin": "7"}, ALLOW),
        ({"null_equal": {"qcs:create_uin": "false"}}, {}, NO),
        ({"string_equal": {"qcs:create_uin": "${uin}"}}, {"qcs__create_uin": str(SUB)}, ALLOW),
        ({"string_equal": {"qcs:create_uin": "${uin}"}}, {"qcs__create_uin": str(ROOT)}, NO),
        ({"string_equal": {"qcs:owner_uin": "${owner_uin}"}}, {"qcs__owner_uin": str(ROOT)}, ALLOW),
        ({"string_equal": {"QCS:Owner_Uin": str(ROOT)}}, {"qcs__owner_uin": str(ROOT)}, ALLOW),
        ({"string_equal": {"qcs:uin": "a"}}, {"qcs__uin": "A"}, NO),
        ({"string_equal_ignore_case": {"qcs:uin": "a"}}, {"qcs__uin": "A"}, ALLOW),
        ({"string_not_equal_ignore_case": {"qcs:uin": "a"}}, {"qcs__uin": "A"}, NO),
        ({"string_like": {"qcs:uin": "1*9"}}, {"qcs__uin": "12349"}, ALLOW),
        ({"string_not_like": {"qcs:uin": ["1*9", "2*"]}}, {"qcs__uin": "12349"}, NO),
        ({"string_not_like": {"qcs:uin": ["2*", "3*"]}}, {"qcs__uin": "12349"}, ALLOW),
        ({"binary_equal": {"qcs:uin": "x"}}, {"qcs__uin": "x"}, ALLOW),
        ({"numeric_equal": {"qcs:mfa": 1}}, {"qcs__mfa": "1"}, ALLOW),
        ({"numeric_equal": {"qcs:mfa": "1.0"}}, {"qcs__mfa": "1"}, ALLOW),
        ({"numeric_not_equal": {"qcs:mfa": 1}}, {"qcs__mfa": "0"}, ALLOW),
        ({"numeric_greater_than": {"qcs:uin": 5}}, {"qcs__uin": "5"}, NO),
        ({"numeric_greater_than_equal": {"qcs:uin": 5}}, {"qcs__uin": "5"}, ALLOW),
        ({"numeric_less_than": {"qcs:uin": 5}}, {"qcs__uin": "4"}, ALLOW),
        ({"numeric_less_than_equal": {"qcs:uin": 5}}, {"qcs__uin": "6"}, NO),
        ({"bool_equal": {"qcs:mfa": "true"}}, {"qcs__mfa": "1"}, ALLOW),
        (
            {"date_less_than": {"qcs:current_time": "2026-12-31T23:59:59Z"}},
            {"qcs__current_time": "2026-11-22T03:00:00+00:00"},
            ALLOW,
        ),
        (
            {"date_greater_than": {"qcs:current_time": "2026-12-31T23:59:59Z"}},
            {"qcs__current_time": "2026-11-22T03:00:00+00:00"},
            NO,
        ),
        (
            {
                "ip_equal": {"qcs:ip": "198.51.100.0/24"},
                "date_less_than": {"qcs:current_time": "2026-01-01T00:00:00Z"},
            },
            {"qcs__ip": "198.51.100.7", "qcs__current_time": "2026-11-22T03:00:00+00:00"},
            NO,
        ),
        ({"string_equal": {"qcs:uin": "1", "qcs:mfa": "1"}}, {"qcs__uin": "1", "qcs__mfa": "0"}, NO),
        ({"string_equal": {"qcs:uin": "1", "qcs:mfa": "1"}}, {"qcs__uin": "1", "qcs__mfa": "1"}, ALLOW),
    ],
)
def test_conditions(condition: dict[str, Any], context: dict[str, Any], expected: str) -> None:
    assert verdict([statement(condition=condition)], **context) == expected


TAGGED = ["team&support", "stage&live"]


@pytest.mark.parametrize(
    ("condition", "tags", "expected"),
    [
        ({"for_any_value:string_equal": {"qcs:resource_tag": ["team&support"]}}, TAGGED, ALLOW),
        ({"for_any_value:string_equal": {"qcs:tag": ["team&support"]}}, TAGGED, ALLOW),
        ({"for_any_value:string_equal": {"qcs:resource_tag": ["team&sales", "stage&live"]}}, TAGGED, ALLOW),
        ({"for_any_value:string_equal": {"qcs:resource_tag": ["team&sales"]}}, TAGGED, NO),
        ({"for_any_value:string_equal": {"qcs:resource_tag": ["team&support"]}}, [], NO),
        ({"for_any_value:string_like": {"qcs:resource_tag": ["team&*"]}}, TAGGED, ALLOW),
        ({"for_all_value:string_equal": {"qcs:resource_tag": ["team&support"]}}, TAGGED, NO),
        ({"for_all_value:string_equal": {"qcs:resource_tag": TAGGED}}, TAGGED, ALLOW),
        ({"for_all_value:string_equal": {"qcs:resource_tag": TAGGED}}, [], NO),
        ({"string_equal": {"qcs:tag/team": "support"}}, TAGGED, ALLOW),
        ({"string_equal": {"qcs:tag/Team": "support"}}, TAGGED, NO),
        ({"for_any_value:string_not_equal": {"qcs:resource_tag": ["team&support"]}}, TAGGED, ALLOW),
        ({"string_not_equal": {"qcs:resource_tag": ["team&support"]}}, TAGGED, NO),
    ],
)
def test_tags(condition: dict[str, Any], tags: list[str], expected: str) -> None:
    context = {"qcs__resource_tag": tags, "qcs__tag": tags}
    context |= {f"qcs__tag/{k}": [v] for k, v in (tag.split("&") for tag in tags)}
    assert verdict([statement(condition=condition)], **context) == expected


def test_deny_wins_in_any_order() -> None:
    two_apps = statement(resource=[APP, OTHER])
    no_removal = statement(effect="deny", action=["name/im:RemoveUser"], resource=[APP])
    for order in itertools.permutations([two_apps, no_removal, statement()]):
        assert verdict(list(order), "im:RemoveUser", APP) == DENY
        assert verdict(list(order), "im:RemoveUser", OTHER) == ALLOW
        assert verdict(list(order), "im:DescribeSecret", APP) == ALLOW


def test_nothing_matches() -> None:
    assert verdict([statement(action="im:Other")]) == NO
    assert decide([], Question("im:DescribeSecret", APP, WHO, {})).verdict == NO


def test_boundary() -> None:
    everything = compile_policy(json.dumps({"version": "2.0", "statement": statement()}))
    reading = compile_policy(json.dumps({"version": "2.0", "statement": statement(action="im:Describe*")}))
    refusing = compile_policy(json.dumps({"version": "2.0", "statement": statement(effect="deny")}))
    asked = Question("im:DescribeSecret", APP, WHO, {})
    writing = Question("im:RemoveUser", APP, WHO, {})
    assert decide_within(everything, None, writing).allowed
    assert decide_within(everything, reading, asked).allowed
    assert decide_within(everything, reading, writing).verdict == NO
    assert decide_within(everything, refusing, asked).verdict == DENY
    assert decide_within([], everything, asked).verdict == NO  # a boundary grants nothing
    assert decide_within(refusing, everything, asked).verdict == DENY


def test_could_allow() -> None:
    def could(*statements: dict[str, Any]) -> bool:
        policy = compile_policy(json.dumps({"version": "2.0", "statement": list(statements)}))
        return could_allow(policy, Question("im:DescribeIMAppList", APP, WHO, {}))

    tagged = statement(condition={"for_any_value:string_equal": {"qcs:resource_tag": ["a&b"]}})
    assert could(tagged)
    assert could(statement(resource=OTHER))
    assert not could(statement(action="im:Remove*"))
    assert not could(statement(), statement(effect="deny"))
    assert could(statement(), statement(effect="deny", resource=OTHER))


def test_random_policies_follow_the_rule() -> None:
    """Explicit deny, then allow, then no: compared with a direct reading of the matching statements."""
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    actions = ["*", "im:*", "im:Describe*", "im:DescribeSecret", "im:RemoveUser", "cam:*"]
    resources = ["*", APP, OTHER, "qcs::im::uin/:sdkappid/*"]
    for _ in range(500):
        chosen = [
            statement(
                effect=dice.choice(["allow", "deny"]), action=dice.choice(actions), resource=dice.choice(resources)
            )
            for _ in range(dice.randrange(5))
        ]
        asked = dice.choice(["im:DescribeSecret", "im:RemoveUser", "cam:AddUser"]), dice.choice([APP, OTHER, None])
        effects = {
            s["effect"]
            for s in chosen
            if asked[0].startswith(s["action"].rstrip("*"))
            and (s["resource"] == "*" or (asked[1] is not None and s["resource"] in (asked[1], resources[3])))
        }
        if not chosen:
            continue
        assert verdict(chosen, *asked) == (DENY if "deny" in effects else ALLOW if effects else NO), (chosen, asked)
