"""OpenAPI, derived from the declarations of the commands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from sodam import __version__
from sodam.rest import reference
from sodam.wire import Command, Empty

_REF = "#/components/schemas/{name}"
_ENVELOPE = {
    "type": "object",
    "required": ["ActionStatus", "ErrorCode", "ErrorInfo"],
    "properties": {
        "ActionStatus": {"type": "string", "enum": ["OK", "FAIL", "SomeError"]},
        "ErrorCode": {"type": "integer", "description": "0 is success"},
        "ErrorInfo": {"type": "string", "description": "for developers"},
        "ErrorDisplay": {"type": "string", "description": "for end users; some services only"},
    },
}
_FAILURE = {
    "type": "object",
    "required": ["ActionStatus", "ErrorCode", "ErrorInfo"],
    "properties": {
        "ActionStatus": {"type": "string", "enum": ["FAIL"]},
        "ErrorCode": {"type": "integer", "minimum": 1},
        "ErrorInfo": {"type": "string", "description": "for developers"},
        "ErrorDisplay": {"type": "string", "description": "for end users; some services only"},
    },
    "description": "A refused call. A batch call of which every item failed carries its results, too.",
}
_QUERY = (
    ("sdkappid", "integer", True, "the app"),
    ("identifier", "string", True, "an administrator of the app"),
    ("usersig", "string", True, "the administrator's UserSig"),
    ("random", "integer", False, "a tag of the request, unsigned 32-bit"),
    ("contenttype", "string", False, "json"),
)


def summary(command: Command) -> str:
    """What a command does, in one line: the first of its documentation, to the end of its sentence."""
    lines = iter(reference.without_sources(command.doc).split("\n\n", 1)[0].split("\n"))
    text = next(lines)
    for line in lines:
        if text.endswith("."):
            break
        text += f" {line.strip()}"
    return text.replace("``", "")


def _operation(command: Command, schemas: dict[type, dict[str, Any]]) -> dict[str, Any]:
    body = {"type": "object"} if command.request is Empty else schemas[command.request]
    answer: dict[str, Any] = {"$ref": _REF.format(name="Envelope")}
    if command.response is not None:
        answer = {"anyOf": [{"allOf": [answer, schemas[command.response]]}, {"$ref": _REF.format(name="Failure")}]}
    errors = [f"- {int(code)}: {code.meaning}" for code in command.errors]
    return {
        "tags": [command.service.name],
        "operationId": command.path.replace("/", "."),
        "summary": summary(command),
        "description": "\n".join([reference.without_sources(command.doc), "", "Error codes:", "", *errors]),
        "parameters": [
            {"name": name, "in": "query", "required": required, "description": text, "schema": {"type": kind}}
            for name, kind, required, text in _QUERY
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "example": reference.example(command)}},
        },
        "responses": {
            "200": {
                "description": "The answer, also of a failure: see ErrorCode.",
                "content": {"application/json": {"schema": answer}},
            }
        },
        "x-rate-limit-per-second": command.rate,
        "x-error-codes": [int(code) for code in command.errors],
    }


def _plain(name: str) -> str:
    """A schema's name as generators take it: types of one name in two modules come with their modules' names."""
    parts = name.split(".")
    return parts[-1] if len(parts) == 1 else "".join(word.title() for word in parts[-2].split("_")) + parts[-1]


def _readable(value: Any) -> Any:
    """The document as generators of clients read it: plain names, and no list of values that mixes types."""
    if isinstance(value, dict):
        if value.get("type") == "array" and "items" not in value:
            value = {**value, "items": {}}  # generators of clients ask for it
        if {type(item) for item in value.get("enum", ())} == {int, str}:
            kinds = (("integer", int), ("string", str))
            parted = [{"type": name, "enum": [v for v in value["enum"] if type(v) is kind]} for name, kind in kinds]
            return {**{key: inner for key, inner in value.items() if key != "enum"}, "anyOf": parted}
        return {key: _readable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    prefix = _REF.format(name="")
    if isinstance(value, str) and value.startswith(prefix):
        return prefix + _plain(value.removeprefix(prefix))
    return value


def document(commands: Iterable[Command]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of REST v4."""
    listed = list(commands)
    types = list(dict.fromkeys(t for c in listed for t in (c.request, c.response) if t is not None and t is not Empty))
    refs, components = msgspec.json.schema_components(types, ref_template=_REF)
    schemas = dict(zip(types, refs, strict=True))
    named = {_plain(name): {**schema, "title": _plain(name)} for name, schema in components.items()}
    assert len(named) == len(components)
    return _readable(_document(listed, schemas, named))  # type: ignore[no-any-return]


def _document(listed: list[Command], schemas: dict[type, dict[str, Any]], components: dict[str, Any]) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Sodam REST API v4",
            "version": __version__,
            "description": "Compatible with the server REST API v4 of Tencent Cloud Chat.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {f"/v4/{command.path}": {"post": _operation(command, schemas)} for command in listed},
        "components": {"schemas": {"Envelope": _ENVELOPE, "Failure": _FAILURE, **components}},
    }
