"""Policies, their versions and attachments (access-management.md 2 and 6.2), and what they allow a caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from sodam.access import policy_store as store
from sodam.access import user_store
from sodam.access.evaluate import Decision, Question, Statement, about, could_allow, decide_about_within
from sodam.access.locks import lock_all, lock_groups, lock_policies, lock_policy, lock_user, lock_users, no_policy
from sodam.access.model import MAX_ATTACHED, MAX_POLICIES, MAX_VERSIONS, User
from sodam.access.policy import Catalogue, Mistake, PolicyError, compile_policy, mistakes_of
from sodam.access.policy_store import Attachment, Kind, Policy, Version
from sodam.access.presets import PRESETS, Preset, preset, preset_named
from sodam.clock import now as wall_clock
from sodam.control import ControlError, invalid, missing
from sodam.storage import Database, Tx

log = structlog.get_logger(__name__)
_NAME: Final = re.compile(r"[A-Za-z0-9+=,.@\-_]{1,128}")
MAX_DESCRIPTION: Final = 300
"""Bytes."""
_NAMED: Final = 5
"""As many users a refusal names; it counts all."""


async def attach(tx: Tx, policy_id: int, kind: Kind, targets: Sequence[int], *, by: int, now: int) -> int:
    """Give a policy to users or groups, as a part of one transaction; how many did not have it.

    ``by``: who does it; ``now``: unix seconds.

    Raises ControlError ResourceNotFound.PolicyIdNotFound, .UserNotExist or .GroupNotExist, and
    InvalidParameter.AttachmentFull beyond 200 policies of one.
    """
    await lock_policies(tx, [policy_id])
    # An attachment of what is gone would wait for the next user or group with its number.
    await (lock_users if kind == "user" else lock_groups)(tx, targets)
    added = 0
    for target in targets:
        added += await store.attach(tx, Attachment(policy_id, kind, target, now, by))
        if len(await store.attached(tx, kind, target)) > MAX_ATTACHED:
            message = f"at most {MAX_ATTACHED} policies can be attached"
            raise invalid(message, "AttachmentFull", Most=MAX_ATTACHED)
    return added


async def _existing(source: Database | Tx, policy_id: int) -> Policy | Preset:
    found = preset(policy_id) or await store.get(source, policy_id)
    if found is None:
        raise no_policy(policy_id)
    return found


def _custom(found: Policy | Preset) -> Policy:
    if isinstance(found, Preset):
        message = "preset policies are managed by the server and cannot be changed"
        raise ControlError("OperationDenied", message, detail="PresetPolicy")
    return found


async def _version(source: Database | Tx, policy_id: int, version_id: int) -> Version:
    found = await store.version(source, policy_id, version_id)
    if found is None:
        raise invalid(f"the policy has no version {version_id}", "PolicyVersionNotExists", Version=version_id)
    return found


async def _unbinding(tx: Tx, policy: Policy) -> None:
    """Raises ControlError when a policy bounds somebody: without it they could do more than anybody meant."""
    users = [name for _, name in await store.bounded(tx, policy.id)]
    if users:
        named = ", ".join(users[:_NAMED]) + (", ..." if len(users) > _NAMED else "")
        raise ControlError(
            "OperationDenied",
            f"the policy {policy.name!r} is the permissions boundary of {named} ({len(users)} in all)",
            cure="Give these users another boundary, or none, first.",
            detail="PolicyIsBoundary",
            Policy=policy.name,
            Users=named,
            Count=len(users),
        )


async def _add_version(tx: Tx, policy: Policy, document: str, now: int, *, default: bool) -> int:
    """Raises ControlError FailedOperation.PolicyVersionFull when there are five: nothing is lost unasked."""
    if len(await store.versions(tx, policy.id)) >= MAX_VERSIONS:
        raise ControlError(
            "FailedOperation.PolicyVersionFull",
            f"a policy has at most {MAX_VERSIONS} versions",
            cure="Delete a version that is not in force.",
            Most=MAX_VERSIONS,
        )
    return await store.add_version(tx, policy, document, now, default=default)


class PolicyService:
    def __init__(
        self,
        db: Database,
        catalogue: Callable[[], Catalogue],
        owner_uin: Callable[[], int],
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._catalogue = catalogue
        self._owner_uin = owner_uin
        self._clock = clock

    # What is allowed

    async def statements_of(self, user: User) -> list[Statement]:
        """The statements of every policy that a sub-user has, directly and through groups."""
        return await self._statements(await store.effective(self._db, user.uin))

    async def boundary_of(self, user: User) -> list[Statement] | None:
        return await self._statements([user.boundary]) if user.boundary else None

    async def _statements(self, policy_ids: Sequence[int]) -> list[Statement]:
        found: list[Statement] = []
        custom = []
        for policy_id in policy_ids:
            if known := preset(policy_id):
                found.extend(known.statements)
            else:
                custom.append(policy_id)
        for policy_id, name, document in await store.documents(self._db, custom):
            try:
                found.extend(compile_policy(document, policy_id=policy_id, policy_name=name))
            except PolicyError:  # it was checked when it was stored
                log.error("a stored policy cannot be read", policy=policy_id)
                raise
        return found

    # Documents

    def mistakes(self, document: str) -> list[Mistake]:
        return mistakes_of(document, self._catalogue(), self._owner_uin())

    def check(self, document: str) -> None:
        """Raises ControlError with the first mistake's code, and all of them in ``Mistakes``."""
        if found := self.mistakes(document):
            first = found[0]
            message = f"line {first.line}, column {first.column}: {first.message}"
            error = invalid(
                message, first.code, detail="PolicyMistakes", Line=first.line, Column=first.column, Count=len(found)
            )
            error.extra["Mistakes"] = found
            raise error

    def check_new(self, name: str, document: str, description: str) -> None:
        """Raises ControlError for what no policy can have."""
        if not _NAME.fullmatch(name):
            raise invalid("a policy name has 1 to 128 letters, digits or + = , . @ - _", "PolicyNameError")
        _check_description(description)
        self.check(document)

    async def get(self, policy_id: int) -> Policy | Preset:
        """Raises ControlError ResourceNotFound.PolicyIdNotFound."""
        return await _existing(self._db, policy_id)

    async def custom(self, policy_id: int) -> Policy:
        """A policy that may be changed. Raises ControlError."""
        return _custom(await _existing(self._db, policy_id))

    async def named(self, name: str) -> Policy | Preset:
        found = preset_named(name) or await store.named(self._db, name)
        if found is None:
            raise missing(f"there is no policy {name!r}", "PolicyIdNotFound", Policy=name)
        return found

    async def document(self, found: Policy | Preset) -> str:
        if isinstance(found, Preset):
            return found.document
        # Together with its number, which may be another than ``found`` says by now.
        for _, _, document in await store.documents(self._db, [found.id]):
            return document
        raise no_policy(found.id)

    async def all(self) -> tuple[tuple[Preset, ...], list[Policy]]:
        return PRESETS, await store.all_policies(self._db)

    async def aliases(self) -> dict[int, str]:
        return await store.aliases(self._db)

    async def attachment_counts(self) -> dict[int, int]:
        return await store.attachment_counts(self._db)

    async def boundary_counts(self) -> dict[int, int]:
        return await store.boundary_counts(self._db)

    async def bounded(self, policy_id: int) -> list[tuple[int, str]]:
        """Number and name of the sub-users whose permissions boundary it is, by name."""
        return await store.bounded(self._db, policy_id)

    async def create(
        self,
        name: str,
        document: str,
        *,
        description: str = "",
        create_mode: int = 2,
        tags: dict[str, str] | None = None,
        attach_to: Sequence[tuple[Kind, Sequence[int]]] = (),
        by: int = 0,
    ) -> int:
        """The new policy's id; users and groups of ``attach_to`` have it at once. ``by``: who attaches.

        Raises ControlError for a bad name or document, a name in use, too many policies, or ``attach``'s.
        """
        self.check_new(name, document, description)
        now = int(self._clock())

        async def run(tx: Tx) -> int:
            await lock_all(tx)
            if await store.count(tx) >= MAX_POLICIES:
                message = f"there are {MAX_POLICIES} custom policies already"
                raise ControlError("FailedOperation.PolicyFull", message, Most=MAX_POLICIES)
            made = None
            if preset_named(name) is None:
                made = await store.insert(tx, name, description, create_mode, tags or {}, document, now)
            if made is None:
                message = f"the policy name {name!r} is taken"
                raise ControlError("FailedOperation.PolicyNameInUse", message, Name=name)
            await lock_groups(tx, _targets(attach_to, "group"))
            await lock_users(tx, _targets(attach_to, "user"))
            for kind, targets in attach_to:
                await attach(tx, made, kind, targets, by=by, now=now)
            return made

        return await self._db.write(run)

    async def update(self, policy: Policy, description: str | None, document: str | None) -> bool:
        """Change the description, put a new document in force, or both at once; whether that changed anything.

        None leaves what is. A document makes a version. Raises ControlError FailedOperation.PolicyVersionFull when
        there are five.
        """
        if description is not None:
            _check_description(description)
        if document is not None:
            self.check(document)
        now = int(self._clock())

        async def run(tx: Tx) -> bool:
            current = _custom(await lock_policy(tx, policy.id))
            changed = False
            if document is not None and document != (await _version(tx, current.id, current.default_version)).document:
                await _add_version(tx, current, document, now, default=True)
                changed = True
            if description is not None:
                changed = changed or description != current.description
                await store.describe(tx, current.id, description, now)
            return changed

        return await self._db.write(run)

    async def set_alias(self, policy_id: int, alias: str) -> None:
        _check_description(alias)
        await self._db.write(lambda tx: store.set_alias(tx, policy_id, alias))

    async def delete(self, policy_ids: Sequence[int]) -> None:
        """All or none; what they were attached to loses them.

        Raises ControlError for a preset or unknown policy, and OperationDenied for one that bounds somebody.
        """

        async def run(tx: Tx) -> None:
            for policy_id, found in (await lock_policies(tx, policy_ids)).items():
                await _unbinding(tx, _custom(found))
                await store.delete(tx, policy_id)

        await self._db.write(run)

    # Versions

    async def versions(self, policy: Policy) -> list[Version]:
        return await store.versions(self._db, policy.id)

    async def version(self, policy: Policy, version_id: int) -> Version:
        return await _version(self._db, policy.id, version_id)

    async def add_version(self, policy: Policy, document: str, *, default: bool) -> int:
        """Raises ControlError FailedOperation.PolicyVersionFull when there are five."""
        self.check(document)

        async def run(tx: Tx) -> int:
            current = _custom(await lock_policy(tx, policy.id))
            return await _add_version(tx, current, document, int(self._clock()), default=default)

        return await self._db.write(run)

    async def set_default(self, policy: Policy, version_id: int) -> None:
        """Raises ControlError PolicyVersionNotExists or PolicyVersionAlreadyDefault."""

        async def run(tx: Tx) -> None:
            current = _custom(await lock_policy(tx, policy.id))
            await _version(tx, policy.id, version_id)
            if current.default_version == version_id:
                raise ControlError("FailedOperation.PolicyVersionAlreadyDefault", "this version is in force already")
            await store.set_default(tx, policy.id, version_id, int(self._clock()))

        await self._db.write(run)

    async def delete_versions(self, policy: Policy, version_ids: Sequence[int]) -> None:
        """All or none. Raises ControlError for a version that does not exist or is in force."""

        async def run(tx: Tx) -> None:
            current = _custom(await lock_policy(tx, policy.id))
            for version_id in dict.fromkeys(version_ids):
                await _version(tx, policy.id, version_id)
                if version_id == current.default_version:
                    message = "the version in force cannot be deleted"
                    raise ControlError("FailedOperation", message, detail="PolicyVersionInForce")
                await store.delete_version(tx, policy.id, version_id)

        await self._db.write(run)

    # Attachments

    async def attach(self, policy_id: int, kind: Kind, targets: Sequence[int], by: int) -> int:
        """Give a policy to users or groups, all or none; how many did not have it. Raises as the function does."""
        now = int(self._clock())
        return await self._db.write(lambda tx: attach(tx, policy_id, kind, targets, by=by, now=now))

    async def detach(self, policy_id: int, kind: Kind, target: int) -> None:
        await self.get(policy_id)
        await self._db.write(lambda tx: store.detach(tx, policy_id, kind, target))

    async def attached(self, kind: Kind, target: int) -> list[Attachment]:
        return await store.attached(self._db, kind, target)

    async def entities(self, policy_id: int) -> list[Attachment]:
        return await store.entities(self._db, policy_id)

    async def set_boundary(self, user: User, policy_id: int) -> None:
        """A policy id, or 0 to remove the boundary."""

        async def run(tx: Tx) -> None:
            if policy_id:
                await lock_policy(tx, policy_id)
            await lock_user(tx, user.uin)
            await user_store.update(tx, user.uin, boundary=policy_id)

        await self._db.write(run)


class Authority:
    """What one caller may do, with the policies read once for the whole request."""

    def __init__(self, statements: list[Statement] | None, boundary: list[Statement] | None = None) -> None:
        self._statements = statements
        """None: the root account, which policies do not bind."""
        self._boundary = boundary
        self._of: dict[str, tuple[list[Statement], list[Statement] | None]] = {}

    def decide(self, question: Question) -> Decision:
        if self._statements is None:
            return Decision("allow")
        found = self._of.get(question.action)
        if found is None:  # a list asks for each of its rows
            boundary = None if self._boundary is None else about(self._boundary, question.action)
            found = self._of[question.action] = about(self._statements, question.action), boundary
        return decide_about_within(*found, question)

    def could_allow(self, question: Question) -> bool:
        if self._statements is None:
            return True
        return could_allow(self._statements, question) and (
            self._boundary is None or could_allow(self._boundary, question)
        )


def _targets(attach_to: Sequence[tuple[Kind, Sequence[int]]], wanted: Kind) -> list[int]:
    return [target for kind, targets in attach_to if kind == wanted for target in targets]


def _check_description(text: str) -> None:
    if len(text.encode()) > MAX_DESCRIPTION:
        message = f"a description has at most {MAX_DESCRIPTION} bytes"
        raise invalid(message, "DescriptionLengthOverlimit", Most=MAX_DESCRIPTION)
