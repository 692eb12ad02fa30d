"""Orders, their history, expiry and renewal."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.apps import plans, rules
from sodam.apps.model import App
from sodam.apps.orders import CREDIT, Orders, Wish, bill, carried, due, planned
from sodam.apps.plans import AddOns, Plan, PlanLimits, Prices, add_months, next_month
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
        (app(), Wish(add_ons=AddOns(history_days=30)), "UnsupportedOperation.PlanRequired"),
        (app(), Wish(add_ons=AddOns(group_members=1)), "UnsupportedOperation.PlanRequired"),
        (app("Pro", expires_at=NOW), Wish(add_ons=AddOns(history_days=30)), "FailedOperation.PlanExpired"),
        (
            app("Pro", status="expired", expired_at=NOW - DAY, expires_at=NOW + DAY),
            Wish(add_ons=AddOns(history_days=30)),
            "FailedOperation.PlanExpired",
        ),
        (app("Pro"), Wish(), "InvalidParameter"),
        (app("Pro"), Wish(plan="Flagship", months=25), "InvalidParameter"),
        (app("Pro"), Wish(plan="Flagship", months=0), "InvalidParameter"),
        (app("Pro"), Wish(add_ons=AddOns(history_days=361)), "InvalidParameter"),
        (app("Pro"), Wish(add_ons=AddOns(group_members=2001)), "InvalidParameter"),
        (app(status="disabled"), Wish(plan="Pro"), "FailedOperation.AppDisabled"),
        (app("Pro", plan_changed_at=NOW - DAY), Wish(plan="Flagship"), "FailedOperation.OncePerMonth"),
    ],
)
def test_refused(start: App, wish: Wish, code: str) -> None:
    with pytest.raises(ControlError) as error:
        planned(start, wish, NOW)
    assert error.value.code == code


@pytest.fixture
def everything_enforced(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it will be when there are groups."""
    monkeypatch.setattr(plans, "ENFORCED", frozenset(PlanLimits.__struct_fields__))


@pytest.mark.usefixtures("everything_enforced")
def test_ranges_are_told_in_the_words_of_the_api() -> None:
    wishes = (
        (app("Pro"), AddOns(group_members=2001), "GroupMembers is from 201 to 2000 with the plan Pro"),
        (app("Flagship"), AddOns(avchatrooms=True), "AVChatRooms is no add-on of the plan Flagship"),
        (app("Pro"), AddOns(history_days=361), "HistoryDays is from 8 to 360 with the plan Pro"),
    )
    for start, wanted, message in wishes:
        with pytest.raises(ControlError) as error:
            planned(start, Wish(add_ons=wanted), NOW)
        assert (error.value.code, error.value.message) == ("InvalidParameter", message)


@pytest.mark.usefixtures("everything_enforced")
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
    run_out = due(paid, NOW + DAY)
    assert (run_out.status, run_out.expired_at) == ("expired", NOW)
    renewed = due(app("Pro", expires_at=NOW, auto_renew=True), NOW)
    assert (renewed.status, renewed.expires_at) == ("enabled", add_months(NOW, 1))
    assert due(run_out, NOW + 7 * DAY - 1) is run_out
    assert due(run_out, NOW + 7 * DAY).status == "disabled"
    assert due(app("Pro", expires_at=NOW, deleting_at=NOW), NOW).status == "enabled"
    assert due(app("Pro"), NOW).status == "enabled"  # bought without an end


@pytest.mark.parametrize("ends", [0, NOW + 300 * DAY], ids=["without an end", "far from its end"])
def test_what_the_operator_expired_is_disabled_after_seven_days(ends: int) -> None:
    unpaid = rules.status(app("Pro", expires_at=ends), "expired", NOW, operator=True)
    assert due(unpaid, NOW + 7 * DAY - 1) is unpaid
    disabled = due(unpaid, NOW + 7 * DAY)
    assert disabled.status == "disabled"
    # Paid again: the time that was not paid does not count.
    renewed, _ = planned(disabled, Wish(plan="Pro"), NOW + 8 * DAY)
    assert (renewed.status, renewed.expired_at) == ("enabled", 0)
    assert renewed.expires_at == add_months(NOW + 8 * DAY, 1)
    again = rules.status(unpaid, "enabled", NOW + DAY, operator=True)
    assert (again.status, again.expired_at) == ("enabled", 0)
    assert due(again, NOW + 8 * DAY) is again


def test_an_older_node_does_not_keep_the_time() -> None:
    marked = due(app("Pro", status="expired"), NOW)
    assert (marked.status, marked.expired_at) == ("expired", NOW)
    assert due(marked, NOW + DAY) is marked


PRICES = Prices(amounts={"Pro": 3000, "Flagship": 9000, "history_days": 310})
HISTORY = AddOns(history_days=30)


def cost(before: App, wish: Wish, now: int = NOW) -> list[tuple[str, int]]:
    after, _ = planned(before, wish, now)
    return bill(PRICES, before, after, wish, now)


def test_add_ons_cost_for_the_time_that_is_left() -> None:
    half = app("Pro", expires_at=add_months(NOW, 1) - 15 * DAY)  # of a month of 30 days
    assert cost(half, Wish(add_ons=HISTORY, months=24)) == [("history_days", 155)]
    assert cost(app("Pro", expires_at=add_months(NOW, 14)), Wish(add_ons=HISTORY)) == [("history_days", 14 * 310)]
    assert cost(app("Pro"), Wish(add_ons=HISTORY)) == [("history_days", 310)]  # a plan without an end
    held = app("Pro", expires_at=add_months(NOW, 6), add_ons=HISTORY)
    assert cost(held, Wish(add_ons=AddOns(history_days=60))) == [("history_days", 0)]  # paid until then


def test_a_renewal_pays_for_what_the_app_has() -> None:
    held = app("Pro", expires_at=add_months(NOW, 1), add_ons=HISTORY)
    assert cost(held, Wish(plan="Pro", months=2)) == [("Pro", 6000), ("history_days", 620)]
    without = app("Pro", expires_at=add_months(NOW, 1))
    wish = Wish(plan="Pro", months=2, add_ons=HISTORY)
    assert cost(without, wish) == [("Pro", 6000), ("history_days", 930)]  # the new one from now on


def test_an_upgrade_keeps_what_is_left_of_the_old_plan() -> None:
    year = app("Pro", expires_at=add_months(NOW, 12), plan_changed_at=0, add_ons=HISTORY)
    after, _ = planned(year, Wish(plan="Flagship", months=1), NOW)
    assert after.expires_at == year.expires_at
    expected = [("Flagship", 12 * 9000), ("history_days", 0), (CREDIT, -12 * 3000)]
    assert cost(year, Wish(plan="Flagship", months=1)) == expected
    short = app("Pro", expires_at=add_months(NOW, 1))
    after, _ = planned(short, Wish(plan="Flagship", months=3), NOW)
    assert after.expires_at == add_months(NOW, 3)
    assert cost(short, Wish(plan="Flagship", months=3)) == [("Flagship", 27000), (CREDIT, -3000)]
    down = app("Flagship", expires_at=add_months(NOW, 2))
    assert sum(amount for _, amount in cost(down, Wish(plan="Pro"))) == 0  # never below zero
    unpaid = app("Pro", status="expired", expired_at=NOW - DAY, expires_at=add_months(NOW, 12))
    assert cost(unpaid, Wish(plan="Flagship")) == [("Flagship", 9000)]


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
    settled = {sdkappid: (await orders.apply_due(sdkappid))[1].status for sdkappid in orders.overdue()}
    assert settled == {one.sdkappid: "enabled", two.sdkappid: "expired"}
    assert orders.overdue() == []
    clock.now += 8 * DAY
    assert orders.overdue() == [two.sdkappid]
    assert (await orders.apply_due(two.sdkappid))[1].status == "disabled"
    total, history = await orders.history(one.sdkappid, 0, 10)
    assert (total, [o.kind for o in history]) == (2, ["autorenewal", "upgrade"])
    assert (history[0].amount, history[0].add_ons, history[0].months) == (1050, wish.add_ons, 1)
    assert history[1] == order
    assert (await orders.history(one.sdkappid, 1, 10))[1] == [order]
    current = apps.get(two.sdkappid)
    assert current is not None
    assert current.status == "disabled"
