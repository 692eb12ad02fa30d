"""Everything of search, as the edges see it."""

from __future__ import annotations

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.c2c.service import C2CService
from sodam.errors import ApiError, Code
from sodam.groups.service import GroupService
from sodam.search.building import Building
from sodam.search.index import Index, OfGroups, OneToOne, searches
from sodam.search.messages import MessageSearch
from sodam.search.people import PeopleSearch
from sodam.storage import Database


class SearchService:
    def __init__(
        self, db: Database, apps: AppService, accounts: AccountService, c2c: C2CService, groups: GroupService
    ) -> None:
        self.index = Index(apps)
        self.messages = MessageSearch(db, c2c.histories, groups)
        self.people = PeopleSearch(db, accounts, groups)
        self.building = Building(db, apps, accounts, c2c.histories, groups)
        self.index.follow(db.events)
        c2c.followers.keepers.append(OneToOne(self.index))
        groups.keepers.append(OfGroups(self.index))


def allow(app: App) -> None:
    """Raises ApiError 60020 where the app's clients may not search."""
    if not searches(app):
        raise ApiError(Code.PLAN_EXPIRED, "cloud search is not switched on for this app")
