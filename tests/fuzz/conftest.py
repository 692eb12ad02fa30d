"""A server to be ill-treated, on each engine; and the seed of everything random here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.fuzz.servers import configured, must, restore
from tests.fuzz.wire import Caller
from tests.support.postgres import Postgres
from tests.support.seeds import SEED
from tests.support.server import Engine


@pytest.fixture(autouse=True)
def _print_seed() -> None:
    print(f"SODAM_TEST_SEED={SEED}")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def target_engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.param
    return engine


@pytest.fixture(scope="session")
def targets(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Callable[[Engine], Caller]]:
    """Callers of one server an engine, started when first asked for, that all tests here share."""
    started: dict[Engine, Caller] = {}

    def target(engine: Engine) -> Caller:
        if engine not in started:
            env = {"SODAM_DATABASE_URL": postgres.migrated()} if engine == "postgres" else {}
            started[engine] = Caller(configured(tmp_path_factory.mktemp("fuzz"), env))
        return started[engine]

    yield target
    for caller in started.values():
        caller.close()
        assert caller.server.stop() == 0
        caller.server.check_log()


@pytest.fixture(scope="module")
def target(target_engine: Engine, targets: Callable[[Engine], Caller]) -> Caller:
    return targets(target_engine)


@pytest.fixture
def caller(target: Caller) -> Iterator[Caller]:
    """`target`, with its accounts in place; alive and without an error in its log after the test."""
    restore(target)
    yield target
    target.server.check_log()
    must(target, "im_open_login_svc/account_check", {"CheckItem": [{"UserID": "x"}]})
