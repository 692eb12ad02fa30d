"""Policies and their versions (access-management.md 6.2)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from sodam.access.model import MAX_VERSIONS
from sodam.access.policy_store import Policy
from sodam.access.presets import Preset
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import (
    DescriptionText,
    Id,
    Keyword,
    Paged,
    PolicyName,
    PolicyText,
    Tag,
    stamp,
    tags_view,
)
from sodam.control import ControlError, invalid


class CreatePolicy(msgspec.Struct):
    PolicyName: PolicyName
    PolicyDocument: PolicyText
    Description: DescriptionText = ""
    Tags: Annotated[list[Tag], msgspec.Meta(max_length=50)] = []
    CreateMode: Literal[2, 3] = 2
    """2: by syntax, 3: by the generator."""


class PolicyCreated(msgspec.Struct):
    PolicyId: Id


@action("cam", "CreatePolicy", kind="write", level="operation")
async def create_policy(call: Call, request: CreatePolicy) -> PolicyCreated:
    """Create a custom policy from a document, which is checked; at most 1500."""
    policy_id = await call.plane.policies.create(
        request.PolicyName,
        request.PolicyDocument,
        description=request.Description,
        create_mode=request.CreateMode,
        tags={tag.Key: tag.Value for tag in request.Tags},
    )
    call.changed(None, {"PolicyId": policy_id, "PolicyName": request.PolicyName, "Document": request.PolicyDocument})
    return PolicyCreated(policy_id)


class OfPolicy(msgspec.Struct):
    PolicyId: Id


class UpdatePolicy(msgspec.Struct):
    PolicyId: Id = 0
    PolicyName: str = ""
    Description: DescriptionText | None = None
    PolicyDocument: PolicyText | None = None
    Alias: DescriptionText | None = None


@action("cam", "UpdatePolicy", kind="write", level="operation")
async def update_policy(call: Call, request: UpdatePolicy) -> PolicyCreated:
    """Change a description, put a new version in force, or give a preset an alias.

    A document makes a new version; when there are five, one must be deleted first.
    """
    policies = call.plane.policies
    found = await (policies.get(request.PolicyId) if request.PolicyId else policies.named(request.PolicyName))
    if isinstance(found, Preset):
        if request.Alias is None or request.PolicyDocument is not None or request.Description is not None:
            message = "of a preset policy only the alias can be changed"
            raise ControlError("OperationDenied", message, detail="PresetPolicy")
        call.changed(None, {"PolicyName": found.name, "Alias": request.Alias})
        await policies.set_alias(found.policy_id, request.Alias)
        return PolicyCreated(found.policy_id)
    call.changed(
        {"PolicyName": found.name, "Description": found.description, "Document": await policies.document(found)},
        {"Description": request.Description, "Document": request.PolicyDocument},
    )
    await policies.update(found, request.Description, request.PolicyDocument)
    return PolicyCreated(found.id)


class DeletePolicy(msgspec.Struct):
    PolicyId: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=50)]


@action("cam", "DeletePolicy", kind="write", level="operation")
async def delete_policy(call: Call, request: DeletePolicy) -> None:
    """Delete custom policies, all or none; whoever had them loses them at once.

    One that is somebody's permissions boundary is refused: without it that user could do more.
    """
    found = [await call.plane.policies.custom(policy_id) for policy_id in request.PolicyId]
    facts = [{"PolicyId": p.id, "PolicyName": p.name, "Document": await call.plane.policies.document(p)} for p in found]
    call.changed({"Policies": facts}, {})
    await call.plane.policies.delete(request.PolicyId)


class PolicyDetails(msgspec.Struct):
    PolicyName: str
    Description: str
    Type: int
    AddTime: str
    UpdateTime: str
    PolicyDocument: str
    PresetAlias: str
    IsServiceLinkedRolePolicy: int
    Tags: list[Tag]


@action("cam", "GetPolicy", kind="read", level="operation")
async def get_policy(call: Call, request: OfPolicy) -> PolicyDetails:
    """A policy with the document that is in force."""
    found = await call.plane.policies.get(request.PolicyId)
    document = await call.plane.policies.document(found)
    if isinstance(found, Preset):
        alias = (await call.plane.policies.aliases()).get(found.policy_id, "")
        return PolicyDetails(found.name, found.description, 2, "", "", document, alias, 0, [])
    times = stamp(found.created_at), stamp(found.updated_at)
    return PolicyDetails(found.name, found.description, 1, *times, document, "", 0, tags_view(found.tags))


class ListPolicies(Paged, kw_only=True):
    Scope: Literal["All", "QCS", "Local"] = "All"
    Keyword: Keyword = ""


class PolicyLine(msgspec.Struct, kw_only=True):
    PolicyId: Id
    PolicyName: str
    AddTime: str
    Type: int
    Description: str
    CreateMode: int
    Attachments: int
    ServiceType: str
    IsAttached: int = 0
    Deactived: int = 0
    DeactivedDetail: list[str] = []
    IsServiceLinkedPolicy: int = 0
    AttachEntityCount: int
    AttachEntityBoundaryCount: int
    """Users whose permissions boundary it is."""
    UpdateTime: str
    Tags: list[Tag]


class PolicyList(msgspec.Struct):
    TotalNum: int
    List: list[PolicyLine]
    ServiceTypeList: list[str]


def _preset_line(found: Preset, attached: int, bounded: int) -> PolicyLine:
    return PolicyLine(
        PolicyId=found.policy_id,
        PolicyName=found.name,
        AddTime="",
        Type=2,
        Description=found.description,
        CreateMode=1,
        Attachments=attached,
        ServiceType=found.service,
        AttachEntityCount=attached,
        AttachEntityBoundaryCount=bounded,
        UpdateTime="",
        Tags=[],
    )


def _line(found: Policy, attached: int, bounded: int) -> PolicyLine:
    return PolicyLine(
        PolicyId=found.id,
        PolicyName=found.name,
        AddTime=stamp(found.created_at),
        Type=1,
        Description=found.description,
        CreateMode=found.create_mode,
        Attachments=attached,
        ServiceType="",
        AttachEntityCount=attached,
        AttachEntityBoundaryCount=bounded,
        UpdateTime=stamp(found.updated_at),
        Tags=tags_view(found.tags),
    )


@action("cam", "ListPolicies", kind="list", level="operation")
async def list_policies(call: Call, request: ListPolicies) -> PolicyList:
    """Policies: presets, then custom ones, newest first."""
    presets, custom = await call.plane.policies.all()
    counts = await call.plane.policies.attachment_counts()
    bounds = await call.plane.policies.boundary_counts()
    lines: list[PolicyLine] = []
    # Presets are few: behind the custom ones they would be on a page that nobody reaches.
    if request.Scope != "Local":
        lines += [_preset_line(p, counts.get(p.policy_id, 0), bounds.get(p.policy_id, 0)) for p in presets]
    if request.Scope != "QCS":
        lines += [_line(p, counts.get(p.id, 0), bounds.get(p.id, 0)) for p in custom]
    word = request.Keyword.lower()
    lines = [line for line in lines if word in line.PolicyName.lower() or word in line.Description.lower()]
    return PolicyList(len(lines), request.cut(lines), sorted({p.service for p in presets if p.service}))


# Versions


class CreatePolicyVersion(OfPolicy, kw_only=True):
    PolicyDocument: PolicyText
    SetAsDefault: bool


class VersionCreated(msgspec.Struct):
    VersionId: Id


@action("cam", "CreatePolicyVersion", kind="write", level="operation")
async def create_policy_version(call: Call, request: CreatePolicyVersion) -> VersionCreated:
    """Add a version to a custom policy, in force at once if wished; at most five."""
    policy = await call.plane.policies.custom(request.PolicyId)
    made = await call.plane.policies.add_version(policy, request.PolicyDocument, default=request.SetAsDefault)
    call.changed(None, {"PolicyId": policy.id, "VersionId": made, "Document": request.PolicyDocument})
    return VersionCreated(made)


class VersionLine(msgspec.Struct):
    VersionId: Id
    CreateDate: str
    IsDefaultVersion: int


class VersionList(msgspec.Struct):
    Versions: list[VersionLine]


@action("cam", "ListPolicyVersions", kind="list", level="operation")
async def list_policy_versions(call: Call, request: OfPolicy) -> VersionList:
    """The versions of a policy, newest first."""
    found = await call.plane.policies.get(request.PolicyId)
    if isinstance(found, Preset):
        return VersionList([VersionLine(1, "", 1)])
    return VersionList(
        [
            VersionLine(v.version_id, stamp(v.created_at), int(v.version_id == found.default_version))
            for v in await call.plane.policies.versions(found)
        ]
    )


class OfVersion(OfPolicy):
    VersionId: Id


class VersionDetails(msgspec.Struct):
    VersionId: Id
    CreateDate: str
    IsDefaultVersion: int
    Document: str


class VersionView(msgspec.Struct):
    PolicyVersion: VersionDetails


@action("cam", "GetPolicyVersion", kind="read", level="operation")
async def get_policy_version(call: Call, request: OfVersion) -> VersionView:
    """One version with its document."""
    found = await call.plane.policies.get(request.PolicyId)
    if isinstance(found, Preset):
        if request.VersionId != 1:
            raise invalid(
                f"the policy has no version {request.VersionId}", "PolicyVersionNotExists", Version=request.VersionId
            )
        return VersionView(VersionDetails(1, "", 1, found.document))
    version = await call.plane.policies.version(found, request.VersionId)
    default = int(version.version_id == found.default_version)
    return VersionView(VersionDetails(version.version_id, stamp(version.created_at), default, version.document))


@action("cam", "SetDefaultPolicyVersion", kind="write", level="operation")
async def set_default_policy_version(call: Call, request: OfVersion) -> None:
    """Put a version in force."""
    policy = await call.plane.policies.custom(request.PolicyId)
    call.changed({"VersionId": policy.default_version}, {"PolicyId": policy.id, "VersionId": request.VersionId})
    await call.plane.policies.set_default(policy, request.VersionId)


class DeletePolicyVersion(OfPolicy):
    VersionId: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=MAX_VERSIONS)]


@action("cam", "DeletePolicyVersion", kind="write", level="operation")
async def delete_policy_version(call: Call, request: DeletePolicyVersion) -> None:
    """Delete versions that are not in force; their numbers are never used again."""
    policy = await call.plane.policies.custom(request.PolicyId)
    await call.plane.policies.delete_versions(policy, request.VersionId)
