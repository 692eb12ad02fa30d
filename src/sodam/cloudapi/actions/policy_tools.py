"""What helps to write policies: syntax check, generator, tag policies, the list of actions, simulation."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from sodam.access.evaluate import decide_within
from sodam.access.model import Caller
from sodam.access.policy import Mistake
from sodam.access.wildcard import wildcard
from sodam.cloudapi import action as actions
from sodam.cloudapi.action import TABLE, Call, action
from sodam.cloudapi.actions.rights import require
from sodam.cloudapi.actions.views import DescriptionText, Id, PolicyName, TagKey, TagValue
from sodam.cloudapi.run import app_resource, question, user_resource
from sodam.control import invalid

Texts = Annotated[list[str], msgspec.Meta(min_length=1, max_length=100)]


class CheckPolicySyntax(msgspec.Struct):
    PolicyDocument: str


class SyntaxChecked(msgspec.Struct):
    Valid: bool
    Mistakes: list[Mistake]


@action("cam", "CheckPolicySyntax", kind="read", level="operation")
async def check_policy_syntax(call: Call, request: CheckPolicySyntax) -> SyntaxChecked:
    """Every mistake of a policy document, with its place."""
    found = call.plane.policies.mistakes(request.PolicyDocument)
    return SyntaxChecked(not found, found)


class ConditionLine(msgspec.Struct):
    Operator: str
    Key: str
    Values: Texts


class StatementLine(msgspec.Struct):
    Effect: Literal["allow", "deny"]
    Actions: Texts
    Resources: Texts = msgspec.field(default_factory=lambda: ["*"])
    Conditions: list[ConditionLine] = []


class BuildPolicyDocument(msgspec.Struct):
    Statements: Annotated[list[StatementLine], msgspec.Meta(min_length=1, max_length=50)]


class DocumentBuilt(msgspec.Struct):
    PolicyDocument: str
    Mistakes: list[Mistake]


@action("cam", "BuildPolicyDocument", kind="read", level="operation")
async def build_policy_document(call: Call, request: BuildPolicyDocument) -> DocumentBuilt:
    """The generator: statements from choices, as a formatted document."""
    document = _document([_statement(line) for line in request.Statements])
    return DocumentBuilt(document, call.plane.policies.mistakes(document))


def _statement(line: StatementLine) -> dict[str, object]:
    found: dict[str, object] = {"effect": line.Effect, "action": line.Actions, "resource": line.Resources}
    condition: dict[str, dict[str, list[str]]] = {}
    for item in line.Conditions:
        condition.setdefault(item.Operator, {}).setdefault(item.Key, []).extend(item.Values)
    return found | {"condition": condition} if condition else found


def _document(statements: list[dict[str, object]]) -> str:
    encoded = msgspec.json.encode({"version": "2.0", "statement": statements})
    return msgspec.json.format(encoded, indent=2).decode()


class TagWish(msgspec.Struct):
    Key: TagKey
    Value: TagValue | None = None
    """None: any value of the key."""


class CreateTagPolicy(msgspec.Struct):
    PolicyName: PolicyName
    Actions: Texts
    Tags: Annotated[list[TagWish], msgspec.Meta(min_length=1, max_length=50)]
    Description: DescriptionText = ""
    Uins: Annotated[list[Id], msgspec.Meta(max_length=100)] = []
    GroupIds: Annotated[list[Id], msgspec.Meta(max_length=100)] = []


class TagPolicyCreated(msgspec.Struct):
    PolicyId: Id
    PolicyDocument: str


@action("cam", "CreateTagPolicy", kind="write", level="operation")
async def create_tag_policy(call: Call, request: CreateTagPolicy) -> TagPolicyCreated:
    """A policy that allows actions on the apps with one of the tags, attached to users and groups at once.

    Those of the actions that have no app as resource are granted as they are (access-management.md 2.6). Attaching
    needs cam:AttachUserPolicy and cam:AttachGroupPolicy too. All of it is done, or nothing.
    """
    for targets, needed in ((request.Uins, "AttachUserPolicy"), (request.GroupIds, "AttachGroupPolicy")):
        if targets:
            require(call, "cam", needed)
    users = [(await call.plane.users.get_sub(uin)).uin for uin in request.Uins]
    groups = [(await call.plane.users.group(group_id)).id for group_id in request.GroupIds]
    document = _document(tag_statements(request.Actions, request.Tags))
    made = await call.plane.policies.create(
        request.PolicyName,
        document,
        description=request.Description,
        create_mode=4,
        attach_to=(("user", users), ("group", groups)),
        by=call.caller.uin,
    )
    call.changed(None, {"PolicyId": made, "Document": document, "Uins": users, "GroupIds": groups})
    return TagPolicyCreated(made, document)


def tag_statements(wanted: list[str], tags: list[TagWish]) -> list[dict[str, object]]:
    exact = [f"{tag.Key}&{tag.Value}" for tag in tags if tag.Value is not None]
    keys = [f"{tag.Key}&*" for tag in tags if tag.Value is None]
    found: list[dict[str, object]] = []
    for operator, values in (("string_equal", exact), ("string_like", keys)):
        if values:
            condition = {f"for_any_value:{operator}": {"qcs:resource_tag": values}}
            found.append({"effect": "allow", "action": wanted, "resource": "*", "condition": condition})
    untagged = sorted({a.id for a in TABLE.actions.values() if a.level == "operation" and _names(wanted, a)})
    if untagged:
        names = [f"name/{name}" for name in untagged]
        found.append({"effect": "allow", "action": names, "resource": "*"})
    return found


def _names(wanted: list[str], candidate: actions.Action) -> bool:
    return any(wildcard(w.removeprefix("name/").lower(), candidate.id.lower()) for w in wanted)


class DescribeActions(msgspec.Struct):
    Service: str = ""


class ServiceLine(msgspec.Struct):
    Service: str
    Name: str


class ActionLine(msgspec.Struct):
    Service: str
    Action: str
    Kind: actions.Kind
    Level: Literal["app", "operation"]
    Description: str


class ActionList(msgspec.Struct):
    Services: list[ServiceLine]
    Actions: list[ActionLine]


@action("cam", "DescribeActions", kind="read", level="operation")
async def describe_actions(call: Call, request: DescribeActions) -> ActionList:
    """Every action that policies can name."""
    from sodam.cloudapi.table import SERVICES

    found = sorted(TABLE.actions.values(), key=lambda a: (a.service, a.name))
    return ActionList(
        [ServiceLine(service, name) for service, name in SERVICES.items()],
        [
            ActionLine(
                a.service, a.name, a.kind, "operation" if a.level == "operation" else "app", a.doc.split("\n")[0]
            )
            for a in found
            if request.Service in ("", a.service)
        ],
    )


class SimulatePolicy(msgspec.Struct):
    TargetUin: Id
    Action: str
    SDKAppID: Id = 0


class DecidingStatement(msgspec.Struct):
    PolicyId: Id
    PolicyName: str
    Effect: str
    Index: int


class Simulated(msgspec.Struct):
    Allowed: bool
    Decision: Literal["allow", "explicitDeny", "implicitDeny"]
    Statements: list[DecidingStatement]
    """Those that decided."""


@action("cam", "SimulatePolicy", kind="read", level="operation")
async def simulate_policy(call: Call, request: SimulatePolicy) -> Simulated:
    """Whether a sub-user would be allowed an action, and which statements decide it."""
    user = await call.plane.users.get_sub(request.TargetUin)
    service, _, name = request.Action.removeprefix("name/").partition(":")
    wanted = TABLE.find(service, name)
    if wanted is None:
        raise invalid(
            f"there is no action {request.Action!r}", "ActionNotExist", detail="NoSuchAction", Name=request.Action
        )
    owner = call.caller.owner_uin
    app = call.plane.services.apps.get(request.SDKAppID) if wanted.level != "operation" else None
    resource: str | None = app_resource(owner, request.SDKAppID)
    if wanted.level == "operation":
        resource = None
    elif wanted.level == "user":
        resource = user_resource(owner, user.uin)
    caller = Caller(user=user, owner_uin=owner, ip=call.caller.ip)
    asked = question(call.plane, caller, wanted.id, resource, app)
    policies = call.plane.policies
    decision = decide_within(await policies.statements_of(user), await policies.boundary_of(user), asked)
    because = [DecidingStatement(s.policy_id, s.policy_name, s.effect, s.index) for s in decision.because]
    return Simulated(decision.allowed, decision.verdict, because)
