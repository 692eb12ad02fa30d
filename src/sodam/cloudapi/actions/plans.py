"""Plans: comparison, price, orders and their history, renewal (console.md section 1)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, UnsetType

from sodam.apps import plans, rules
from sodam.apps.declared import promised
from sodam.apps.model import AppSettings
from sodam.apps.orders import Order, Wish, bill, planned
from sodam.apps.plans import ADD_ON_RANGES, MAX_MONTHS, MIN_MONTHS, PLANS, Plan, on_sale, wire_name
from sodam.cloudapi.action import Call, Nothing, action
from sodam.cloudapi.actions.views import (
    AddOnsView,
    AppView,
    Id,
    Limit,
    LimitsView,
    OfApp,
    Offset,
    add_ons_of,
    add_ons_view,
    app_view,
    compared,
    edit,
    limits_view,
)
from sodam.control import invalid

Cell = int | str | None
Months = Annotated[int, msgspec.Meta(ge=MIN_MONTHS, le=MAX_MONTHS)]


class PlanRow(msgspec.Struct):
    """A line of the comparison; null: no limit."""

    Name: str
    Trial: Cell
    Pro: Cell
    Flagship: Cell
    ProUpTo: Cell
    """With the add-on; null when there is none, or when it takes the limit away."""
    FlagshipUpTo: Cell
    Enforced: bool
    """False: the feature comes with a later version."""


class FeatureRow(msgspec.Struct):
    Feature: str
    Available: bool
    Plan: str
    """The least plan that has it."""
    Setting: str
    """The setting of the app that it is; empty: none."""


class AddOnRow(msgspec.Struct):
    Name: str
    Plan: str
    Min: int
    Max: int
    """Both 0 for AVChatRooms, which is taken or not."""


class PlanLine(msgspec.Struct):
    Plan: str
    Limits: LimitsView


class PlansView(msgspec.Struct):
    Plans: list[PlanLine]
    Rows: list[PlanRow]
    FlagshipOnly: list[FeatureRow]
    Features: list[FeatureRow]
    """What is bound to a plan, of every plan."""
    AddOns: list[AddOnRow]
    MinMonths: int
    MaxMonths: int
    Currency: str


def _rows(history_days: int) -> list[PlanRow]:
    trial, pro, flagship = (plans.limits_of(plan, history_days) for plan in PLANS)

    def row(field: str, add_on: str = "") -> PlanRow:
        ranges = [ADD_ON_RANGES[plan].get(add_on) for plan in ("Pro", "Flagship")]
        pro_most, flagship_most = (found.most if found else None for found in ranges)
        values: list[Cell] = [getattr(limits, field) for limits in (trial, pro, flagship)]
        enforced = field in plans.ENFORCED
        return PlanRow(wire_name(field), values[0], values[1], values[2], pro_most, flagship_most, enforced)

    return [
        row("accounts"),
        row("friends"),
        row("blacklist"),
        row("max_history_days", "history_days"),
        row("groups_joined", "groups_joined"),
        row("group_members", "group_members"),
        row("avchatrooms"),
        PlanRow("AVChatRoomMembers", None, None, None, None, None, True),
        PlanRow("FreePeakGroups", 100, 100_000, 100_000, None, None, False),
        PlanRow("FreePeakDAU", 100, 10_000, 10_000, None, None, False),
        PlanRow("ContentFilter", "basic", "basic, advanced", "basic, advanced", None, None, False),
    ]


@action("im", "DescribePlans", kind="read", level="operation")
async def describe_plans(call: Call, request: Nothing) -> PlansView:
    """Compare the plans: limits, add-ons that are sold, what only Flagship has."""
    add_ons = [
        AddOnRow(wire_name(name), plan, allowed.least, allowed.most)
        for plan in PLANS
        for name, allowed in ADD_ON_RANGES[plan].items()
        if on_sale(name)
    ]
    if on_sale("avchatrooms"):
        add_ons += [AddOnRow(wire_name("avchatrooms"), plan, 0, 0) for plan in PLANS if plan in plans.AVCHATROOM_ADD_ON]
    features = [FeatureRow(one.name, one.available, one.plan, one.setting) for one in promised(AppSettings)]
    history_days = call.plane.services.apps.history_days
    return PlansView(
        Plans=[PlanLine(plan, limits_view(plans.limits_of(plan, history_days))) for plan in PLANS],
        Rows=_rows(history_days),
        FlagshipOnly=[row for row in features if row.Plan == "Flagship"],
        Features=features,
        AddOns=add_ons,
        MinMonths=MIN_MONTHS,
        MaxMonths=MAX_MONTHS,
        Currency=call.plane.orders.prices.currency,
    )


class DescribePlanPrice(OfApp):
    Plan: Literal["Pro", "Flagship"] | None = None
    AddOns: AddOnsView = msgspec.field(default_factory=AddOnsView)
    Months: Months | UnsetType = UNSET
    """1 when it is left out. Only with a plan: add-ons end with the plan that they belong to."""

    def wish(self) -> Wish:
        if self.Plan is None and self.Months is not UNSET:
            raise invalid(
                "Months needs a Plan: add-ons alone run until the plan's expiry", detail="NeedsPlan", Field="Months"
            )
        months = MIN_MONTHS if self.Months is UNSET else self.Months
        return Wish(plan=self.Plan, add_ons=add_ons_of(self.AddOns), months=months)


class PriceItem(msgspec.Struct):
    Name: str
    """A plan, an add-on, or ``Credit``: what is left of the old plan."""
    Amount: int
    """Hundredths of the currency; below zero for Credit."""


class PriceView(msgspec.Struct):
    Items: list[PriceItem]
    Amount: int
    """Hundredths of the currency."""
    Currency: str
    ExpireTime: int


@action("im", "DescribePlanPrice", kind="read", level="app")
async def describe_plan_price(call: Call, request: DescribePlanPrice) -> PriceView:
    """What an order would cost and until when it would run; refused as the order would be."""
    wish, now, prices = request.wish(), int(call.plane.clock()), call.plane.orders.prices
    after, _ = planned(call.the_app, wish, now)
    items = bill(prices, call.the_app, after, wish, now)
    lines = [PriceItem(wire_name(name) if name in plans.ADD_ON_LIMITS else name, amount) for name, amount in items]
    return PriceView(lines, sum(amount for _, amount in items), prices.currency, after.expires_at)


class CreatePlanOrder(DescribePlanPrice):
    AutoRenew: bool | UnsetType = UNSET
    """No when it is left out. Only with a plan."""
    AcceptTerms: bool = False

    def wish(self) -> Wish:
        if self.Plan is None and self.AutoRenew is not UNSET:
            raise invalid(
                "AutoRenew needs a Plan: an app's add-ons are renewed with it", detail="NeedsPlan", Field="AutoRenew"
            )
        return msgspec.structs.replace(super().wish(), auto_renew=self.AutoRenew is True)


class OrderView(msgspec.Struct):
    OrderId: int
    CreateTime: int
    Uin: Id
    Kind: str
    Plan: Plan
    AddOns: AddOnsView
    Months: int
    """0: only add-ons, which end with the plan."""
    AutoRenew: bool
    Amount: int
    Currency: str
    ExpireTime: int


class OrderPlaced(msgspec.Struct):
    Order: OrderView
    App: AppView


def _order(order: Order) -> OrderView:
    return OrderView(
        order.id,
        order.created_at,
        order.uin,
        order.kind,
        order.plan,
        add_ons_view(order.add_ons),
        order.months,
        order.auto_renew,
        order.amount,
        order.currency,
        order.expires_at,
    )


@action("im", "CreatePlanOrder", kind="write", level="app")
async def create_plan_order(call: Call, request: CreatePlanOrder) -> OrderPlaced:
    """Upgrade, renew or buy add-ons; in force at once. The plan may change once a calendar month, never to Trial."""
    if not request.AcceptTerms:
        raise invalid("the terms must be accepted", "AcceptTerms")
    call.changed_by(compared("plan", "add_ons", "expires_at", "auto_renew", "status"))
    order, _, _ = await call.plane.orders.place(request.SDKAppID, request.wish(), call.caller.uin)
    return OrderPlaced(_order(order), await app_view(call, request.SDKAppID))


class DescribePlanOrders(OfApp):
    Offset: Offset = 0
    Limit: Limit = 20


class OrderList(msgspec.Struct):
    TotalCount: int
    Orders: list[OrderView]


@action("im", "DescribePlanOrders", kind="read", level="app")
async def describe_plan_orders(call: Call, request: DescribePlanOrders) -> OrderList:
    """An app's orders, newest first."""
    total, found = await call.plane.orders.history(request.SDKAppID, request.Offset, request.Limit)
    return OrderList(total, [_order(order) for order in found])


class SetRenewFlag(OfApp):
    AutoRenew: bool


@action("im", "SetRenewFlag", kind="write", level="app")
async def set_renew_flag(call: Call, request: SetRenewFlag) -> AppView:
    """Switch auto-renewal: the plan is renewed by a month when it would expire."""
    if call.the_app.plan == "Trial":
        raise invalid("the plan Trial does not expire", detail="TrialDoesNotExpire")
    return await edit(call, lambda app: rules.replace(app, auto_renew=request.AutoRenew), "auto_renew")
