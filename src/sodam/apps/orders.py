"""Orders: upgrades, renewals, add-ons, their history, expiry and auto-renewal (console.md section 1).

Nobody is charged: the amounts come from the price list of the settings, and every order is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, cast

import msgspec

from sodam.apps import rules, store_orders
from sodam.apps.model import App
from sodam.apps.plans import (
    AVCHATROOM_ADD_ON,
    GRACE_SECONDS,
    MAX_MONTHS,
    MIN_MONTHS,
    NO_ADD_ONS,
    AddOns,
    Plan,
    Prices,
    add_months,
    bought,
    changeable_from,
    misfit,
    on_sale,
    wire_name,
)
from sodam.apps.service import AppService
from sodam.clock import now as wall_clock
from sodam.control import ControlError, invalid, plan_expired, plan_required
from sodam.storage import Database, Row, Tx, Value

Kind = Literal["upgrade", "renewal", "addon", "autorenewal"]
CREDIT: Final = "Credit"
"""In an estimate: what is left of the old plan, taken off the price of the new one."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    id: int = 0
    sdkappid: int
    created_at: int
    uin: int
    """Who ordered; 0: the server, renewing by itself."""
    kind: Kind
    plan: Plan
    add_ons: AddOns
    """What was paid for beside the plan: with a plan all that the app has, otherwise what was ordered."""
    months: int
    """0: only add-ons, which end with the plan."""
    auto_renew: bool
    amount: int
    """Hundredths of the currency."""
    currency: str
    expires_at: int


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody orders; no plan: only add-ons, until the present plan's expiry, whatever months and renewal say."""

    plan: Plan | None = None
    add_ons: AddOns = NO_ADD_ONS
    months: int = 1
    auto_renew: bool = False


def covered(app: App, now: int) -> int:
    """Until when what an app has is paid, now at the earliest: what the operator has expired is not paid any longer."""
    return now if app.expired_at else max(now, app.expires_at)


def planned(app: App, wish: Wish, now: int) -> tuple[App, Kind]:
    """The app after an order, and what kind of order it is. Raises ControlError where the rules forbid it."""
    run_out = bool(app.expired_at) or 0 < app.expires_at <= now
    if app.deleting_at or (app.status == "disabled" and not run_out):
        raise ControlError("FailedOperation.AppDisabled", "the app is disabled", cure="Enable it first.")
    if wish.plan == "Trial":
        message = "Trial cannot be ordered: an app that was upgraded never comes back to it"
        raise invalid(message, detail="TrialNotOrdered")
    if wish.plan is None and app.plan == "Trial":
        raise plan_required("Pro", "an add-on")
    add_ons = _add_ons(app, wish)
    if wish.plan is None:
        if run_out:
            raise plan_expired()
        if wish.add_ons == NO_ADD_ONS:
            raise invalid("the order is empty: name a plan or an add-on", detail="OrderEmpty")
        return rules.fit(rules.replace(app, add_ons=add_ons), app), "addon"
    if not MIN_MONTHS <= wish.months <= MAX_MONTHS:
        message = f"Months is from {MIN_MONTHS} to {MAX_MONTHS}"
        raise invalid(message, detail="NumberRange", Field="Months", Least=MIN_MONTHS, Most=MAX_MONTHS)
    changes: dict[str, Any] = {
        "add_ons": add_ons,
        "auto_renew": wish.auto_renew,
        "status": "enabled",
        "expired_at": 0,
    }
    kind: Kind = "renewal"
    paid = covered(app, now)
    if wish.plan != app.plan:
        if again := changeable_from(app.plan_changed_at, now):
            raise ControlError(
                "FailedOperation.OncePerMonth",
                "the plan may be changed once a calendar month",
                cure="Wait until the first of next month.",
                detail="PlanOncePerMonth",
                extra={"From": again},
                FromTime=again,
            )
        kind = "upgrade"
        # What is left of the old plan is not lost: the new one runs at least as long, and its price is taken off.
        until = max(add_months(now, wish.months), paid)
        changes |= {"plan": wish.plan, "plan_changed_at": now, "expires_at": until}
    elif app.expires_at or app.expired_at:
        changes["expires_at"] = add_months(paid, wish.months)
    return rules.fit(rules.replace(app, **changes), app), kind


def _add_ons(app: App, wish: Wish) -> AddOns:
    """Those of the app after the order. Raises ControlError for what is not sold, or not with this plan."""
    for name, _ in bought(wish.add_ons):
        if not on_sale(name):
            message = f"{wire_name(name)} is not sold: this version has nothing that obeys it"
            raise ControlError("UnsupportedOperation", message, detail="NotYet", Field=wire_name(name))
    plan = wish.plan or app.plan
    add_ons = merged(app.add_ons, wish.add_ons) if plan == app.plan else carried(app.add_ons, plan, wish.add_ons)
    if refused := misfit(plan, add_ons):
        raise refused
    return add_ons


def bill(prices: Prices, before: App, after: App, wish: Wish, now: int) -> list[tuple[str, int]]:
    """Name and amount of everything that an order costs, in hundredths; ``Credit`` is below zero, the sum never.

    What the app has already is paid until its plan's expiry, and costs from then on; what is new costs from now on.
    A plan without an end is priced by the months ordered, an add-on to it as for one month.
    """
    paid = covered(before, now)
    ends = after.expires_at or add_months(paid, wish.months if wish.plan else 1)
    lines: list[tuple[str, int]] = []
    credit = 0
    if wish.plan:
        changed = wish.plan != before.plan
        lines.append((wish.plan, prices.between(wish.plan, now if changed else paid, ends)))
        credit = prices.between(before.plan, now, paid) if changed else 0
    held, kept = dict(bought(before.add_ons)), dict(bought(after.add_ons))
    paying = [name for name in (kept if wish.plan else dict(bought(wish.add_ons))) if on_sale(name)]
    lines += [(name, prices.between(name, paid if name in held else now, ends)) for name in paying]
    credit += sum(prices.between(name, now, paid) for name in held.keys() - kept.keys() if on_sale(name))
    if credit := min(credit, sum(amount for _, amount in lines)):
        lines.append((CREDIT, -credit))
    return lines


def merged(have: AddOns, wanted: AddOns) -> AddOns:
    """What is wanted replaces what is there, name by name."""
    values = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value}
    return msgspec.structs.replace(have, **values)


def carried(have: AddOns, plan: Plan, wanted: AddOns) -> AddOns:
    """Add-ons after a change of plan: those of the old one that the new one knows, and what is wanted."""
    kept: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(have).items():
        alone = AddOns(**{name: value})
        if value and misfit(plan, alone) is None and (name != "avchatrooms" or plan in AVCHATROOM_ADD_ON):
            kept[name] = value
    return merged(AddOns(**kept), wanted)


class Orders:
    def __init__(self, db: Database, apps: AppService, prices: Prices, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._apps = apps
        self.prices = prices
        self._clock = clock

    async def place(self, sdkappid: int, wish: Wish, uin: int) -> tuple[Order, App, App]:
        """Take an order: it is in force at once. The order, the app before and after. Raises ControlError."""

        async def run(tx: Tx) -> tuple[Order, App, App]:
            now = int(self._clock())
            kinds: list[Kind] = []

            def change(app: App) -> App:
                after, kind = planned(app, wish, now)
                kinds.append(kind)
                return after

            before, after = await self._apps.edit_in(tx, sdkappid, change)
            return await self._record(tx, before, after, wish, kinds[-1], uin, now), before, after

        return await self._db.write(run)

    async def _record(self, tx: Tx, before: App, app: App, wish: Wish, kind: Kind, uin: int, now: int) -> Order:
        order = Order(
            sdkappid=app.sdkappid,
            created_at=now,
            uin=uin,
            kind=kind,
            plan=app.plan,
            add_ons=app.add_ons if wish.plan else wish.add_ons,
            months=wish.months if wish.plan else 0,
            auto_renew=bool(wish.plan) and wish.auto_renew,
            amount=sum(amount for _, amount in bill(self.prices, before, app, wish, now)),
            currency=self.prices.currency,
            expires_at=app.expires_at,
        )
        values: list[Value] = [
            order.sdkappid,
            order.created_at,
            order.uin,
            order.kind,
            order.plan,
            msgspec.json.encode(order.add_ons).decode(),
            order.months,
            int(order.auto_renew),
            order.amount,
            order.currency,
            order.expires_at,
        ]
        return msgspec.structs.replace(order, id=await store_orders.insert(tx, values))

    async def history(self, sdkappid: int, offset: int, limit: int) -> tuple[int, list[Order]]:
        """How many orders, and a page of them, newest first."""
        count, rows = await store_orders.page(self._db, sdkappid, offset, limit)
        return count, [_order(row) for row in rows]

    def overdue(self) -> list[int]:
        """SDKAppIDs of the apps for which ``apply_due`` has something to do."""
        now = int(self._clock())
        return [app.sdkappid for app in self._apps.all() if due(app, now) is not app]

    async def apply_due(self, sdkappid: int) -> tuple[App, App]:
        """Renew, expire or disable an app if that is due; the app before and after. Any node may do it at any time."""
        now = int(self._clock())

        async def run(tx: Tx) -> tuple[App, App]:
            before, after = await self._apps.edit_in(tx, sdkappid, lambda app: due(app, now))
            if after.expires_at != before.expires_at:
                wish = Wish(plan=after.plan, months=1, auto_renew=True)
                await self._record(tx, before, after, wish, "autorenewal", 0, now)
            return before, after

        return await self._db.write(run)


def due(app: App, now: int) -> App:
    """What becomes of a paid app: its time is over and it is renewed by a month or expired, or it was expired for seven
    days, by time or by the operator, and is disabled. The same app: nothing is due."""
    if app.plan == "Trial" or app.deleting_at:
        return app
    if app.status == "expired":
        if not app.expired_at:  # set by a node of an older version, which does not keep the time
            return rules.replace(app, expired_at=now)
        return rules.replace(app, status="disabled") if now >= app.expired_at + GRACE_SECONDS else app
    if app.status != "enabled" or not 0 < app.expires_at <= now:
        return app
    if app.auto_renew:
        return rules.replace(app, expires_at=add_months(now, 1))
    return rules.replace(app, status="expired", expired_at=app.expires_at)


def _order(row: Row) -> Order:
    return Order(
        id=row[0],
        sdkappid=row[1],
        created_at=row[2],
        uin=row[3],
        kind=cast(Kind, row[4]),
        plan=cast(Plan, row[5]),
        add_ons=msgspec.json.decode(row[6], type=AddOns),
        months=row[7],
        auto_renew=bool(row[8]),
        amount=row[9],
        currency=row[10],
        expires_at=row[11],
    )
