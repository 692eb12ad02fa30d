"""What the services of Android's makers have in common."""

from __future__ import annotations

from typing import Final

from sodam.messages.offline_push import AndroidInfo
from sodam.push.model import Delivery
from sodam.push.vendors.base import Field

PACKAGE: Final = Field("PackageName", most=200)
CHANNEL: Final = Field("ChannelId", required=False)
CATEGORY: Final = Field("Category", required=False)
_NO_WISHES: Final = AndroidInfo()


def wishes_of(delivery: Delivery) -> AndroidInfo:
    return delivery.info.AndroidInfo or _NO_WISHES


def ttl(delivery: Delivery, now: float) -> int:
    return max(60, delivery.expires - int(now))
