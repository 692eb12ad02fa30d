"""Orders: upgrades, renewals, add-ons, their history, expiry and auto-renewal (console.md section 1).

Nobody is charged: the amounts come from the price list of the settings, and every order is kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final, Literal, cast

import msgspec

from sodam.apps import rules
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
    changeable_from,
    misfit,
)
from sodam.apps.service import AppService
from sodam.control import ControlError, invalid, plan_required
from sodam.storage import Database, Row, Tx

Kind = Literal["upgrade", "renewal", "addon", "autorenewal"]
_COLUMNS: Final = "id, sdkappid, created_at, uin, kind, plan, add_ons, months, auto_renew, amount, currency, expires_at"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    id: int = 0
    sdkappid: int
    created_at: int
    uin: int
    """Who ordered; 0: the server, renewing by itself."""
    kind: Kind
    plan: Plan
    add_ons: AddOns
    months: int
    auto_renew: bool
    amount: int
    """Hundredths of the currency."""
    currency: str
    expires_at: int


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody orders; no plan: only add-ons, until the present plan's expiry."""

    plan: Plan | None = None
    add_ons: AddOns = NO_ADD_ONS
    months: int = 1
    auto_renew: bool = False


def planned(app: App, wish: Wish, now: int) -> tuple[App, Kind]:
    """The app after an order, and what kind of order it is. Raises ControlError where the rules forbid it."""
    run_out = 0 < app.expires_at <= now
    if app.deleting_at or (app.status == "disabled" and not run_out):
        raise ControlError("FailedOperation.AppDisabled", "the app is disabled", cure="Enable it first.")
    if not MIN_MONTHS <= wish.months <= MAX_MONTHS:
        message = f"Months is from {MIN_MONTHS} to {MAX_MONTHS}"
        raise invalid(message, detail="NumberRange", Field="Months", Least=MIN_MONTHS, Most=MAX_MONTHS)
    plan = wish.plan or app.plan
    if wish.plan == "Trial":
        message = "Trial cannot be ordered: an app that was upgraded never comes back to it"
        raise invalid(message, detail="TrialNotOrdered")
    add_ons = merged(app.add_ons, wish.add_ons)
    if wish.plan and wish.plan != app.plan:
        add_ons = carried(app.add_ons, plan, wish.add_ons)
    if refused := misfit(plan, add_ons):
        raise refused
    if wish.plan is None:
        if app.plan == "Trial":
            raise plan_required("Pro", "an add-on")
        if wish.add_ons == NO_ADD_ONS:
            raise invalid("the order is empty: name a plan or an add-on", detail="OrderEmpty")
        return rules.fit(rules.replace(app, add_ons=add_ons)), "addon"
    changes: dict[str, Any] = {"add_ons": add_ons, "auto_renew": wish.auto_renew, "status": "enabled"}
    kind: Kind = "renewal"
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
        changes |= {"plan": wish.plan, "plan_changed_at": now, "expires_at": add_months(now, wish.months)}
    elif app.expires_at:
        changes["expires_at"] = add_months(max(now, app.expires_at), wish.months)
    return rules.fit(rules.replace(app, **changes)), kind


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
    def __init__(self, db: Database, apps: AppService, prices: Prices, clock: Callable[[], float] = time.time) -> None:
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
            return await self._record(tx, after, wish, kinds[-1], uin, now), before, after

        placed = await self._db.write(run)
        await self._apps.announce(sdkappid)
        return placed

    async def _record(self, tx: Tx, app: App, wish: Wish, kind: Kind, uin: int, now: int) -> Order:
        items = self.prices.items(wish.plan, wish.add_ons, wish.months)
        order = Order(
            sdkappid=app.sdkappid,
            created_at=now,
            uin=uin,
            kind=kind,
            plan=app.plan,
            add_ons=wish.add_ons,
            months=wish.months,
            auto_renew=wish.auto_renew,
            amount=sum(amount for _, amount in items),
            currency=self.prices.currency,
            expires_at=app.expires_at,
        )
        row = await tx.fetch_one(
            f"INSERT INTO plan_order ({_COLUMNS.removeprefix('id, ')})"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
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
        )
        assert row is not None
        return msgspec.structs.replace(order, id=int(row[0]))

    async def history(self, sdkappid: int, offset: int, limit: int) -> tuple[int, list[Order]]:
        """How many orders, and a page of them, newest first."""
        row = await self._db.fetch_one("SELECT COUNT(*) FROM plan_order WHERE sdkappid = $1", sdkappid)
        rows = await self._db.fetch(
            f"SELECT {_COLUMNS} FROM plan_order WHERE sdkappid = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
            sdkappid,
            limit,
            offset,
        )
        return int(row[0]) if row else 0, [_order(r) for r in rows]

    def overdue(self) -> list[int]:
        """SDKAppIDs of the apps for which ``settle`` has something to do."""
        now = int(self._clock())
        return [
            app.sdkappid
            for app in self._apps.all()
            if app.plan != "Trial"
            and 0 < app.expires_at <= now
            and not app.deleting_at
            and (app.status == "enabled" or (app.status == "expired" and now >= app.expires_at + GRACE_SECONDS))
        ]

    async def settle(self, sdkappid: int) -> tuple[App, App]:
        """Renew, expire or disable an app if that is due; the app before and after. Any node may do it at any time."""
        now = int(self._clock())

        async def run(tx: Tx) -> tuple[App, App]:
            before, after = await self._apps.edit_in(tx, sdkappid, lambda app: due(app, now))
            if after.expires_at != before.expires_at:
                wish = Wish(plan=after.plan, months=1, auto_renew=True)
                await self._record(tx, after, wish, "autorenewal", 0, now)
            return before, after

        result = await self._db.write(run)
        await self._apps.announce(sdkappid)
        return result


def due(app: App, now: int) -> App:
    """What becomes of a paid app whose time may be over: renewed by a month, expired, or disabled after seven days."""
    if not app.expires_at or app.expires_at > now:
        return app
    if app.status == "enabled" and app.auto_renew:
        return rules.replace(app, expires_at=add_months(now, 1))
    if app.status == "enabled":
        return rules.replace(app, status="expired")
    if app.status == "expired" and now >= app.expires_at + GRACE_SECONDS:
        return rules.replace(app, status="disabled")
    return app


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
