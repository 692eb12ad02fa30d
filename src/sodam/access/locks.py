"""The parents of a write, locked first and in one order: the root account, policies, groups, users, each by number.

Whoever adds what refers to a row, or counts what a row has, locks the row; whoever deletes the row does, too. So
nothing is left that refers to what is gone, and no limit is passed by two who ask at the same moment. The root
account's row stands for the whole of access management: its counts, and names that nobody else may have.
"""

from __future__ import annotations

from collections.abc import Iterable

from sodam.access import policy_store, user_store
from sodam.access.model import Group, User
from sodam.access.policy_store import Policy
from sodam.access.presets import Preset, preset
from sodam.control import ControlError, missing
from sodam.storage import Tx


async def lock_all(tx: Tx) -> None:
    """For a write that counts, or takes a name, in the whole of access management."""
    await user_store.lock_root(tx)


async def lock_policy(tx: Tx, policy_id: int) -> Policy | Preset:
    return (await lock_policies(tx, [policy_id]))[policy_id]


async def lock_policies(tx: Tx, policy_ids: Iterable[int]) -> dict[int, Policy | Preset]:
    """Raises ControlError ResourceNotFound.PolicyIdNotFound. A preset is code, which nobody can delete."""
    found: dict[int, Policy | Preset] = {}
    for policy_id in sorted(set(policy_ids)):
        policy = preset(policy_id) or await policy_store.lock(tx, policy_id)
        if policy is None:
            raise no_policy(policy_id)
        found[policy_id] = policy
    return found


async def lock_groups(tx: Tx, group_ids: Iterable[int]) -> dict[int, Group]:
    """Raises ControlError ResourceNotFound.GroupNotExist."""
    found: dict[int, Group] = {}
    for group_id in sorted(set(group_ids)):
        group = await user_store.lock_group(tx, group_id)
        if group is None:
            raise no_group(group_id)
        found[group_id] = group
    return found


async def lock_user(tx: Tx, uin: int) -> User:
    return (await lock_users(tx, [uin]))[uin]


async def lock_users(tx: Tx, uins: Iterable[int]) -> dict[int, User]:
    """Raises ControlError ResourceNotFound.UserNotExist."""
    found: dict[int, User] = {}
    for uin in sorted(set(uins)):
        user = await user_store.lock(tx, uin)
        if user is None:
            raise no_user(uin)
        found[uin] = user
    return found


def no_policy(policy_id: int) -> ControlError:
    return missing(f"there is no policy {policy_id}", "PolicyIdNotFound", Policy=policy_id)


def no_group(group_id: int) -> ControlError:
    return missing(f"there is no group {group_id}", "GroupNotExist", Group=group_id)


def no_user(uin: int) -> ControlError:
    return missing(f"there is no user {uin}", "UserNotExist", User=uin)
