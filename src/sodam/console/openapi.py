"""The console's OpenAPI document, made of the declared actions; the web app's types are made of it."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from sodam import __version__
from sodam.cloudapi.table import actions
from sodam.console.session_table import SESSION_ACTIONS

_REF = "#/components/schemas/{name}"


class ApiError(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Why a call was refused."""

    Code: str
    Message: str
    Cure: str = ""
    Detail: str = ""
    """Which rule was broken, where several share a code."""
    Params: dict[str, str | int] = {}
    """What the sentence is about; a name that ends in ``Time`` is unix seconds."""
    Action: str = ""
    Resource: str = ""
    ErrorCode: int = 0
    """The chat plane's number."""
    Plan: str = ""
    Mistakes: list[dict[str, Any]] = []
    From: int = 0
    RetryAfter: int = 0
    CodeNeeded: bool = False


class Failure(msgspec.Struct):
    RequestId: str
    Error: ApiError


def document() -> dict[str, Any]:
    """OpenAPI 3.1: a path for each action."""
    found = actions()
    session = sorted(SESSION_ACTIONS.values(), key=lambda a: a.name)
    types: list[type] = []
    for action in found:
        types += [action.request, action.response, *([action.also] if action.also else [])]
    for item in session:
        types += [item.request, item.response]
    unique = list(dict.fromkeys([*types, Failure]))
    refs, schemas = msgspec.json.schema_components(unique, ref_template=_REF)
    ref = dict(zip(unique, refs, strict=True))
    paths: dict[str, Any] = {}
    for item in session:
        facts = {"x-kind": "write", "x-level": "session"}
        paths[f"/console/api/session/{item.name}"] = _path(
            "session", item.name, item.doc, ref[item.request], ref[item.response], facts
        )
    for action in found:
        request = ref[action.request]
        if action.also is not None:
            request = {"allOf": [request, ref[action.also]]}
        facts = {"x-kind": action.kind, "x-level": action.level, "x-policy-action": action.id}
        path = f"/console/api/{action.service}/{action.name}"
        paths[path] = _path(action.service, action.name, action.doc, request, ref[action.response], facts)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sodam console API", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "sodam_session"}},
        },
        "security": [{"session": []}],
    }


def _path(service: str, name: str, doc: str, request: Any, response: Any, facts: dict[str, str]) -> dict[str, Any]:
    envelope = {
        "type": "object",
        "required": ["RequestId", "Data"],
        "properties": {"RequestId": {"type": "string"}, "Data": response},
    }
    failure = {"$ref": _REF.format(name="Failure")}
    summary, _, rest = doc.partition("\n")
    return {
        "post": {
            "operationId": f"{service}_{name}",
            "tags": [service],
            "summary": summary,
            "description": rest.strip(),
            **facts,
            "parameters": []
            if name == "Login"
            else [{"name": "X-CSRF-Token", "in": "header", "required": name != "Whoami", "schema": {"type": "string"}}],
            "requestBody": {"required": True, "content": {"application/json": {"schema": request}}},
            "responses": {
                "200": {"description": "done", "content": {"application/json": {"schema": envelope}}},
                "default": {"description": "refused", "content": {"application/json": {"schema": failure}}},
            },
        }
    }


@cache
def encoded() -> bytes:
    return msgspec.json.encode(document())


if __name__ == "__main__":
    print(msgspec.json.format(encoded(), indent=1).decode())
