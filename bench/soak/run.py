"""One soak: traffic beside cuts and samples, then the count of what arrived."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bench.soak.setups import SETUPS, Setup
from bench.soak.traffic import BACK_END, Bot, World, back_end, histories, operator
from bench.soak.trend import Trend
from bench.soak.watch import MIB, Watch, Watched
from bench.targets.base import KEY, SDKAPPID

_SAMPLES = 60
"""Of a run, whatever its length, but not more than two a second."""
_CUTS = 12
_LONGEST = 180
_ACCOUNTS_AT_ONCE = 100
_BACK_ENDS = 2


@dataclass(frozen=True)
class Plan:
    """How long, how many bots, and how many messages a second about; `seed` repeats the choices of a run."""

    seconds: float
    bots: int
    rate: float
    seed: int
    whole: bool = False
    """Goes on until each kind of thing has happened, for minutes at most: a slow machine does little in few seconds."""


@dataclass
class Outcome:
    """What a soak found. It failed when there are `faults`, or a figure that rises."""

    setup: str
    watch: Watch
    messages: int
    reconnects: int
    calls: dict[str, int]
    cuts: dict[str, int]
    faults: list[str]
    trends: dict[str, Trend] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return bool(self.faults) or any(trend.failed for trend in self.trends.values())

    def text(self) -> str:
        """The table over time, what each figure gains, and what is wrong."""
        calls = ", ".join(f"{count} {kind}" for kind, count in sorted(self.calls.items()))
        cuts = ", ".join(f"{count} of {kind}" for kind, count in self.cuts.items()) or "none"
        lines = [
            f"## {self.setup}: {self.messages} messages acknowledged, {self.reconnects} sign-ins anew; cuts: {cuts}",
            f"Besides: {calls}.",
            self.watch.table(),
        ]
        for name, trend in self.trends.items():
            unit, per = (" MiB", MIB) if name == "wal" or name.endswith("rss") else ("", 1)
            verdict = "RISES" if trend.failed else "holds"
            gain, level = trend.gain / per, trend.level / per
            lines.append(
                f"{verdict}: {name} {gain:+.1f}{unit} in the second half, at {level:.1f}{unit}; "
                f"{100 * trend.rising:.0f} % of pairs rise"
            )
        lines += [f"FAULT: {fault}" for fault in self.faults] or [
            "Every acknowledged message was there once and in order."
        ]
        return "\n".join(lines)


async def soak(name: str, plan: Plan, folder: Path) -> Outcome:
    """Run one setup under `folder`, which must be empty, and stop all of it."""
    async with SETUPS[name](folder) as setup:
        world = World(setup.urls, SDKAPPID, KEY, random.Random(plan.seed), _pace(plan), _stay(plan))
        world.everybody = asyncio.Barrier(plan.bots + _BACK_ENDS)
        names = [f"bot{number}" for number in range(plan.bots)]
        bots = [Bot(world, name, at, [peer for peer in names if peer != name]) for at, name in enumerate(names)]
        await _accounts(
            world, [*names, *(f"{BACK_END}{n}" for n in range(_BACK_ENDS)), *(f"rel{n}" for n in range(30))]
        )
        watched = Watched(setup.nodes, setup.database, setup.log, lambda: world.ledger.count)
        watch = Watch(watched)
        cuts: dict[str, int] = {}
        actors = [
            *(bot.run() for bot in bots),
            *(back_end(world, node, names) for node in range(_BACK_ENDS)),
            operator(world, 0),
        ]
        tasks = [asyncio.create_task(actor) for actor in actors]
        faults: list[str] = []
        try:
            await _watch(plan, setup, watch, cuts, tasks, lambda: _whole(plan, setup, world, bots, cuts))
            world.ending = True
            async with asyncio.timeout(180):
                await asyncio.gather(*tasks)
        except Exception as error:
            faults.append(f"the traffic broke off: {type(error).__name__}: {error}")
        finally:
            world.ending = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        faults += [
            fault
            for pair in list(world.ledger.acknowledged)
            for fault in world.ledger.faults(pair, world.ledger.received[pair], "received")
        ]
        faults += await histories(world)
        faults += _logged(setup)
        reconnects = sum(bot.reconnects for bot in bots)
        calls = dict(world.ledger.calls)
        return Outcome(setup.name, watch, world.ledger.count, reconnects, calls, cuts, faults, watch.verdicts())


def _whole(plan: Plan, setup: Setup, world: World, bots: Sequence[Bot], cuts: dict[str, int]) -> bool:
    kinds = {"relations", "client calls", "console calls"} <= world.ledger.calls.keys()
    anew = any(bot.reconnects for bot in bots)
    return kinds and anew and world.ledger.count > plan.seconds and (bool(cuts) or not setup.cuts)


async def _watch(
    plan: Plan,
    setup: Setup,
    watch: Watch,
    cuts: dict[str, int],
    tasks: Sequence[asyncio.Task[None]],
    whole: Callable[[], bool],
) -> None:
    """Sample, and cut something now and then, until the time is over or an actor fails."""
    dice = random.Random(plan.seed)
    begin = time.monotonic()
    end = begin + plan.seconds
    next_cut = begin + plan.seconds / _CUTS
    every = max(0.5, plan.seconds / _SAMPLES)
    async with httpx.AsyncClient(timeout=5) as client:
        while (now := time.monotonic()) < end or (plan.whole and not whole() and now < begin + _LONGEST):
            for task in tasks:
                if task.done():
                    task.result()  # raises what it failed of
            await watch.sample(client)
            if plan.whole and setup.cuts and not cuts:
                end = max(end, now + 6)
            if setup.cuts and next_cut <= now < end - 5:
                kind = dice.choice(sorted(setup.cuts))
                cuts[kind] = cuts.get(kind, 0) + 1
                await setup.cuts[kind]()
                next_cut = time.monotonic() + plan.seconds / _CUTS
            await asyncio.sleep(max(0.0, now + every - time.monotonic()))


def _pace(plan: Plan) -> float:
    """Seconds between two messages of one of the actors that send."""
    return (plan.bots + _BACK_ENDS) / plan.rate


def _stay(plan: Plan) -> float:
    """The longest time for which a bot stays signed in, in seconds."""
    return min(60.0, plan.seconds / 3)


async def _accounts(world: World, names: list[str]) -> None:
    async with httpx.AsyncClient(timeout=20) as http:
        for at in range(0, len(names), _ACCOUNTS_AT_ONCE):
            body = {"Accounts": names[at : at + _ACCOUNTS_AT_ONCE]}
            answer = await world.rest(http, 0, "im_open_login_svc/multiaccount_import", body)
            if answer["ErrorCode"]:
                raise RuntimeError(f"multiaccount_import: {answer}")


def _logged(setup: Setup) -> list[str]:
    """Errors in the servers' logs. Where the database is cut they are part of it, and not looked at."""
    found: list[str] = []
    for log in setup.logs if not setup.cuts else ():
        for line in log.read_text(errors="replace").splitlines():
            try:
                event = json.loads(line)
            except ValueError:
                event = {"event": line}
            if event.get("level") in ("error", "critical") or "Traceback" in str(event):
                found.append(f"{log.name}: {line[:400]}")
    return found[:20]
