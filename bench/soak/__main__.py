"""`python -m bench.soak` (`make soak`): ten minutes of mixed traffic on SQLite and as long on a cluster.

Prints a table over time for each, and ends with 1 when a message was lost, doubled or out of order, or when memory,
open files, the log of the database, its growth for each message or the event loop's lag keep rising
(bench/soak/trend.py says what that means). Starts its own servers on the loopback and stops them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import signal
import sys
from pathlib import Path

from bench.processes import TargetError, run_folder
from bench.soak.run import Outcome, Plan, soak
from bench.soak.setups import SETUPS

MAX_MINUTES = 24 * 60


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10.0, help="of each setup (10)")
    parser.add_argument("--setup", "-s", action="append", choices=SETUPS, help="run this one (may be repeated)")
    parser.add_argument("--bots", type=int, default=12, help="users that write to each other (12)")
    parser.add_argument("--rate", type=float, default=40.0, help="messages a second, about (40)")
    parser.add_argument("--seed", type=int, help="repeat the choices of a run")
    parser.add_argument("--dir", type=Path, default=Path("/var/tmp"), help="where runs keep their data: on a real disk")
    parser.add_argument("--keep", type=Path, help="write the report into this file, too")
    chosen = parser.parse_args(arguments)
    if not 0 < chosen.minutes <= MAX_MINUTES or not 2 <= chosen.bots <= 500 or not 0 < chosen.rate <= 2000:
        parser.error("minutes are more than 0 and at most 1440, bots 2 to 500, the rate at most 2000")
    return chosen


def main(arguments: list[str] | None = None) -> int:
    """Run the soak; the exit code."""
    chosen = _arguments(arguments)
    seed = random.randrange(1 << 32) if chosen.seed is None else chosen.seed
    print(f"seed {seed}", flush=True)
    random.seed(seed)
    plan = Plan(60 * chosen.minutes, chosen.bots, chosen.rate, seed)
    outcomes: list[Outcome] = []
    try:
        for name in chosen.setup or SETUPS:
            with run_folder(chosen.dir) as folder:
                outcome = asyncio.run(soak(name, plan, folder))
            outcomes.append(outcome)
            print(f"\n{outcome.text()}", flush=True)
    except TargetError as error:
        print(f"cannot run: {error}", file=sys.stderr)
        return 2
    if chosen.keep is not None:
        chosen.keep.write_text("\n\n".join(outcome.text() for outcome in outcomes) + "\n")
    return int(any(outcome.failed for outcome in outcomes))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
