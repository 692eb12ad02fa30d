"""Every vendor, by the name that certificates carry."""

from __future__ import annotations

from typing import Final

from sodam.push.vendors.android import Meizu, Oppo, Vivo, Xiaomi
from sodam.push.vendors.apns import P8, P12
from sodam.push.vendors.base import BadCredentials, Field, Vendor
from sodam.push.vendors.fcm import Fcm
from sodam.push.vendors.huawei import Honor, Huawei
from sodam.push.vendors.webpush import WebPush

__all__ = ["VENDORS", "BadCredentials", "Field", "Vendor"]
_ALL: Final[tuple[Vendor, ...]] = (
    P12(), P8(), Fcm(), Huawei(), Honor(), Xiaomi(), Oppo(), Vivo(), Meizu(), WebPush(),
)  # fmt: skip
VENDORS: Final = {vendor.name: vendor for vendor in _ALL}
