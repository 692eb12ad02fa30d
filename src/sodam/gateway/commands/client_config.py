"""What the SDK asks about itself: configuration, feature bits, statistics (docs/protocol.md section 15)."""

from __future__ import annotations

import msgspec

from sodam.apps.model import App
from sodam.errors import Code
from sodam.wire import Call, Empty, Service

config = Service(
    "im_sdk_config_mgr",
    bad_json=Code.BODY_NOT_JSON,
    bad_request=Code.BODY_NOT_JSON,
    internal=Code.SERVER_TIMEOUT,
)
statistics = Service(
    "imopenstat", bad_json=Code.BODY_NOT_JSON, bad_request=Code.BODY_NOT_JSON, internal=Code.SERVER_TIMEOUT
)
_DAY = 86400
OFFERED_BITS: tuple[int, ...] = (5, 9, 10, 48, 52)
"""Features that the SDK or a kit asks permission for: 5 receipts, 9 marks and 10 groups of conversations, 48 reactions,
52 follow. A bit is added with its feature."""
CLOUD_SEARCH_BIT = 1
COUNTERS_BIT = 15
USER_STATUS_BIT = 7
MESSAGE_EXTENSION_BIT = 13
ROOM_HISTORY_BIT = 2
ROOM_MEMBERS_BIT = 6
ROOM_BAN_BIT = 11


def purchase_bits(app: App) -> str:
    """The features that an app has, bit 0 rightmost."""
    settings = app.settings
    by_setting = {
        CLOUD_SEARCH_BIT: settings.cloud_search,
        COUNTERS_BIT: app.plan == "Flagship",
        USER_STATUS_BIT: settings.user_status,
        MESSAGE_EXTENSION_BIT: settings.message_extension,
        ROOM_HISTORY_BIT: settings.room_history > 0,
        ROOM_MEMBERS_BIT: settings.room_online_members,
        ROOM_BAN_BIT: settings.room_ban,
    }
    offered = {*OFFERED_BITS, *(bit for bit, on in by_setting.items() if on)}
    return "".join("1" if bit in offered else "0" for bit in range(63, -1, -1))


class FetchConfig(msgspec.Struct):
    uint64_version: int = 0


class ConfigAnswer(msgspec.Struct):
    uint32_sdkappid: int
    uint64_version: int
    int32_error_code: int = 0
    str_error_message: str = ""
    str_json_config: str = ""
    uint32_expired_time: int = _DAY


@config.command("fetch_config")
async def fetch_config(call: Call, request: FetchConfig) -> ConfigAnswer:
    """No parameters of the client are changed."""
    return ConfigAnswer(call.app.sdkappid, request.uint64_version)


class Bits(msgspec.Struct):
    int32_error_code: int = 0
    str_error_message: str = ""
    str_purchase_bits: str = ""
    uint32_expired_time: int = _DAY


class BitsAnswer(Bits):
    """lite-chat 4.2.1 looks for the answer in a ``body`` of the body, and asks again each second when there is none."""

    body: Bits = msgspec.field(default_factory=Bits)


@config.command("fetch_imsdk_purchase_bitsv2")
async def fetch_imsdk_purchase_bitsv2(call: Call, request: Empty) -> BitsAnswer:
    """The features that the app has."""
    bits = purchase_bits(call.app)
    return BitsAnswer(str_purchase_bits=bits, body=Bits(str_purchase_bits=bits))


@statistics.command("tim_web_report_v2")
async def tim_web_report_v2(call: Call, request: Empty) -> None:
    """The SDK's own usage report: taken and not kept."""
