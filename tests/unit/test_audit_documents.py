"""What the audit log keeps of requests and answers: no secret, everything else; always JSON, whatever its length."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from sodam.access.model import User
from sodam.access.passwords import PasswordRules
from sodam.access.policy import MAX_CHARS
from sodam.apps.model import AppKey
from sodam.audit.documents import MAX_DOCUMENT, document
from sodam.cloudapi.table import actions
from sodam.console.session_actions import SESSION_ACTIONS

SECRET = frozenset(
    (
        *("Password", "OldPassword", "NewPassword", "Code", "Content", "CsrfToken", "PrivateMapKey"),
        *("Secret", "SecretAccessKey", "SecretKey", "Token", "Uri", "UserSig"),
    )
)
PLAIN = frozenset(
    (
        *("AccessKeyId", "CountryCode", "Document", "ErrorCode", "File", "Key", "KeyAlgorithm", "Keyword", "MsgKey"),
        *("PolicyDocument", "Profile", "ProfileItem", "PublicKey", "SecretId", "SecretIdList", "SnsProfileItem"),
    )
)
SUSPICIOUS = re.compile("pass|secret|sig|code|token|key|content|totp|priv|cred|document|file|uri(?!ty)", re.I)
SAMPLES = {"Uri": "otpauth://totp/x?secret=y"}


def types() -> Iterator[tuple[str, type]]:
    """Every request and answer, by the name of its action."""
    for action in actions():
        for kind in (action.request, action.also, action.response):
            if kind is not None:
                yield action.id, kind
    for name, session in SESSION_ACTIONS.items():
        yield f"session:{name}", session.request
        yield f"session:{name}", session.response


def sample(kind: inspect.Type, name: str = "", depth: int = 0) -> Any:
    """A value of a type, each of its texts the name of its field."""
    match kind:
        case inspect.StructType(fields=fields):
            return {f.encode_name: sample(f.type, f.encode_name, depth + 1) for f in fields} if depth < 8 else {}
        case inspect.ListType(item_type=item) | inspect.SetType(item_type=item):
            return [sample(item, name, depth + 1)]
        case inspect.DictType(value_type=item):
            return {"Tag": sample(item, "Tag", depth + 1)}
        case inspect.UnionType(types=kinds):
            best = (inspect.StructType, inspect.ListType, inspect.StrType, inspect.IntType)
            return sample(next((k for form in best for k in kinds if isinstance(k, form)), kinds[0]), name, depth)
        case inspect.Metadata(type=inner):
            return sample(inner, name, depth)
        case inspect.LiteralType(values=values):
            return values[-1]
        case inspect.IntType():
            return 7
        case inspect.BoolType():
            return True
        case inspect.NoneType():
            return None
    return SAMPLES.get(name, f"<{name}>")


def texts(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of a value with the names of their fields."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from texts(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one, name)
    else:
        yield name, value


@pytest.mark.parametrize(("action", "kind"), [pytest.param(a, k, id=f"{a} {k.__name__}") for a, k in types()])
def test_secrets_and_nothing_else(action: str, kind: type) -> None:
    filled = sample(inspect.type_info(kind))
    kept = json.loads(document(filled) or "null")
    for (name, value), (_, shown) in zip(texts(filled), texts(kept), strict=True):
        if not isinstance(value, str):
            assert shown == value, f"{action} {name}: a number or a flag is no secret"
            continue
        if SUSPICIOUS.search(name):
            assert name in SECRET | PLAIN, f"{action} {name}: a new field: say here whether its text is a secret"
        assert shown == ("***" if name in SECRET else value), f"{action} {name}"


def test_every_name_is_still_there() -> None:
    known = {name for _, kind in types() for name, _ in texts(sample(inspect.type_info(kind)))}
    assert known >= SECRET


def test_what_is_kept_inside_the_server() -> None:
    hashes = {"password": "hash1", "old_passwords": ("hash2",), "totp": "base1", "totp_next": "base2"}
    user = User(uin=1, uid=1, root=False, name="ann", **hashes)  # type: ignore[arg-type]
    key = AppKey(key_id=1, algorithm="HMAC-SHA256", secret="signs")
    pem = {"Note": "-----BEGIN PRIVATE KEY-----\nabc"}
    for text in (document(user), document(key), document(pem), document({"Profile": {"x_token": "abc"}})):
        assert not re.search("hash|base|signs|abc", text), text
    assert '"name":"ann"' in document(user)


def test_rules_of_passwords_are_readable() -> None:
    rules = PasswordRules(MinimumLength=12, RetryPasswordLimit=4)
    kept = json.loads(document({"Rules": rules}))["Rules"]
    assert kept == msgspec.to_builtins(rules)
    assert (kept["MinimumLength"], kept["RetryPasswordLimit"], kept["ReusePasswordLimit"]) == (12, 4, 1)


def policy(letter: str) -> str:
    quoted = '"' + letter * 10 + '",'
    return (quoted * (MAX_CHARS // len(quoted) + 1))[:MAX_CHARS]


def test_full_policies_are_kept_whole() -> None:
    facts = {"Policies": [{"PolicyName": letter, "Document": policy(letter)} for letter in "abcde"]}
    assert json.loads(document(facts)) == facts


@pytest.mark.parametrize(
    "value",
    [
        {"Document": "x" * 1_000_000, "Name": "kept"},
        {"Policies": [{"Document": policy("x"), "Name": "kept"}] * 1000},
        {"Profile": {f"Tag{i}": "한" * 500 for i in range(5000)}},
        {"k" * 200_000: 1},
        [["x" * 100] * 300] * 300,
        {"Uins": list(range(100_000))},
    ],
    ids=["text", "objects", "fields", "name", "lists", "numbers"],
)
def test_what_is_long_stays_json(value: Any) -> None:
    text = document(value)
    assert len(text) <= MAX_DOCUMENT
    assert "…" in text
    kept = json.loads(text)
    if isinstance(kept, dict) and "Name" in kept:
        assert kept["Name"] == "kept"


def test_a_cut_says_how_much_is_missing() -> None:
    kept = json.loads(document({"Document": "x" * 20_000, "Name": "one"}))
    assert kept == {"Document": "x" * 16384 + "… (3616 more)", "Name": "one"}
    assert document(None) == ""
