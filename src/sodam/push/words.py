"""What a push shows: the sender's words, those for the device's language, or the message's text; cut where the vendor
shows no more (rest-operations-push.md 4.2 and 4.3)."""

from __future__ import annotations

import json
from typing import Final

from sodam.push.model import Delivery, Words

LIMITS: Final = {
    "huawei": (60, 600),
    "honor": (50, 400),
    "xiaomi": (50, 128),
    "oppo": (50, 50),
    "vivo": (40, 100),
    "meizu": (32, 100),
}
"""How much a vendor shows of title and text, in UTF-16 units; others show what fits into their payload."""
OPPO_LONG: Final = 128


def units(text: str) -> int:
    """Its length as vendors count: in UTF-16."""
    return len(text) + sum(ord(c) > 0xFFFF for c in text)


def cut(text: str, most: int) -> str:
    """At most so many UTF-16 units; what is left out is told by three dots."""
    if units(text) <= most:
        return text
    taken, room = [], most - 3
    for character in text:
        room -= 2 if ord(character) > 0xFFFF else 1
        if room < 0:
            break
        taken.append(character)
    return "".join(taken) + "..."


def cut_bytes(text: str, most: int) -> str:
    """At most so many bytes of UTF-8."""
    raw = text.encode()
    return text if len(raw) <= most else raw[: max(0, most - 3)].decode(errors="ignore") + "..."


def words(delivery: Delivery, *, named: bool = True) -> Words:
    """Title, text and Ext as they are, before any vendor cuts them. ``named``: where the sender gave no title, who
    writes or the group's name stands there."""
    info, wish = delivery.info, delivery.wish
    title, body = info.Title or "", info.Desc or ""
    for one in info.MultiLanguageContent or ():
        if one.Language and _same_language(one.Language, delivery.language):
            title, body = one.Title or title, one.Desc or body
            break
    return Words(
        title or (delivery.title if named else ""), body or wish.text, info.Ext if info.Ext is not None else wish.ext
    )


def fitting(vendor: str, delivery: Delivery) -> Words:
    """As this vendor shows them."""
    found = words(delivery)
    limits = LIMITS.get(vendor)
    if limits is None:
        return found
    most = limits[1]
    if vendor == "oppo" and delivery.info.AndroidInfo is not None and delivery.info.AndroidInfo.PushStyle:
        most = OPPO_LONG
    return Words(cut(found.title, limits[0]), cut(found.body, most), found.ext)


def _same_language(wanted: str, device: str) -> bool:
    one, other = wanted.lower().replace("_", "-"), device.lower().replace("_", "-")
    return bool(other) and (one == other or other.startswith(one + "-"))


def ext_json(ext: str) -> str:
    """Ext for vendors that drop what is no JSON: a plain text becomes a JSON text."""
    try:
        json.loads(ext)
    except ValueError:
        return json.dumps(ext)
    return ext
