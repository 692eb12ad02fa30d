"""Reading a policy document: grammar, mistakes with their places, and the statements that evaluation takes.

Source: access-management.md 2.3 to 2.6 and the codes of 6.4. All mistakes are reported, not only the first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

import msgspec

from sodam.access.conditions import OPERATORS, Test, check_value, known_key, normal_key, split_operator
from sodam.access.evaluate import Statement, split_resource
from sodam.access.positions import JsonError, Node, parse, place
from sodam.control import Explanation, Param

MAX_CHARS: Final = 6144
"""Characters of a document, white space not counted."""
_MAX_TEXT: Final = 65536
_OPERATION: Final = re.compile(r"[A-Za-z0-9*_]+")
_ELEMENTS: Final = ("principal", "effect", "action", "resource", "condition")

Catalogue = Mapping[str, Collection[str]]
"""Services that policies may name, each with its operations in lower case."""


class Mistake(msgspec.Struct, frozen=True, rename="pascal"):
    """One thing wrong. ``code`` is the part after ``InvalidParameter.``; line and column begin at 1."""

    code: str
    message: str
    detail: str
    """Which rule is broken, where several share a code."""
    params: dict[str, Param]
    path: str
    line: int
    column: int
    offset: int


class PolicyError(Exception):
    """The document cannot be used."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(mistakes[0].message)
        self.mistakes = mistakes


@lru_cache(maxsize=1024)
def compile_policy(text: str, *, policy_id: int = 0, policy_name: str = "") -> tuple[Statement, ...]:
    """The statements of a stored document, remembered: every request of a sub-user needs those of its policies.

    What it names was checked when it was stored: unknown names are let be.

    Raises PolicyError.
    """
    reader = _Reader(text, None, None)
    statements = reader.document()
    if reader.mistakes:
        raise PolicyError(reader.mistakes)
    return tuple(
        msgspec.structs.replace(s, policy_id=policy_id, policy_name=policy_name, index=i)
        for i, s in enumerate(statements)
    )


def mistakes_of(text: str, catalogue: Catalogue, owner_uin: int) -> list[Mistake]:
    """Everything wrong with a document that somebody wants to store; empty when it is good."""
    reader = _Reader(text, catalogue, owner_uin)
    reader.document()
    return reader.mistakes


_EMPTY: Final = Explanation("the list is empty", "ListEmpty")


def _unknown(element: str) -> Explanation:
    return Explanation(f"unknown element {element!r}", "UnknownElement", {"Name": element})


def _missing(element: str) -> Explanation:
    return Explanation(f"{element} is missing", "ElementMissing", {"Name": element})


class _Reader:
    def __init__(self, text: str, catalogue: Catalogue | None, owner_uin: int | None) -> None:
        self.text = text
        self.catalogue = catalogue
        self.owner_uin = owner_uin
        self.mistakes: list[Mistake] = []

    def wrong(self, code: str, said: Explanation, path: str, offset: int) -> None:
        line, column = place(self.text, offset)
        self.mistakes.append(Mistake(code, said.text, said.detail or code, said.params, path, line, column, offset))

    def document(self) -> list[Statement]:
        if len("".join(self.text.split())) > MAX_CHARS or len(self.text) > _MAX_TEXT:
            said = Explanation(f"a policy has at most {MAX_CHARS} characters", "", {"Most": MAX_CHARS})
            self.wrong("PolicyDocumentLengthOverLimit", said, "$", 0)
            return []
        try:
            root = parse(self.text)
        except JsonError as error:
            self.wrong("PolicyDocumentError", error.explanation, "$", error.offset)
            return []
        if not isinstance(root.value, dict):
            self.wrong(
                "PolicyDocumentError", Explanation("a policy is a JSON object", "PolicyNoObject"), "$", root.offset
            )
            return []
        for key, node in root.value.items():
            if key not in ("version", "statement"):
                self.wrong("PolicyDocumentError", _unknown(key), f"$.{key}", node.offset)
        version = root.value.get("version")
        if version is None or version.value != "2.0":
            self.wrong("VersionError", Explanation('version must be "2.0"'), "$.version", (version or root).offset)
        statement = root.value.get("statement")
        if statement is None:
            self.wrong("StatementError", _missing("statement"), "$.statement", root.offset)
            return []
        items = statement.value if isinstance(statement.value, list) else [statement]
        if not items:
            said = Explanation("at least one statement is needed", "NoStatement")
            self.wrong("StatementError", said, "$.statement", statement.offset)
        return [s for i, item in enumerate(items) if (s := self.statement(item, f"$.statement[{i}]"))]

    def statement(self, node: Node, path: str) -> Statement | None:
        if not isinstance(node.value, dict):
            self.wrong(
                "StatementError", Explanation("a statement is a JSON object", "StatementNoObject"), path, node.offset
            )
            return None
        members = node.value
        for key, member in members.items():
            if key == "principal":
                said = Explanation("principal belongs to trust and resource policies only")
                self.wrong("PrincipalError", said, f"{path}.principal", member.offset)
            elif key not in _ELEMENTS:
                self.wrong("StatementError", _unknown(key), f"{path}.{key}", member.offset)
        effect = members.get("effect")
        if effect is None or effect.value not in ("allow", "deny"):
            said = Explanation("effect must be allow or deny") if effect else _missing("effect")
            self.wrong("EffectError", said, f"{path}.effect", (effect or node).offset)
        actions = self.actions(members.get("action"), f"{path}.action", node)
        resources = self.resources(members.get("resource"), f"{path}.resource", node)
        tests = self.condition(members["condition"], f"{path}.condition") if "condition" in members else ()
        verdict = "deny" if effect is not None and effect.value == "deny" else "allow"
        return Statement("deny" if verdict == "deny" else "allow", actions, resources, tests)

    def texts(self, node: Node | None, path: str, parent: Node, code: str, missing: str) -> list[tuple[str, str, int]]:
        """A text or a list of texts, each with its path and offset."""
        if node is None:
            self.wrong(missing, _missing(path.rsplit(".", 1)[-1]), path, parent.offset)
            return []
        nodes = node.value if isinstance(node.value, list) else [node]
        if not nodes:
            self.wrong(missing, _EMPTY, path, node.offset)
        found = []
        for i, item in enumerate(nodes):
            where = f"{path}[{i}]" if isinstance(node.value, list) else path
            if isinstance(item.value, str) and item.value:
                found.append((item.value, where, item.offset))
            else:
                self.wrong(code, Explanation("expected a text", "NoText"), where, item.offset)
        return found

    def actions(self, node: Node | None, path: str, parent: Node) -> tuple[str, ...]:
        found = []
        for text, where, offset in self.texts(node, path, parent, "ActionError", "ActionMiss"):
            if text in ("*", "*:*"):
                found.append("*")
                continue
            service, colon, operation = text.removeprefix("name/").partition(":")
            if not colon or not (service == "*" or service.isidentifier()) or not _OPERATION.fullmatch(operation):
                said = Explanation(
                    f"{text!r} is no action: write service:Operation or name/service:Operation", "", {"Name": text}
                )
                self.wrong("ActionError", said, where, offset)
                continue
            self.known_action(service.lower(), operation, where, offset)
            found.append(f"{service}:{operation}".lower())
        return tuple(found)

    def known_action(self, service: str, operation: str, where: str, offset: int) -> None:
        if self.catalogue is None or service == "*":
            return
        if service not in self.catalogue:
            known = ", ".join(sorted(self.catalogue))
            said = Explanation(f"unknown service {service!r}; known are {known}", "", {"Name": service, "Known": known})
            self.wrong("ActionServiceNotExist", said, where, offset)
        elif "*" not in operation and operation.lower() not in self.catalogue[service]:
            said = Explanation(f"{service} has no action {operation!r}", "", {"Service": service, "Name": operation})
            self.wrong("ActionNotExist", said, where, offset)

    def resources(self, node: Node | None, path: str, parent: Node) -> tuple[tuple[str, ...], ...]:
        found = []
        for text, where, offset in self.texts(node, path, parent, "ResourceError", "ResourceError"):
            parts = split_resource(text)
            if parts != ("*",) and not self.six_parts(parts, where, offset):
                continue
            found.append(parts)
        return tuple(found)

    def six_parts(self, parts: tuple[str, ...], where: str, offset: int) -> bool:
        if len(parts) != 6:
            said = Explanation("a resource has six parts: qcs:project:service:region:account:resource, or is * alone")
            self.wrong("ResourceError", said, where, offset)
            return False
        literal, project, service, _, account, tail = parts
        before = len(self.mistakes)
        if literal != "qcs":
            self.wrong("ResourceQcsError", Explanation("a resource begins with qcs"), where, offset)
        if project not in ("", "*", "id/0"):
            self.wrong("ResourceProjectError", Explanation("leave the project empty"), where, offset)
        if self.catalogue is not None and service not in ("", "*") and service.lower() not in self.catalogue:
            said = Explanation(f"unknown service {service!r}", "", {"Name": service})
            self.wrong("ResourceServiceNotExist", said, where, offset)
        own = ("", "*", "uin/", "uin/*", "uin/${uin}", "uin/${owner_uin}", f"uin/{self.owner_uin}")
        if self.owner_uin is not None and account not in own:
            said = Explanation(f"the account is empty or uin/{self.owner_uin}", "", {"Uin": self.owner_uin})
            self.wrong("ResourceUinError", said, where, offset)
        kind, slash, name = tail.partition("/")
        if tail != "*" and not (kind and slash and name):
            said = Explanation("the last part is type/id, type/* or *, for example sdkappid/1400000001")
            self.wrong("ResourceContentError", said, where, offset)
        return len(self.mistakes) == before

    def condition(self, node: Node, path: str) -> tuple[Test, ...]:
        if not isinstance(node.value, dict):
            self.wrong(
                "ConditionError", Explanation("condition is an object: operator to key to value"), path, node.offset
            )
            return ()
        found: list[Test] = []
        for name, keys in node.value.items():
            where = f"{path}.{name}"
            qualifier, operator, if_exist = split_operator(name)
            if operator not in OPERATORS or (operator == "null_equal" and if_exist):
                said = Explanation(f"unknown operator {name!r}", "", {"Name": name})
                self.wrong("ConditionTypeError", said, where, keys.offset)
            elif not isinstance(keys.value, dict) or not keys.value:
                said = Explanation("expected an object: key to value", "ConditionNoKeys")
                self.wrong("ConditionContentError", said, where, keys.offset)
            else:
                for key, value in keys.value.items():
                    values = self.values(operator, value, f"{where}.{key}")
                    if self.catalogue is not None and not known_key(key):
                        said = Explanation(f"no request carries the key {key!r}", "ConditionKeyUnknown", {"Name": key})
                        self.wrong("ConditionContentError", said, f"{where}.{key}", value.offset)
                    found.append(Test(operator, normal_key(key), values, qualifier, if_exist))
        return tuple(found)

    def values(self, operator: str, node: Node, path: str) -> tuple[str, ...]:
        nodes = node.value if isinstance(node.value, list) else [node]
        if not nodes:
            self.wrong("ConditionContentError", _EMPTY, path, node.offset)
        found = []
        for item in nodes:
            if isinstance(item.value, bool):
                text = "true" if item.value else "false"
            elif isinstance(item.value, str | int | float):
                text = str(item.value)
            else:
                said = Explanation("expected a text, a number or a boolean", "ConditionValueType")
                self.wrong("ConditionContentError", said, path, item.offset)
                continue
            try:
                check_value(operator, text)
            except ValueError as error:
                said = Explanation(f"{operator}: {error}", "ConditionValue", {"Operator": operator, "Value": text})
                self.wrong("ConditionContentError", said, path, item.offset)
                continue
            found.append(text)
        return tuple(found)
