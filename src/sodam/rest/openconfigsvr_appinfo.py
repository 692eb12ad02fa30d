"""``openconfigsvr/getappinfo`` and ``ConfigSvc/GetIPList`` (rest-operations-push.md 1.3 and 1.4)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sodam.errors import Code
from sodam.rest.openconfigsvr import service
from sodam.statistics import appinfo
from sodam.wire import Call, Empty, Service

__all__ = ["addresses", "service"]
_DAYS: Final = 30
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
    """What was counted in the last 30 days, a day of the app's time zone an object, the newest first; all values are
    texts.

    RequestField names what is wanted; unknown names are ignored. Company is empty. Days before counting began are 0.
    The numbers are those of the console. Messages of live rooms count nowhere here; imported ones neither.
    Source: rest-operations-push.md 1.3.
    """
    call.info = "OK"
    wanted = None if request.RequestField is None else {*request.RequestField, "Date"}
    reading, app = call.services.statistics.reading, call.app
    today = reading.today(app.sdkappid).number
    found = await reading.days(app.sdkappid, today - _DAYS + 1, today)
    named = {"AppName": app.name, "AppId": app.sdkappid, "Company": ""}
    result = [named | appinfo.fields(day) for day in reversed(found)]
    return AppInfo([{n: str(v) for n, v in day.items() if wanted is None or n in wanted} for day in result])


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
