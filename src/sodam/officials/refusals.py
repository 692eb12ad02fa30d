"""The codes of official accounts. Some numbers belong to another service as well, so that each is worded here."""

from __future__ import annotations

from typing import Final

from sodam.errors import ApiError, Code

NO_SUCH: Final = Code.CONFIG_SET_ACCOUNT_MISSING
FULL: Final = Code.OFFICIAL_FULL
BAD_ID: Final = Code.OFFICIAL_ID_INVALID
IN_USE: Final = Code.CONFIG_MUTE_TIME_MISSING
TOO_MANY: Final = Code.CONFIG_DATA_CONNECT
REFUSED: Final = Code.GROUP_CALLBACK_REFUSED
"""By the app's own server."""
NOT_SUBSCRIBED: Final = Code.OFFICIAL_NOT_SUBSCRIBED


def no_such(account: str) -> ApiError:
    return ApiError(NO_SUCH, f"there is no official account {account[:60]!r}")


def in_use(account: str) -> ApiError:
    return ApiError(IN_USE, f"the ID {account[:60]!r} is in use, or was given up too short a time ago")


def too_many(limit: int) -> ApiError:
    return ApiError(TOO_MANY, f"the app may have {limit} official accounts")


def not_subscribed(user_id: str) -> ApiError:
    return ApiError(NOT_SUBSCRIBED, f"{user_id[:40]!r} does not follow the official account")
