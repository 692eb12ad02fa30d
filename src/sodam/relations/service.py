"""Relations as other packages and the edges see them: one object with a part for each subject."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sodam.accounts.service import AccountService
from sodam.bus import Bus, Live
from sodam.bus.cache import Facts
from sodam.clock import now as wall_clock
from sodam.relations import store_friends
from sodam.relations.adding import Adding
from sodam.relations.archive import Archive
from sodam.relations.blacklist import Blacklists
from sodam.relations.check import Checks
from sodam.relations.erase import Eraser
from sodam.relations.follow import Follows
from sodam.relations.friends import Friends
from sodam.relations.groups import Groups
from sodam.relations.guard import Guard
from sodam.relations.model import Owner, Standing
from sodam.relations.pendency import Pendencies
from sodam.relations.repair import RelationRepair
from sodam.relations.work import Core
from sodam.storage import Database

_MAX_TOLD = 10_000


class RelationService:
    """Raises the events of events.py inside its transactions; ``erase`` is for whoever deletes accounts."""

    def __init__(
        self,
        db: Database,
        bus: Bus,
        live: Live,
        accounts: AccountService,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._core = core = Core(db, bus, live, accounts, clock)
        self.adding = Adding(core)
        self.friends = Friends(core)
        self.groups = Groups(core)
        self.pendencies = Pendencies(core)
        self.blacklists = Blacklists(core)
        self.follows = Follows(core)
        self.checks = Checks(core)
        self.peek_standing = core.cache.peek_standing
        """(app, sender, recipient): the standing if it is at hand, without waiting; None says nothing."""
        self.facts: Facts = core.cache.pairs
        """Of what ``peek_standing`` says."""
        eraser = Eraser(core)
        self.archive = Archive(core, self.follows)
        self.repair = RelationRepair(core, eraser)
        self.erase = eraser.follow

    async def owner(self, app: int, user_id: str) -> Owner:
        """How many friends, lists, requests and blacklisted users an account has. Not to be changed."""
        return await self._core.owner(app, user_id)

    def guard(self, guard: Guard) -> None:
        """Have clients' friend requests and their answers to them pass this first."""
        self._core.guard = guard

    async def standing(self, app: int, sender: str, recipient: str) -> Standing:
        """How two users stand to each other, as messages ask for it."""
        return await self.checks.standing(app, sender, recipient)

    async def friends_of(self, app: int, user_id: str) -> Collection[str]:
        """Users who have ``user_id`` in their friend list, who hear of profile changes; at most 10 000."""
        return await store_friends.friends_of(self._core.db, app, user_id, _MAX_TOLD)
