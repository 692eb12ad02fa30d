"""A real Prometheus reads the real /metrics: rules and dashboard of deploy/ find what they ask for, and alarms ring."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import httpx
import yaml

from tests.e2e.test_secrets import lived
from tests.packaging.test_monitoring import HERE, expressions, filled_in
from tests.support import collector, tools
from tests.support.console import PASSWORD
from tests.support.guard import guarded
from tests.support.ports import Reserved
from tests.support.server import ServerFactory, ServerProcess

DEADLINE: Final = 120
MOST_SERIES: Final = 2500
"""Of one process after a life in which everything happened: commands, codes, outcomes; no users, groups or messages."""
NAMES: Final = re.compile(r'"(ann|bob|cho|g|minsu|@TGS#.*|C2C\..*|\d{9,})"')


class Prometheus:
    def __init__(self, url: str) -> None:
        self._url = url

    async def ask(self, path: str, **query: str) -> Any:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
            answer = (await http.get(f"{self._url}/api/v1/{path}", params=query)).json()
        assert answer["status"] == "success", (query, answer)
        return answer["data"]

    async def value(self, expression: str) -> list[tuple[dict[str, str], float]]:
        found = (await self.ask("query", query=expression))["result"]
        return [(one["metric"], float(one["value"][1])) for one in found]

    async def until(self, expression: str, true: Callable[[float], bool]) -> None:
        async with asyncio.timeout(DEADLINE):
            while not any(true(value) for _, value in await self.value(expression)):
                await asyncio.sleep(0.1)

    async def alarms(self) -> set[tuple[str, str]]:
        """Name of the rule and instance of those that ring."""
        alerts = (await self.ask("alerts"))["alerts"]
        return {(a["labels"]["alertname"], a["labels"].get("instance", "")) for a in alerts if a["state"] == "firing"}


@contextlib.asynccontextmanager
async def prometheus(directory: Path, *targets: str) -> AsyncIterator[Prometheus]:
    """With the files of deploy/: other targets, a scrape every four seconds (what an answer may take)
    and alarms that wait for nothing."""
    file: dict[str, Any] = yaml.safe_load((HERE / "prometheus.yaml").read_text())
    assert file["rule_files"] == ["alerts.yaml"]
    file["scrape_configs"][0]["static_configs"] = [{"targets": list(targets)}]
    file["global"] = {"scrape_interval": "4s", "scrape_timeout": "4s", "evaluation_interval": "200ms"}
    (directory / "prometheus.yml").write_text(yaml.safe_dump(file))
    rules = (HERE / "alerts.yaml").read_text()
    (directory / "alerts.yaml").write_text(re.sub(r"^( +)for: \d+m$", r"\1for: 0s", rules, flags=re.M))
    reserved = Reserved()
    address = f"127.0.0.1:{reserved.number}"
    command = [
        tools.find("prometheus") or "prometheus",
        f"--config.file={directory}/prometheus.yml",
        f"--storage.tsdb.path={directory}/data",
        f"--web.listen-address={address}",
    ]
    with (directory / "log").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    guarded().watch(process.pid)
    try:
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(DEADLINE):
            while True:
                assert process.poll() is None, (directory / "log").read_text()
                with contextlib.suppress(httpx.TransportError):
                    if (await http.get(f"http://{address}/-/ready")).status_code == 200:
                        break
                await asyncio.sleep(0.05)
        yield Prometheus(f"http://{address}")
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 30)


async def traffic(server: ServerProcess) -> None:
    """Some of each edge while Prometheus looks: rates are of what changes between two looks."""
    query = {"To_Account": ["ann"]}
    for _ in range(3):
        assert (await server.rest("openim/query_online_status", query))["ErrorCode"] == 0
        await server.rest("group_open_http_svc/destroy_group", {"GroupId": "nowhere"})


@tools.needs("prometheus", "a part of Debian and of Prometheus, which no package index has")
async def test_what_is_asked_is_answered_and_alarms_ring(server_factory: ServerFactory, tmp_path: Path) -> None:
    collector.needed()

    def make(env: dict[str, str]) -> ServerProcess:
        return server_factory("sqlite", env=env)

    place = tmp_path / "prometheus"
    place.mkdir()
    async with lived(make, SODAM_ROOT_PASSWORD=PASSWORD) as life:
        address = life.server.url.removeprefix("http://")
        async with prometheus(place, address) as asked:
            await asked.until('up{job="sodam"}', lambda value: value == 1)
            await traffic(life.server)
            await asked.until('sum(rate(sodam_calls_total{command="openim/query_online_status"}[5m]))', lambda v: v > 0)
            silent = []
            for where, expression in expressions().items():
                found = await asked.value(filled_in(expression))
                if not found and not where.startswith("Sodam"):
                    silent.append(where)
            assert not silent, f"nothing in the dashboard's {silent}"
            rules = [rule for group in (await asked.ask("rules"))["groups"] for rule in group["rules"]]
            assert {rule["name"] for rule in rules} == {name for name in expressions() if name.startswith("Sodam")}
            assert {rule["health"] for rule in rules} == {"ok"}
            async with asyncio.timeout(DEADLINE):  # the push service refused us once, before Prometheus looked
                while ("SodamPushCredentials", "") not in (rings := await asked.alarms()):
                    await asyncio.sleep(0.1)
            assert not {name for name, _ in rings} & {"SodamDown", "SodamDatabaseAway", "SodamInternalErrors"}
            assert sum(value for _, value in await asked.value('count({job="sodam"})')) < MOST_SERIES
            series = await asked.ask("series", **{"match[]": '{job="sodam"}'})
            named = [json.dumps(one) for one in series if NAMES.search(json.dumps({**one, "instance": ""}))]
            assert not [one for one in named if "callback" not in one.lower()], "labels name no users or groups"
            await asyncio.to_thread(life.server.kill)
            async with asyncio.timeout(DEADLINE):
                while ("SodamDown", address) not in await asked.alarms():
                    await asyncio.sleep(0.1)
            life.server.start()
            await asked.until('up{job="sodam"}', lambda value: value == 1)
