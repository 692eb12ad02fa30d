"""Whatever the server can say, the console can say in every language: the sources name the sentences, the locale files
hold them (docs/decisions/0012-words.md).

Read from the syntax trees, so that a new refusal without a text fails here and not on somebody's screen.
"""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from functools import cache
from typing import Any, Final

import pytest

from sodam.access.presets import PRESETS
from sodam.apps.declared import declared, plain
from sodam.apps.model import AppSettings
from sodam.cloudapi.table import SERVICES, actions
from sodam.errors import Code
from sodam.gateway import table as gateway_table
from sodam.rest import openapi, table
from sodam.troubleshooting.cures import CURES
from tests.support import tree

LANGUAGES: Final = ("en", "ko", "zh")
LOCALE: Final = tree.ROOT / "web/src/locale"
SOURCE: Final = tree.ROOT / "src/sodam"
# The edge that checks TC3 signatures answers programs only: nothing of it reaches a screen.
NOT_ON_SCREEN: Final = {SOURCE / "cloudapi/http.py", SOURCE / "cloudapi/tc3.py", SOURCE / "control.py"}
# Codes that many rules share: where they stand alone, the console cannot tell which rule it was.
CLASSES: Final = {
    "FailedOperation",
    "InvalidParameter",
    "LimitExceeded",
    "OperationDenied",
    "ResourceInUse",
    "ResourceNotFound",
    "UnsupportedOperation",
}
ALLOWED_CLASSES: Final = {
    "cloudapi/run.py": {
        "FailedOperation",  # with the chat plane's number
        "InvalidParameter",  # the body is no JSON
    },
}
PREFIX: Final = {"invalid": "InvalidParameter", "missing": "ResourceNotFound"}
NOT_PARAMS: Final = {"cure", "detail", "extra", "code", "message"}
Sites = dict[str, list[tuple[str, set[str]]]]


def _texts(space: str, language: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LOCALE / space / f"{language}.json").read_text())
    return found


def _literal(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _choices(node: ast.expr | None) -> list[str | None]:
    if isinstance(node, ast.IfExp):
        return [*_choices(node.body), *_choices(node.orelse)]
    return [_literal(node)]


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


def _said_by(call: ast.Call, name: str) -> tuple[list[str | None], set[str]]:
    """The keys of the sentences that a call can say, and the parameters that it gives them."""
    params = {k.arg for k in call.keywords if k.arg and k.arg not in NOT_PARAMS}
    detail = _literal(_keyword(call, "detail"))
    if name == "BadCredentials":  # what a push service's credentials lack, in the second place
        return _choices(call.args[1]) if len(call.args) > 1 else ["PushCredentials"], params
    if isinstance(_keyword(call, "detail"), ast.Attribute):
        return [], params  # said where what is caught here was raised
    if name == "Explanation":
        given = call.args[2] if len(call.args) > 2 else None
        if isinstance(given, ast.Dict):
            params = {key for node in given.keys if (key := _literal(node))}
        return (_choices(call.args[1]) if len(call.args) > 1 else [""]), params
    if name == "JobFailed":
        return [detail], params
    if detail:
        return [detail], params
    if name in PREFIX:
        after = call.args[1] if len(call.args) > 1 else _keyword(call, "code")
        return [PREFIX[name] if after is None else f"{PREFIX[name]}.{_literal(after)}"], params
    if name == "plan_required":
        return ["UnsupportedOperation.PlanRequired"], params
    return _choices(call.args[0]), params


@cache
def _sites() -> Sites:
    """Key of a sentence to the places that say it, each with its parameters."""
    found: Sites = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        if path in NOT_ON_SCREEN:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id not in (
                "ControlError",
                "invalid",
                "missing",
                "plan_required",
                "JobFailed",
                "Explanation",
                "BadCredentials",
            ):
                continue
            keys, params = _said_by(node, node.func.id)
            where = f"{path.relative_to(SOURCE)}:{node.lineno}"
            for key in keys:
                found[key or ""].append((where, params))
    return found


def _mistakes() -> Sites:
    """As ``_sites``, for the codes of a policy's mistakes: one that says no detail goes by its code."""
    path = SOURCE / "access/policy.py"
    names = re.findall(r'self\.wrong\(\s*"(\w+)"', path.read_text())
    names += [n for pair in re.findall(r'self\.texts\([^)]*"(\w+)", "(\w+)"\)', path.read_text()) for n in pair]
    return {name: [("access/policy.py", set())] for name in names}


CARRIED: Final = {"action", "resource", "Action", "Resource", "Plan", "count"}


def test_every_refusal_is_more_than_its_class() -> None:
    alone = [
        f"{where}: {key}"
        for key in CLASSES
        for where, _ in _sites().get(key, [])
        if key not in ALLOWED_CLASSES.get(where.rsplit(":", 1)[0], set())
    ]
    assert not alone, "name the rule with detail=..., and give it a text:\n" + "\n".join(alone)


def test_refusals_are_found() -> None:
    """The scan reads what it means to read."""
    assert len(_sites()) > 120
    assert _sites()["TextLength"][0][1] == {"Field", "Least", "Most"}
    assert _sites()["InvalidParameter.GroupFull"][0][1] == {"Most"}
    assert _sites()["JsonKeyTwice"][0][1] == {"Name"}
    assert "StatementError" in _mistakes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_a_text(language: str) -> None:
    texts = _texts("refusals", language) | _texts("results", language)
    lacking = {
        f"{key} ({places[0][0]})"
        for key, places in _sites().items()
        if key and not key.isdigit() and key.replace(".", "_") not in texts
    }
    assert not lacking, f"web/src/locale/refusals/{language}.json or results lack: " + ", ".join(sorted(lacking))


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_use_what_every_place_gives(language: str) -> None:
    texts = _texts("refusals", language) | _texts("results", language)
    wrong = []
    for key, places in _sites().items():
        words = " ".join(texts.get(key.replace(".", "_"), {}).values()) if key else ""
        used = set(re.findall(r"\{\{(\w+)\}\}", words)) - CARRIED
        wrong += [f"{where} says {key} without {', '.join(used - given)}" for where, given in places if used - given]
    # The decoder's refusal of a request that lacks a field comes through control.malformed, which names it.
    assert not [line for line in wrong if "says MissingParameter" not in line], "\n".join(wrong)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mistake_of_a_policy_has_a_text(language: str) -> None:
    """A code whose every mistake says its detail needs none of its own, but it may be shown for an older server."""
    results = _texts("results", language)
    silent = set(re.findall(r'self\.wrong\(\s*"(\w+)", Explanation\((?:f?"[^"]*"|\'[^\']*\')\),', _policy()))
    silent |= {"ActionError", "ActionServiceNotExist", "ActionNotExist", "ConditionTypeError", "ResourceUinError"}
    assert silent >= {"VersionError", "ResourceQcsError"}
    assert not {name for name in silent if name not in results}


def _policy() -> str:
    return (SOURCE / "access/policy.py").read_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_cause_and_cure(language: str) -> None:
    """Whoever meets a code in the log, the explorer or a refusal reads what it is and what to change."""
    texts = _texts("numbers", language)
    lacking = [
        f"{int(code)} {code.name}"
        for code in Code
        if code and not all(texts.get(str(int(code)), {}).get(part, "").strip() for part in ("title", "cure"))
    ]
    assert not lacking, f"web/src/locale/numbers/{language}.json lacks: {', '.join(lacking)}"
    letters = {"en": "[A-Za-z]", "ko": "[가-힣]", "zh": "[一-鿿]"}[language]
    foreign = [key for key, text in texts.items() for part in text.values() if not re.search(letters, part)]
    assert not foreign, f"not in {language}: {', '.join(foreign)}"


def test_every_code_has_a_cure_for_callers_of_the_api() -> None:
    assert set(CURES) == set(Code) - {Code.OK}
    assert all(CURES.values())


def test_every_command_declares_codes_with_texts() -> None:
    """What a command may answer is a member of `Code`, whose texts the tests above hold complete."""
    rest = [code for command in table.commands() for code in command.errors]
    clients = [code for command in gateway_table.commands().values() for code in command.errors]
    assert len(rest) > 500
    assert len(clients) > 200
    assert all(Code(code) in CURES for code in (*rest, *clients) if code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_known(language: str) -> None:
    known = {str(int(code)) for code in Code} | {"other"}
    assert not set(_texts("numbers", language)) - known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_and_preset_is_described(language: str) -> None:
    texts = _texts("catalog", language)
    there = {f"{service}:{name}" for service in SERVICES for name in texts[service]}
    declared = {action.id for action in actions()}
    assert there == declared, f"{language}: {sorted(there ^ declared)}"
    assert set(texts["preset"]) == {preset.name for preset in PRESETS}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_described(language: str) -> None:
    """The API explorer says what a command does. Where the English text changes, the others are to be read again."""
    path = tree.ROOT / f"web/src/features/explorer/locale/{language}.json"
    texts = json.loads(path.read_text())["does"]
    documented = {command.path: openapi.summary(command) for command in table.commands()}
    assert texts.keys() == documented.keys(), sorted(texts.keys() ^ documented.keys())
    letters = {"en": "[A-Za-z]", "ko": "[가-힣]", "zh": "[一-鿿]"}[language]
    assert not [name for name, text in texts.items() if not re.search(letters, text)]
    if language == "en":
        changed = [name for name, text in texts.items() if text != documented[name]]
        assert not changed, f"other texts than the documentation's; say them anew in ko and zh: {', '.join(changed)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_of_an_app_has_its_texts(language: str) -> None:
    """The console makes its form of the declarations: a new setting needs these texts and no code there."""
    path = tree.ROOT / f"web/src/features/settings/locale/{language}.json"
    texts: dict[str, Any] = json.loads(path.read_text())
    lacking = []
    for key in [key for one in declared(AppSettings).values() for key in one.texts]:
        found: Any = texts
        for part in key.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        if not isinstance(found, str):
            lacking.append(key)
    assert not lacking, f"{path.name} lacks {', '.join(lacking)}"


def test_every_section_of_settings_is_on_a_page() -> None:
    pages = "".join(path.read_text() for path in (tree.ROOT / "web/src/features/settings").glob("[pc]*s/*.tsx"))
    shown = set(re.findall(r'"(\w+)"', " ".join(re.findall(r"sections=\{\[([^\]]+)\]\}", pages))))
    assert shown == {one.rule.section for one in plain(AppSettings).values()}
