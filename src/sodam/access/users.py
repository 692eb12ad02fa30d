"""Sub-users, user groups and access keys: the rules of access-management.md 1 and 6.1."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from sodam.access import passwords
from sodam.access import user_store as store
from sodam.access.attempts import forgive
from sodam.access.locks import (
    lock_all,
    lock_groups,
    lock_policies,
    lock_user,
    lock_users,
    no_group,
    no_user,
)
from sodam.access.login import LoginService, new_uin, remembered
from sodam.access.model import (
    MAX_GROUPS,
    MAX_GROUPS_PER_USER,
    MAX_KEYS,
    MAX_USERS,
    MAX_USERS_PER_GROUP,
    ROOT_NAME,
    AccessKey,
    Group,
    User,
)
from sodam.access.policies import attach
from sodam.access.security import SecuritySettings
from sodam.access.sessions import end_all
from sodam.clock import now as wall_clock
from sodam.control import ControlError, invalid, missing
from sodam.storage import Database, Tx

_NAME: Final = re.compile(r"[A-Za-z0-9@._\-\[\]:]{1,64}")
_ALPHABET: Final = string.ascii_letters + string.digits


class NewUser(msgspec.Struct, frozen=True):
    """A sub-user that is about to be."""

    user: User
    generated: str
    """The password, if it was made up; it cannot be seen again."""
    key: AccessKey | None


class UserService:
    def __init__(
        self, db: Database, login: LoginService, security: SecuritySettings, clock: Callable[[], float] = wall_clock
    ) -> None:
        self._db = db
        self._login = login
        self._security = security
        self._clock = clock

    # Users

    async def get(self, name: str) -> User:
        """A sub-user by name. Raises ControlError ResourceNotFound.UserNotExist."""
        user = await store.by_name(self._db, name)
        if user is None or user.root:
            raise missing(f"there is no user {name!r}", "UserNotExist", User=name)
        return user

    async def get_uin(self, uin: int) -> User:
        user = await store.by_uin(self._db, uin)
        if user is None:
            raise no_user(uin)
        return user

    async def signed_in(self, uin: int) -> User:
        """The user of a session. Raises ControlError AuthFailure.NotSignedIn for one deleted a moment ago."""
        user = await store.by_uin(self._db, uin)
        if user is None:
            raise ControlError("AuthFailure.NotSignedIn", "you are not signed in, or the session has ended")
        return user

    async def get_sub(self, uin: int) -> User:
        """A sub-user by number: policies and keys of others are no matter of root's own account."""
        user = await self.get_uin(uin)
        if user.root:
            raise ControlError("OperationDenied.SubUin", "the root account has all rights; this is for sub-users")
        return user

    async def all(self) -> list[User]:
        return await store.sub_users(self._db)

    async def find(self, *, uin: int | None, uid: int | None) -> User:
        """A sub-user by either number. Raises ControlError."""
        if uin:
            return await self.get_sub(uin)
        if not uid:
            raise invalid("one of Uin and Uid is needed", "UserUinAndUinNotAllNull")
        user = await store.by_uid(self._db, uid)
        if user is None or user.root:
            raise missing(f"there is no user with Uid {uid}", "UserNotExist", User=uid)
        return user

    def check_name(self, name: str) -> None:
        """Raises ControlError InvalidParameter.UserNameIllegal."""
        if not _NAME.fullmatch(name) or name.lower() == ROOT_NAME:
            message = "a user name has 1 to 64 letters, digits or @ . _ - [ ] : and is not root"
            raise invalid(message, "UserNameIllegal")

    async def prepare(self, wanted: User, password: str, *, use_api: bool) -> NewUser:
        """A sub-user from the fields of ``wanted``, with a first key if wished; nothing is written.

        Raises ControlError UserNameIllegal or PasswordViolatedRules.
        """
        self.check_name(wanted.name)
        now, generated = int(self._clock()), ""
        if wanted.console_login and not password:
            password = generated = passwords.generate()
        if wanted.console_login:
            passwords.check_password(password, (await self._security.passwords()).rules)
        hashed = await passwords.hash_password(password) if wanted.console_login else ""
        user = msgspec.structs.replace(
            wanted, uin=new_uin(), uid=1000 + secrets.randbelow(2**31), password=hashed, password_at=now, created_at=now
        )
        return NewUser(user, generated, self._new_key(user.uin, "") if use_api else None)

    async def add(self, made: Sequence[NewUser], policy_ids: Sequence[int] = (), by: int = 0) -> None:
        """Create sub-users together with their keys and policies, all or none. ``by``: who attaches.

        Raises ControlError SubUserNameInUse, SubUserFull, ResourceNotFound.PolicyIdNotFound or AttachmentFull.
        """

        async def run(tx: Tx) -> None:
            await lock_all(tx)
            await lock_policies(tx, policy_ids)
            if await store.count_users(tx) + len(made) > MAX_USERS:
                raise invalid(f"there are at most {MAX_USERS} sub-users", "SubUserFull", Most=MAX_USERS)
            for one in made:
                if not await store.insert(tx, one.user):
                    raise invalid(f"the name {one.user.name!r} is taken", "SubUserNameInUse", Name=one.user.name)
                if one.key is not None:
                    await store.insert_key(tx, one.key)
            for policy_id in policy_ids:
                await attach(tx, policy_id, "user", [one.user.uin for one in made], by=by, now=int(self._clock()))

        await self._db.write(run)

    async def new_password(self, user: User, password: str, *, need_reset: bool) -> dict[str, object]:
        """The fields that a password chosen by somebody else changes, for ``update``. Raises ControlError."""
        return await self._login.new_password(user, password) | {"need_reset": need_reset}

    async def update(self, user: User, changes: dict[str, object]) -> None:
        """Change fields; when the password is among them or console access ends, the user's sessions end too.

        Raises ControlError ResourceNotFound.UserNotExist.
        """

        async def run(tx: Tx) -> None:
            current = await lock_user(tx, user.uin)
            more = {"old_passwords": remembered(current)} if "password" in changes else {}
            if changes:
                await store.update(tx, user.uin, **changes | more)
            if "password" in changes or changes.get("console_login") is False:
                await end_all(tx, user.uin)
            if "password" in changes:
                await forgive(tx, user.name)

        await self._db.write(run)

    async def clear_mfa(self, user: User) -> None:
        async def run(tx: Tx) -> None:
            await lock_user(tx, user.uin)
            await store.update(tx, user.uin, totp="", totp_next="")

        await self._db.write(run)

    async def delete(self, user: User, *, force: bool) -> None:
        """Raises ControlError OperationDenied.HaveKeys when keys are left and ``force`` is not set."""

        async def run(tx: Tx) -> None:
            await lock_user(tx, user.uin)
            if not force and await store.keys_of(tx, user.uin):
                raise ControlError(
                    "OperationDenied.HaveKeys", "the user has access keys: delete them first, or use Force"
                )
            await store.delete(tx, user.uin)

        await self._db.write(run)

    # Groups

    async def group(self, group_id: int) -> Group:
        return await _group(self._db, group_id)

    async def groups(self) -> list[Group]:
        return await store.groups(self._db)

    async def members(self, group_id: int) -> list[User]:
        return await store.members(self._db, group_id)

    async def groups_of(self, uin: int) -> list[Group]:
        return await store.groups_of(self._db, uin)

    async def create_group(self, name: str, remark: str) -> int:
        _check_group_name(name)

        async def run(tx: Tx) -> int:
            await lock_all(tx)
            if len(await store.groups(tx)) >= MAX_GROUPS:
                raise invalid(f"there are {MAX_GROUPS} groups already", "GroupFull", Most=MAX_GROUPS)
            made = await store.insert_group(tx, name, remark, int(self._clock()))
            if made is None:
                raise invalid(f"the name {name!r} is taken", "GroupNameInUse", Name=name)
            return made

        return await self._db.write(run)

    async def update_group(self, group: Group, name: str | None, remark: str | None) -> None:
        if name is not None:
            _check_group_name(name)

        async def run(tx: Tx) -> None:
            await lock_all(tx)
            current = (await lock_groups(tx, [group.id]))[group.id]
            if name is not None and name != current.name and await store.group_named(tx, name):
                raise invalid(f"the name {name!r} is taken", "GroupNameInUse", Name=name)
            new_name, new_remark = current.name if name is None else name, current.remark if remark is None else remark
            await store.update_group(tx, group.id, new_name, new_remark)

        await self._db.write(run)

    async def delete_group(self, group_id: int) -> None:
        """Raises ControlError ResourceNotFound.GroupNotExist."""

        async def run(tx: Tx) -> None:
            await lock_groups(tx, [group_id])
            await store.delete_group(tx, group_id)

        await self._db.write(run)

    async def add_members(self, pairs: list[tuple[int, int]]) -> None:
        """Pairs of group id and uin, all or none.

        Raises ControlError GroupNotExist, UserNotExist, GroupUserFull or UserGroupFull.
        """

        async def run(tx: Tx) -> None:
            await lock_groups(tx, [group_id for group_id, _ in pairs])
            await lock_users(tx, [uin for _, uin in pairs])
            for group_id, uin in pairs:
                await store.add_member(tx, group_id, uin, int(self._clock()))
                if len(await store.members(tx, group_id)) > MAX_USERS_PER_GROUP:
                    message = f"a group has at most {MAX_USERS_PER_GROUP} users"
                    raise invalid(message, "GroupUserFull", Most=MAX_USERS_PER_GROUP)
                if len(await store.groups_of(tx, uin)) > MAX_GROUPS_PER_USER:
                    message = f"a user is in at most {MAX_GROUPS_PER_USER} groups"
                    raise invalid(message, "UserGroupFull", Most=MAX_GROUPS_PER_USER)

        await self._db.write(run)

    async def remove_members(self, pairs: list[tuple[int, int]]) -> None:
        async def run(tx: Tx) -> None:
            for group_id, uin in pairs:
                await store.remove_member(tx, group_id, uin)

        await self._db.write(run)

    # Access keys

    async def keys(self, uin: int) -> list[AccessKey]:
        return await store.keys_of(self._db, uin)

    async def key(self, secret_id: str) -> AccessKey | None:
        return await store.key(self._db, secret_id)

    async def key_of(self, secret_id: str, uin: int) -> AccessKey:
        """A user's key. Raises ControlError ResourceNotFound.SecretNotExist."""
        found = await store.key(self._db, secret_id)
        if found is None or found.uin != uin:
            raise _no_key(secret_id, uin)
        return found

    def _new_key(self, uin: int, description: str) -> AccessKey:
        secret_id = "AKID" + "".join(secrets.choice(_ALPHABET) for _ in range(32))
        secret_key = "".join(secrets.choice(_ALPHABET) for _ in range(32))
        return AccessKey(secret_id, uin, secret_key, True, description, int(self._clock()), 0)

    async def create_key(self, uin: int, description: str) -> AccessKey:
        """Raises ControlError OperationDenied.AccessKeyOverLimit or ResourceNotFound.UserNotExist."""
        key = self._new_key(uin, description)

        async def run(tx: Tx) -> AccessKey:
            await lock_user(tx, uin)
            if len(await store.keys_of(tx, uin)) >= MAX_KEYS:
                message = f"a user has at most {MAX_KEYS} access keys"
                raise ControlError("OperationDenied.AccessKeyOverLimit", message, Most=MAX_KEYS)
            await store.insert_key(tx, key)
            return key

        return await self._db.write(run)

    async def set_key_active(self, key: AccessKey, active: bool) -> None:
        """Raises ControlError ResourceNotFound.SecretNotExist."""

        async def run(tx: Tx) -> None:
            if not await store.set_key_active(tx, key.secret_id, active):
                raise _no_key(key.secret_id, key.uin)

        await self._db.write(run)

    async def delete_key(self, key: AccessKey) -> None:
        """Raises ControlError FailedOperation.Accesskey for one in force, ResourceNotFound.SecretNotExist."""

        async def run(tx: Tx) -> None:
            if await store.delete_key(tx, key.secret_id):
                return
            if await store.key(tx, key.secret_id) is None:
                raise _no_key(key.secret_id, key.uin)
            raise ControlError("FailedOperation.Accesskey", "disable the access key first, then delete it")

        await self._db.write(run)

    async def used_key(self, secret_id: str) -> None:
        await store.touch_key(self._db, secret_id, int(self._clock()))


async def _group(source: Database | Tx, group_id: int) -> Group:
    found = await store.group(source, group_id)
    if found is None:
        raise no_group(group_id)
    return found


def _no_key(secret_id: str, uin: int) -> ControlError:
    return missing(f"user {uin} has no access key {secret_id!r}", "SecretNotExist", Name=secret_id)


def _check_group_name(name: str) -> None:
    if not 1 <= len(name) <= 64 or not name.isprintable():
        raise invalid("a group name has 1 to 64 characters", "ParamError", detail="GroupNameForm", Least=1, Most=64)
