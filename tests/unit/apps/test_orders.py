"""Orders, their history, expiry and renewal."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.apps.model import App
from sodam.apps.orders import Orders, Wish, carried, due, planned
from sodam.apps.plans import AddOns, Plan, Prices, add_months, next_month
from sodam.apps.service import AppService
from sodam.control import ControlError
from sodam.storage import Database
from sodam.usersig import Keys
from tests.unit.apps.conftest import Clock

NOW = 1_795_305_600
DAY = 86400


def app(plan: Plan = "Trial", **fields: Any) -> App:
    return App(sdkappid=1, name="one", plan=plan, keys=Keys(("k",), ()), **fields)


@pytest.mark.parametrize(
    ("start", "wish", "code"),
    [
        (app(), Wish(plan="Trial"), "InvalidParameter"),
        (app("Pro"), Wish(plan="Trial"), "InvalidParameter"),
        (app(), Wish(add_ons=AddOns(history_days=30)), "InvalidParameter"),
        (app("Pro"), Wish(), "InvalidParameter"),
        (app("Pro"), Wish(plan="Flagship", months=25), "InvalidParameter"),
        (app("Pro"), Wish(plan="Flagship", months=0), "InvalidParameter"),
        (app("Pro"), Wish(add_ons=AddOns(history_days=361)), "InvalidParameter"),
        (app("Pro"), Wish(add_ons=AddOns(group_members=2001)), "InvalidParameter"),
        (app("Flagship"), Wish(add_ons=AddOns(avchatrooms=True)), "InvalidParameter"),
        (app(status="disabled"), Wish(plan="Pro"), "FailedOperation.AppDisabled"),
        (app("Pro", plan_changed_at=NOW - DAY), Wish(plan="Flagship"), "FailedOperation.OncePerMonth"),
    ],
)
def test_refused(start: App, wish: Wish, code: str) -> None:
    with pytest.raises(ControlError) as error:
        planned(start, wish, NOW)
    assert error.value.code == code


def test_upgrade_renewal_add_on() -> None:
    pro, kind = planned(app(), Wish(plan="Pro", months=3, auto_renew=True), NOW)
    assert (pro.plan, kind, pro.expires_at, pro.auto_renew) == ("Pro", "upgrade", add_months(NOW, 3), True)
    more, kind = planned(pro, Wish(plan="Pro", months=2), NOW + DAY)
    assert (kind, more.expires_at) == ("renewal", add_months(pro.expires_at, 2))
    late, _ = planned(app("Pro", expires_at=NOW - DAY, status="expired"), Wish(plan="Pro"), NOW)
    assert (late.status, late.expires_at) == ("enabled", add_months(NOW, 1))
    run_out, _ = planned(app("Pro", expires_at=NOW - 9 * DAY, status="disabled"), Wish(plan="Pro"), NOW)
    assert (run_out.status, run_out.expires_at) == ("enabled", add_months(NOW, 1))
    with_history, kind = planned(pro, Wish(add_ons=AddOns(history_days=30)), NOW)
    assert (kind, with_history.expires_at) == ("addon", pro.expires_at)
    assert with_history.limits.max_history_days == 30
    both, _ = planned(with_history, Wish(add_ons=AddOns(avchatrooms=True)), NOW)
    assert (both.limits.avchatrooms, both.limits.max_history_days) == (None, 30)
    flagship, kind = planned(both, Wish(plan="Flagship"), next_month(NOW))
    assert (kind, flagship.add_ons) == ("upgrade", AddOns(history_days=30))


def test_add_ons_that_the_new_plan_lacks_go() -> None:
    assert carried(AddOns(group_members=5000, history_days=30), "Pro", AddOns()) == AddOns(history_days=30)


def test_due() -> None:
    paid = app("Pro", expires_at=NOW)
    assert due(paid, NOW - 1) is paid
    assert due(paid, NOW).status == "expired"
    renewed = due(app("Pro", expires_at=NOW, auto_renew=True), NOW)
    assert (renewed.status, renewed.expires_at) == ("enabled", add_months(NOW, 1))
    expired = app("Pro", expires_at=NOW, status="expired")
    assert due(expired, NOW + 7 * DAY - 1).status == "expired"
    assert due(expired, NOW + 7 * DAY).status == "disabled"
    assert due(app("Pro"), NOW).status == "enabled"  # bought without an end


async def test_history_and_sweep(database: Database, apps: AppService, clock: Clock) -> None:
    prices = Prices(currency="EUR", amounts={"Pro": 1000, "history_days": 50})
    orders = Orders(database, apps, prices, clock)
    one, _ = await apps.create("one")
    two, _ = await apps.create("two")
    wish = Wish(plan="Pro", add_ons=AddOns(history_days=30), months=2, auto_renew=True)
    order, before, after = await orders.place(one.sdkappid, wish, 7)
    assert (before.plan, after.plan, order.amount, order.currency) == ("Trial", "Pro", 2100, "EUR")
    await orders.place(two.sdkappid, Wish(plan="Pro", months=2), 7)
    assert orders.overdue() == []
    clock.now = after.expires_at + 1
    settled = {sdkappid: (await orders.settle(sdkappid))[1].status for sdkappid in orders.overdue()}
    assert settled == {one.sdkappid: "enabled", two.sdkappid: "expired"}
    assert orders.overdue() == []
    clock.now += 8 * DAY
    assert orders.overdue() == [two.sdkappid]
    assert (await orders.settle(two.sdkappid))[1].status == "disabled"
    total, history = await orders.history(one.sdkappid, 0, 10)
    assert (total, [o.kind for o in history]) == (2, ["autorenewal", "upgrade"])
    assert history[1] == order
    assert (await orders.history(one.sdkappid, 1, 10))[1] == [order]
    current = apps.get(two.sdkappid)
    assert current is not None
    assert current.status == "disabled"
