"""What guards sign-in for everybody: rules of passwords, addresses and sessions (access-management.md 1 and 6.1)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from sodam.access import addresses
from sodam.access.addresses import MAX_ADDRESS, MAX_ENTRIES, AddressRules
from sodam.access.passwords import PasswordRules
from sodam.access.security import SessionRules
from sodam.cloudapi.action import Call, Nothing, action
from sodam.cloudapi.actions.users import Flag
from sodam.cloudapi.actions.views import Id, stamp
from sodam.control import ControlError


class RulesView(msgspec.Struct):
    Rules: PasswordRules
    UpdateTime: str
    Modifier: str


@action("cam", "GetPasswordRules", kind="read", level="operation")
async def get_password_rules(call: Call, request: Nothing) -> RulesView:
    """The rules that passwords follow."""
    stored = await call.plane.security.passwords()
    return RulesView(stored.rules, stamp(stored.updated_at), stored.modifier)


class UpdatePasswordRules(msgspec.Struct):
    Rules: PasswordRules


@action("cam", "UpdatePasswordRules", kind="write", level="operation")
async def update_password_rules(call: Call, request: UpdatePasswordRules) -> None:
    """Change the rules that passwords follow; present passwords stay."""
    before = await call.plane.security.passwords()
    call.changed({"Rules": before.rules}, {"Rules": request.Rules})
    await call.plane.security.set_passwords(request.Rules, call.caller.name)


class IpPolicyLine(msgspec.Struct):
    IP: Annotated[str, msgspec.Meta(min_length=2, max_length=MAX_ADDRESS)]
    Effect: Literal["Allow", "Deny"]


IpPolicies = Annotated[list[IpPolicyLine], msgspec.Meta(max_length=MAX_ENTRIES)]


class CreateSubAccountLoginIpPolicy(msgspec.Struct):
    IpPolicies: IpPolicies = []
    ApproverType: str = ""
    ApproverUin: list[Id] = []
    DisablePolicy: Flag = 0
    PolicyType: Literal[1, 2] = 1


@action("cam", "CreateSubAccountLoginIpPolicy", kind="write", level="operation")
async def create_sub_account_login_ip_policy(call: Call, request: CreateSubAccountLoginIpPolicy) -> None:
    """Replace the addresses from which sub-users may sign in and call the cloud API, in force at once; at most ten.

    A Deny that matches refuses; where there is an Allow, one must match. Root may come from everywhere. Temporary
    access by an approver and the check of unusual places are not offered. Who would shut itself out is refused.
    """
    if request.ApproverType or request.ApproverUin:
        raise ControlError(
            "UnsupportedOperation", "temporary access by an approver is not offered", detail="NoApprover"
        )
    if request.PolicyType == 2:
        raise ControlError("UnsupportedOperation", "the check of unusual places is not offered", detail="NoPlaceCheck")
    entries = tuple(addresses.IpPolicy(line.IP, line.Effect) for line in request.IpPolicies)
    rules = addresses.checked(AddressRules(IpPolicies=entries, DisablePolicy=request.DisablePolicy))
    caller = call.caller
    if not caller.user.root and addresses.refusal(rules, caller.ip):
        raise ControlError(
            "OperationDenied",
            f"these rules would shut you out: your own address is {caller.ip}",
            cure="Allow your own address too, or let the root account make this change.",
            detail="OwnAddressShutOut",
            Address=caller.ip,
        )
    before = await call.plane.security.addresses()
    call.changed(before.rules, rules)
    await call.plane.security.set_addresses(rules, caller.name)


class IpPolicyView(msgspec.Struct):
    IpPolicies: IpPolicies
    DisablePolicy: int
    PolicyType: int
    UpdateTime: str
    Modifier: str
    ClientIp: str
    """The caller's own address, as the server sees it."""


@action("cam", "DescribeSubAccountLoginIpPolicy", kind="read", level="operation")
async def describe_sub_account_login_ip_policy(call: Call, request: Nothing) -> IpPolicyView:
    """From which addresses sub-users may sign in and call the cloud API."""
    stored = await call.plane.security.addresses()
    lines = [IpPolicyLine(entry.IP, entry.Effect) for entry in stored.rules.IpPolicies]
    changed = stamp(stored.updated_at), stored.modifier
    return IpPolicyView(lines, stored.rules.DisablePolicy, 1, *changed, call.caller.ip)


class SessionRulesView(msgspec.Struct):
    Rules: SessionRules
    UpdateTime: str
    Modifier: str


@action("cam", "DescribeSessionRules", kind="read", level="operation")
async def describe_session_rules(call: Call, request: Nothing) -> SessionRulesView:
    """How long console sessions last."""
    stored = await call.plane.security.sessions()
    return SessionRulesView(stored.rules, stamp(stored.updated_at), stored.modifier)


class UpdateSessionRules(msgspec.Struct):
    Rules: SessionRules


@action("cam", "UpdateSessionRules", kind="write", level="operation")
async def update_session_rules(call: Call, request: UpdateSessionRules) -> None:
    """Change how long console sessions last, everybody's. A shorter time counts for the running ones too."""
    before = await call.plane.security.sessions()
    call.changed({"Rules": before.rules}, {"Rules": request.Rules})
    await call.plane.security.set_sessions(request.Rules, call.caller.name)
