"""A server to be ill-treated, on each engine; and the seed of everything random here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fuzz.seeds import SEED
from tests.fuzz.servers import configured, must, restore
from tests.fuzz.wire import Caller
from tests.support.postgres import Postgres
from tests.support.server import Engine


@pytest.fixture(autouse=True)
def _print_seed() -> None:
    print(f"SODAM_FUZZ_SEED={SEED}")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def target_engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.param
    return engine


@pytest.fixture(scope="module")
def target(
    target_engine: Engine, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Caller]:
    """A caller of a server that the tests of one file share."""
    env: dict[str, str] = {}
    if target_engine == "postgres":
        pg: Postgres = request.getfixturevalue("postgres")
        env["SODAM_DATABASE_URL"] = pg.create()
    server = configured(tmp_path_factory.mktemp("fuzz"), env)
    caller = Caller(server)
    try:
        yield caller
    finally:
        caller.close()
        code = server.stop()
        if env:
            request.getfixturevalue("postgres").drop(env["SODAM_DATABASE_URL"])
    server.check_log()
    assert code == 0


@pytest.fixture
def caller(target: Caller) -> Iterator[Caller]:
    """`target`, with its accounts in place; alive and without an error in its log after the test."""
    restore(target)
    yield target
    target.server.check_log()
    must(target, "im_open_login_svc/account_check", {"CheckItem": [{"UserID": "x"}]})
