"""Who has which policy, and permissions boundaries (access-management.md 6.2)."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.access.policy_store import Attachment, Kind, Policy
from sodam.access.presets import Preset
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.policies import OfPolicy
from sodam.cloudapi.actions.views import Id, Keyword, Paged, stamp


class AttachUserPolicy(OfPolicy):
    AttachUin: Id


class DetachUserPolicy(OfPolicy):
    DetachUin: Id


class AttachGroupPolicy(OfPolicy):
    AttachGroupId: Id


class DetachGroupPolicy(OfPolicy):
    DetachGroupId: Id


@action("cam", "AttachUserPolicy", kind="write", level="operation")
async def attach_user_policy(call: Call, request: AttachUserPolicy) -> None:
    """Give a policy to a sub-user, in force at once; at most 200 policies each."""
    user = await call.plane.users.get_sub(request.AttachUin)
    await call.plane.policies.attach(request.PolicyId, "user", [user.uin], call.caller.uin)


@action("cam", "DetachUserPolicy", kind="write", level="operation")
async def detach_user_policy(call: Call, request: DetachUserPolicy) -> None:
    """Take a policy from a sub-user."""
    user = await call.plane.users.get_sub(request.DetachUin)
    await call.plane.policies.detach(request.PolicyId, "user", user.uin)


@action("cam", "AttachGroupPolicy", kind="write", level="operation")
async def attach_group_policy(call: Call, request: AttachGroupPolicy) -> None:
    """Give a policy to a group; its members have it at once."""
    group = await call.plane.users.group(request.AttachGroupId)
    await call.plane.policies.attach(request.PolicyId, "group", [group.id], call.caller.uin)


@action("cam", "DetachGroupPolicy", kind="write", level="operation")
async def detach_group_policy(call: Call, request: DetachGroupPolicy) -> None:
    """Take a policy from a group."""
    group = await call.plane.users.group(request.DetachGroupId)
    await call.plane.policies.detach(request.PolicyId, "group", group.id)


class AttachedPolicy(msgspec.Struct, kw_only=True):
    PolicyId: Id
    PolicyName: str
    AddTime: str
    CreateMode: int
    PolicyType: Literal["User", "QCS"]
    Remark: str
    OperateOwnerUin: str
    OperateUin: str
    OperateUinType: int = 0
    Deactived: int = 0
    DeactivedDetail: list[str] = []


class AttachedList(msgspec.Struct):
    TotalNum: int
    List: list[AttachedPolicy]


def _mode(found: Policy | Preset) -> int:
    return 1 if isinstance(found, Preset) else found.create_mode


def _kind(found: Policy | Preset) -> Literal["User", "QCS"]:
    return "QCS" if isinstance(found, Preset) else "User"


class ListAttached(Paged, kw_only=True):
    Keyword: Keyword = ""


async def _attached(call: Call, kind: Kind, target: int, request: ListAttached) -> AttachedList:
    lines = []
    for item in await call.plane.policies.attached(kind, target):
        found = await call.plane.policies.get(item.policy_id)
        if request.Keyword.lower() in found.name.lower():
            lines.append(
                AttachedPolicy(
                    PolicyId=item.policy_id,
                    PolicyName=found.name,
                    AddTime=stamp(item.created_at),
                    CreateMode=_mode(found),
                    PolicyType=_kind(found),
                    Remark=found.description,
                    OperateOwnerUin=str(call.caller.owner_uin),
                    OperateUin=str(item.created_by),
                )
            )
    return AttachedList(len(lines), request.cut(lines))


class ListAttachedUserPolicies(ListAttached, kw_only=True):
    TargetUin: Id


@action("cam", "ListAttachedUserPolicies", kind="list", level="operation")
async def list_attached_user_policies(call: Call, request: ListAttachedUserPolicies) -> AttachedList:
    """The policies that a sub-user has directly, newest first."""
    user = await call.plane.users.get_sub(request.TargetUin)
    return await _attached(call, "user", user.uin, request)


class ListAttachedGroupPolicies(ListAttached, kw_only=True):
    TargetGroupId: Id


@action("cam", "ListAttachedGroupPolicies", kind="list", level="operation")
async def list_attached_group_policies(call: Call, request: ListAttachedGroupPolicies) -> AttachedList:
    """The policies of a group, newest first."""
    group = await call.plane.users.group(request.TargetGroupId)
    return await _attached(call, "group", group.id, request)


class ListAttachedUserAllPolicies(ListAttached, kw_only=True):
    TargetUin: Id
    AttachType: Literal[0, 1, 2] = 0
    StrategyType: Literal[0, 1, 2] = 0


class PolicyGroup(msgspec.Struct):
    GroupId: Id
    GroupName: str


class HeldPolicy(msgspec.Struct):
    PolicyId: str
    PolicyName: str
    Description: str
    AddTime: str
    StrategyType: str
    CreateMode: str
    Groups: list[PolicyGroup]
    """By which it is held; empty: directly."""
    Deactived: int = 0


class HeldList(msgspec.Struct):
    TotalNum: int
    PolicyList: list[HeldPolicy]


@action("cam", "ListAttachedUserAllPolicies", kind="list", level="operation")
async def list_attached_user_all_policies(call: Call, request: ListAttachedUserAllPolicies) -> HeldList:
    """Every policy of a sub-user: held directly, and by its groups, with the groups' names."""
    user = await call.plane.users.get_sub(request.TargetUin)
    sources: list[tuple[Attachment, PolicyGroup | None]] = []
    if request.AttachType != 2:
        sources += [(item, None) for item in await call.plane.policies.attached("user", user.uin)]
    if request.AttachType != 1:
        for group in await call.plane.users.groups_of(user.uin):
            shown = PolicyGroup(group.id, group.name)
            sources += [(item, shown) for item in await call.plane.policies.attached("group", group.id)]
    lines: dict[tuple[int, bool], HeldPolicy] = {}
    for item, by in sources:
        found = await call.plane.policies.get(item.policy_id)
        strategy = 2 if isinstance(found, Preset) else 1
        if request.StrategyType not in (0, strategy) or request.Keyword.lower() not in found.name.lower():
            continue
        line = lines.setdefault(
            (item.policy_id, by is not None),
            HeldPolicy(
                str(item.policy_id),
                found.name,
                found.description,
                stamp(item.created_at),
                str(strategy),
                str(_mode(found)),
                [],
            ),
        )
        if by is not None:
            line.Groups.append(by)
    return HeldList(len(lines), request.cut(list(lines.values())))


class ListEntitiesForPolicy(Paged, kw_only=True):
    PolicyId: Id
    EntityFilter: Literal["All", "User", "Group", "Role"] = "All"
    Usage: Literal["Policy", "Boundary"] = "Policy"
    """Boundary: the users whose permissions boundary it is, instead of who has it as a policy."""
    Keyword: Keyword = ""


class EntityLine(msgspec.Struct):
    Id: str
    Name: str
    Uin: int
    RelatedType: int
    AttachmentTime: str
    IsBoundary: int = 0


class EntityList(msgspec.Struct):
    TotalNum: int
    List: list[EntityLine]


@action("cam", "ListEntitiesForPolicy", kind="list", level="operation")
async def list_entities_for_policy(call: Call, request: ListEntitiesForPolicy) -> EntityList:
    """The users and groups that have a policy, newest first; or, by name, the users that it bounds."""
    await call.plane.policies.get(request.PolicyId)
    lines = await (_bounded(call, request) if request.Usage == "Boundary" else _holders(call, request))
    word = request.Keyword.lower()
    lines = [line for line in lines if word in line.Name.lower()]
    return EntityList(len(lines), request.cut(lines))


async def _bounded(call: Call, request: ListEntitiesForPolicy) -> list[EntityLine]:
    if request.EntityFilter not in ("All", "User"):
        return []
    users = {user.uin: user for user in await call.plane.users.all()}
    found = [users[uin] for uin, _ in await call.plane.policies.bounded(request.PolicyId) if uin in users]
    # When a boundary was set is not kept.
    return [EntityLine(str(user.uid), user.name, user.uin, 1, "", 1) for user in found]


async def _holders(call: Call, request: ListEntitiesForPolicy) -> list[EntityLine]:
    users = {user.uin: user for user in await call.plane.users.all()}
    groups = {group.id: group for group in await call.plane.users.groups()}
    lines = []
    for item in await call.plane.policies.entities(request.PolicyId):
        when = stamp(item.created_at)
        if item.kind == "user" and request.EntityFilter in ("All", "User") and item.target in users:
            user = users[item.target]
            lines.append(EntityLine(str(user.uid), user.name, user.uin, 1, when))
        elif item.kind == "group" and request.EntityFilter in ("All", "Group") and item.target in groups:
            lines.append(EntityLine(str(item.target), groups[item.target].name, 0, 2, when))
    return lines


# Boundaries. Their TargetUin says whose boundary, not what the resource is: these are operations.


class PutUserPermissionsBoundary(msgspec.Struct):
    TargetUin: Id
    PolicyId: Id


class OfBoundary(msgspec.Struct):
    TargetUin: Id


class BoundaryView(msgspec.Struct):
    PolicyId: Id
    PolicyName: str
    PolicyDocument: str
    PolicyType: int
    CreateMode: int


@action("cam", "PutUserPermissionsBoundary", kind="write", level="operation")
async def put_user_permissions_boundary(call: Call, request: PutUserPermissionsBoundary) -> None:
    """Set a policy that bounds what a sub-user's other policies can grant."""
    user = await call.plane.users.get_sub(request.TargetUin)
    call.changed({"Boundary": user.boundary}, {"Uin": user.uin, "Boundary": request.PolicyId})
    await call.plane.policies.set_boundary(user, request.PolicyId)


@action("cam", "DeleteUserPermissionsBoundary", kind="write", level="operation")
async def delete_user_permissions_boundary(call: Call, request: OfBoundary) -> None:
    """Remove a sub-user's permissions boundary."""
    user = await call.plane.users.get_sub(request.TargetUin)
    call.changed({"Boundary": user.boundary}, {"Uin": user.uin, "Boundary": 0})
    await call.plane.policies.set_boundary(user, 0)


@action("cam", "GetUserPermissionBoundary", kind="read", level="operation")
async def get_user_permission_boundary(call: Call, request: OfBoundary) -> BoundaryView:
    """A sub-user's permissions boundary; without one, PolicyId is 0 and the texts are empty."""
    user = await call.plane.users.get_sub(request.TargetUin)
    if not user.boundary:
        return BoundaryView(0, "", "", 0, 0)
    found = await call.plane.policies.get(user.boundary)
    document = await call.plane.policies.document(found)
    return BoundaryView(user.boundary, found.name, document, 2 if isinstance(found, Preset) else 1, _mode(found))
