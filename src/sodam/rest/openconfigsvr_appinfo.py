"""``openconfigsvr/getappinfo`` and ``ConfigSvc/GetIPList`` (rest-operations-push.md 1.3 and 1.4)."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Final

import msgspec

from sodam.clock import now as wall_clock
from sodam.errors import Code
from sodam.rest.openconfigsvr import service
from sodam.wire import Call, Empty, Service

__all__ = ["addresses", "service"]
_DAY: Final = 86_400
_DAYS: Final = 30
_APPLE: Final = ("apns_p8", "apns_p12")
addresses = Service(
    "ConfigSvc",
    bad_json=Code.CONFIG_BODY_NOT_JSON,
    bad_request=Code.CONFIG_BODY_NOT_JSON,
    internal=Code.CONFIG_INTERNAL,
)


class GetAppInfo(msgspec.Struct):
    RequestField: list[str] | None = None


class AppInfo(msgspec.Struct):
    Result: list[dict[str, str]]


@service.command("getappinfo", errors=(Code.CONFIG_DATA_QUERY,))
async def getappinfo(call: Call, request: GetAppInfo) -> AppInfo:
    """What can be counted of the last 30 days, a day (UTC) an object, the newest first; all values are texts.

    RequestField names what is wanted; unknown names are ignored. Counted are AppName, AppId, Company (empty), Date,
    RegistUserNumOneDay and RegistUserNumTotal (accounts that still exist), GroupNewGroupNum, GroupAllGroupNum (groups
    that still exist), APNSMsgNum, C2CAPNSMsgNum and GroupAPNSMsgNum. The other fields are left out: nothing counts them
    yet.
    """
    call.info = "OK"
    today = int(wall_clock()) // _DAY
    wanted = None if request.RequestField is None else {*request.RequestField, "Date"}
    days = await _days(call, today)
    return AppInfo([{n: v for n, v in day.items() if wanted is None or n in wanted} for day in days])


async def _days(call: Call, today: int) -> list[dict[str, str]]:
    app, services = call.app, call.services
    first = today - _DAYS + 1
    accounts = await services.accounts.created_by_day(app.sdkappid, first)
    groups = await services.groups.audience.created_by_day(app.sdkappid, first)
    total, all_groups = await services.accounts.count(app.sdkappid), await services.groups.audience.count(app.sdkappid)
    apple: Counter[tuple[int, str]] = Counter()
    for day, vendor, kind, pushes in await services.push.sent(app.sdkappid, first):
        if vendor in _APPLE:
            apple[day, kind] += pushes
    found: list[dict[str, str]] = []
    for day in range(today, first - 1, -1):
        values: dict[str, Any] = {
            "Date": time.strftime("%Y%m%d", time.gmtime(day * _DAY)),
            "AppName": app.name,
            "AppId": app.sdkappid,
            "Company": "",
            "RegistUserNumOneDay": accounts.get(day, 0),
            "RegistUserNumTotal": max(0, total),
            "GroupNewGroupNum": groups.get(day, 0),
            "GroupAllGroupNum": max(0, all_groups),
            "C2CAPNSMsgNum": apple[day, "c2c"],
            "GroupAPNSMsgNum": apple[day, "group"],
            "APNSMsgNum": sum(count for (at, _), count in apple.items() if at == day),
        }
        found.append({name: str(value) for name, value in values.items()})
        total -= accounts.get(day, 0)
        all_groups -= groups.get(day, 0)
    return found


class IpList(msgspec.Struct):
    IPList: list[str]


@addresses.command("GetIPList")
async def get_ip_list(call: Call, request: Empty) -> IpList:
    """The server's addresses: those that clients reach (``nettype`` 1 to 4), those that webhooks come from (5 and 6).

    ``nettype`` is a parameter of the address; 0 or none: all. They are the settings ``public_addresses`` and
    ``egress_addresses``; without these the list is empty. Source: rest-operations-push.md 1.4.
    """
    settings, kind = call.services.settings, call.parameters.get("nettype", "0")
    public = [] if kind in ("5", "6") else list(settings.public_addresses)
    egress = [] if kind in ("1", "2", "3", "4") else list(settings.egress_addresses)
    return IpList(list(dict.fromkeys(_shown(one) for one in (*public, *egress))))


def _shown(network: Any) -> str:
    """A single address without its prefix."""
    return str(network.network_address) if network.num_addresses == 1 else str(network)
