"""What was acknowledged and what arrived: at the end every acknowledged message is there once and in order."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

Pair = tuple[str, str]
"""Sender and recipient."""


@dataclass
class Ledger:
    """Texts are numbers, counted for each pair; a number whose answer never came may be there or not."""

    acknowledged: defaultdict[Pair, list[int]] = field(default_factory=lambda: defaultdict(list))
    unknown: defaultdict[Pair, set[int]] = field(default_factory=lambda: defaultdict(set))
    received: defaultdict[Pair, list[int]] = field(default_factory=lambda: defaultdict(list))
    calls: Counter[str] = field(default_factory=Counter)
    """What else was done, by kind."""
    count: int = 0
    """Messages acknowledged."""

    def stored(self, pair: Pair, number: int) -> None:
        """The server said that it has this message."""
        self.acknowledged[pair].append(number)
        self.count += 1

    def missing(self, recipient: str) -> int:
        """How many acknowledged messages a recipient has not received yet."""
        pairs = [pair for pair in self.acknowledged if pair[1] == recipient]
        return sum(len(set(self.acknowledged[pair]) - set(self.received[pair])) for pair in pairs)

    def faults(self, pair: Pair, found: list[int], where: str) -> list[str]:
        """What is wrong with the numbers of a pair as they were `found`."""
        acknowledged, allowed = self.acknowledged[pair], self.unknown[pair]
        known = set(acknowledged)
        faults = []
        if lost := known - set(found):
            faults.append(f"{where} {pair}: lost {sorted(lost)[:10]} ({len(lost)})")
        if twice := [number for number, times in Counter(found).items() if times > 1]:
            faults.append(f"{where} {pair}: twice {sorted(twice)[:10]} ({len(twice)})")
        if strange := set(found) - known - allowed:
            faults.append(f"{where} {pair}: never sent {sorted(strange)[:10]}")
        if not faults and [number for number in found if number in known] != acknowledged:
            faults.append(f"{where} {pair}: out of order")
        return faults
