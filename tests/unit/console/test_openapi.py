"""The OpenAPI document: every action, every reference, limits of texts."""

from __future__ import annotations

import json
import re
from pathlib import Path

from sodam.cloudapi.table import actions
from sodam.console import openapi
from sodam.console.session_actions import SESSION_ACTIONS


def test_every_action_is_there_and_documented() -> None:
    paths = openapi.document()["paths"]
    assert len(paths) == len(actions()) + len(SESSION_ACTIONS)
    for action in actions():
        described = paths[f"/console/api/{action.service}/{action.name}"]["post"]
        assert described["summary"].endswith("."), action.id
        assert described["x-policy-action"] == action.id


def test_references_lead_somewhere() -> None:
    text = openapi.encoded().decode()
    known = openapi.document()["components"]["schemas"]
    for name in set(re.findall(r'"#/components/schemas/([^"]+)"', text)):
        assert name in known, name
    assert json.loads(text)["openapi"] == "3.1.0"


def test_forms_find_their_limits() -> None:
    schemas = openapi.document()["components"]["schemas"]
    assert schemas["RegisterIMApp"]["properties"]["Name"]["maxLength"] == 64
    assert schemas["CreatePolicy"]["properties"]["PolicyName"]["maxLength"] == 128


def test_the_guide_names_every_action() -> None:
    text = (Path(__file__).parents[3] / "docs" / "console-api.md").read_text("utf-8")
    words = set(re.findall(r"\w+", text))
    names = {a.name for a in actions()} | set(SESSION_ACTIONS)
    assert not names - words
