"""One server with two apps that have the same UserIDs, a disabled app and an expired one; on each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import pytest

from tests.fuzz.documents import USERS
from tests.fuzz.servers import configured, must, restore
from tests.fuzz.wire import Caller
from tests.isolation import snapshot
from tests.isolation.snapshot import Tables
from tests.support.postgres import Postgres
from tests.support.seeds import SEED
from tests.support.server import KEY, SDKAPPID, Engine, ServerProcess

T = TypeVar("T")
TURN: Final = 8
"""Commands between two comparisons: reading every table costs more than a command."""
OTHER: Final = 1400000043
DISABLED: Final = 1400000044
EXPIRED: Final = 1400000045
KEYS: Final = {SDKAPPID: KEY, OTHER: "b1" * 32, DISABLED: "c2" * 32, EXPIRED: "d3" * 32}
SECRET: Final = "secret-of-the-other-app"
SECRET_OF_USERS: Final = "secret-of-other-users"
"""Stand in every text that an app, or a user, must not see."""


@dataclass
class Apps:
    server: ServerProcess
    postgres: Postgres
    url: str | None
    own: Caller
    other: Caller

    def caller(self, sdkappid: int) -> Caller:
        return Caller(self.server, sdkappid, KEYS[sdkappid])

    def snapshot(self) -> Tables:
        return snapshot.read(self.server, self.postgres, self.url)


@pytest.fixture(autouse=True)
def _print_seed() -> None:
    print(f"SODAM_TEST_SEED={SEED}")


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Callable[[Engine], Apps]]:
    """One server an engine, started when first asked for, that all tests here share."""
    kept: dict[Engine, Apps] = {}

    def on(engine: Engine) -> Apps:
        if engine not in kept:
            env = {"SODAM_BOOTSTRAP_APP": ",".join(f"{app}:{key}:Flagship" for app, key in KEYS.items())}
            url: str | None = None
            if engine == "postgres":
                url = env["SODAM_DATABASE_URL"] = postgres.migrated()
            changes = {DISABLED: {"status": "disabled"}, EXPIRED: {"status": "expired"}}
            server = configured(tmp_path_factory.mktemp("apps"), env, changes)
            kept[engine] = Apps(server, postgres, url, Caller(server), Caller(server, OTHER, KEYS[OTHER]))
        return kept[engine]

    yield on
    for apps in kept.values():
        apps.own.close()
        apps.other.close()
        assert apps.server.stop() == 0
        apps.server.check_log()


@pytest.fixture
def apps(engine: Engine, started: Callable[[Engine], Apps]) -> Apps:
    """Each test leaves accounts and texts behind."""
    return started(engine)


@pytest.fixture(autouse=True)
def _no_errors(apps: Apps) -> Iterator[None]:
    yield
    apps.server.check_log()


def in_turn(commands: Iterable[T]) -> Iterator[tuple[T, ...]]:
    """All of them, some at a time: what the database holds is compared after each turn."""
    left = list(commands)
    for start in range(0, len(left), TURN):
        yield tuple(left[start : start + TURN])


def live_in(caller: Caller, text: str) -> None:
    """Messages, profiles, friends, blacklists, followers of the users of an app: whatever there is to steal."""
    restore(caller, text)
    for user_id in USERS[:3]:
        item = [{"Tag": "Tag_Profile_Custom_Own", "Value": text}, {"Tag": "Tag_Profile_Custom_Num", "Value": 7}]
        must(caller, "profile/portrait_set", {"From_Account": user_id, "ProfileItem": item})
    friends = [{"To_Account": u, "Remark": text, "AddSource": "AddSource_Type_App"} for u in USERS[1:4]]
    must(caller, "sns/friend_add", {"From_Account": USERS[0], "AddFriendItem": friends, "AddType": "Add_Type_Both"})
    group = {"From_Account": USERS[0], "GroupName": [text[:20]], "To_Account": [USERS[1]]}
    must(caller, "sns/group_add", group)
    must(caller, "sns/black_list_add", {"From_Account": USERS[2], "To_Account": [USERS[3]]})
    must(caller, "follow/follow_add", {"From_Account": USERS[0], "FollowItem": [{"To_Account": USERS[3]}]})
