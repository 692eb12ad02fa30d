"""What the signed-in user may do, and what the server wants of a new password: session actions about rights."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.access.passwords import MAX_PASSWORD
from sodam.cloudapi.action import Action, Nothing
from sodam.cloudapi.run import allowed, decided
from sodam.cloudapi.table import TABLE
from sodam.console.session_actions import SessionCall, session_action
from sodam.control import invalid


class PermissionItem(msgspec.Struct):
    Action: str
    SDKAppID: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0


class CheckPermissions(msgspec.Struct):
    Items: Annotated[list[PermissionItem], msgspec.Meta(max_length=200)]


class Permissions(msgspec.Struct):
    Allowed: list[bool]


@session_action("CheckPermissions")
async def check_permissions(call: SessionCall, request: CheckPermissions) -> Permissions:
    """Which actions would be allowed, so that what is locked can be shown so."""
    assert call.caller is not None
    authority = await call.plane.authority(call.caller)
    return Permissions(
        [allowed(call.plane, call.caller, authority, _known(item.Action), item.SDKAppID) for item in request.Items]
    )


class Denial(msgspec.Struct):
    PolicyName: str
    Statement: int
    """Counted from 1."""


class Permission(msgspec.Struct):
    Allowed: bool
    Action: str
    """As a policy names it: ``name/im:ModifyAppInfo``."""
    Resource: str
    DeniedBy: list[Denial]
    """Statements that deny it, against which no other policy helps; empty: none allows it."""


@session_action("ExplainPermission")
async def explain_permission(call: SessionCall, request: PermissionItem) -> Permission:
    """Why an action is not allowed: what is missing, or which statement denies it."""
    assert call.caller is not None
    action = _known(request.Action)
    authority = await call.plane.authority(call.caller)
    resource, decision = decided(call.plane, call.caller, authority, action, request.SDKAppID)
    denied = decision.because if decision.verdict == "explicitDeny" else ()
    return Permission(
        decision.allowed,
        f"name/{action.id}",
        resource,
        [Denial(one.policy_name, one.index + 1) for one in denied],
    )


def _known(name: str) -> Action:
    service, _, short = name.partition(":")
    action = TABLE.find(service, short)
    if action is None:
        raise invalid(f"there is no action {name!r}", detail="NoSuchAction", Name=name)
    return action


class WantedOfPasswords(msgspec.Struct):
    MinimumLength: int
    MaximumLength: int
    MustContain: list[str]
    """Kinds of characters: Upper, Lower, Digit, Special."""


@session_action("DescribePasswordRules")
async def describe_password_rules(call: SessionCall, request: Nothing) -> WantedOfPasswords:
    """What a new password must look like, so that a form can say it beforehand."""
    rules = (await call.plane.security.passwords()).rules
    return WantedOfPasswords(rules.MinimumLength, MAX_PASSWORD, [kind for kind in rules.MustContain.split(",") if kind])
