"""What operators look for: groups by name and ID, members by role, the groups of a user."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.groups import store_listing, store_members
from sodam.groups.core import Core
from sodam.groups.model import Group, Member, Order
from sodam.groups.types import Operation, Role, check

ROLES = (Role.Member, Role.Admin, Role.Owner)


class Listing:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def find(
        self,
        app: int,
        *,
        keyword: str,
        type_name: str,
        ownerless: bool = False,
        order: Order,
        down: bool,
        offset: int,
        limit: int,
    ) -> tuple[list[Group], int]:
        """Groups of a type ('': all) whose ID or name holds the keyword ('': all), and how many there are.

        ``ownerless``: those that nobody owns."""
        if "\0" in keyword:
            return [], 0
        db = self._core.db
        found = await store_listing.find(
            db,
            app,
            keyword=keyword,
            type_name=type_name,
            ownerless=ownerless,
            order=order,
            down=down,
            offset=offset,
            limit=limit,
        )
        total = await store_listing.count(db, app, keyword=keyword, type_name=type_name, ownerless=ownerless)
        return found, total

    async def members(
        self, group: Group, *, roles: Sequence[Role], prefix: str, offset: int, limit: int
    ) -> tuple[list[Member], int]:
        """Members with these roles whose UserIDs begin so, in the order of joining, and how many there are.

        Raises ApiError 10007 for a type that keeps none.
        """
        check(group.type, Operation.READ_MEMBERS, Role.AppAdmin)
        if "\0" in prefix:
            return [], 0
        db, app, group_id = self._core.db, group.app, group.group_id
        listed = await store_members.begun(db, app, group_id, roles, prefix, offset, limit)
        if not prefix and len(roles) == len(ROLES):
            return listed, group.members
        return listed, await store_members.count_begun(db, app, group_id, roles, prefix)

    async def joined(self, app: int, user_id: str) -> int:
        """How many groups a user is a member of."""
        return await store_listing.joined(self._core.db, app, user_id)
