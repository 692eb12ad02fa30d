"""Whom a callback is about, for the troubleshooting log: who does it, and to whom or where; nothing else of it."""

from __future__ import annotations

from typing import Any, Final

import msgspec


class _Body(msgspec.Struct):
    """Where one of these names stands; a list of several is told by its first."""

    From_Account: Any = None
    Operator_Account: Any = None
    Requester_Account: Any = None
    Owner_Account: Any = None
    Report_Account: Any = None
    UserID: Any = None
    To_Account: Any = None
    Peer_Account: Any = None
    GroupId: Any = None
    Official_Account: Any = None
    Events: Any = None
    Info: Any = None
    PairList: Any = None
    SubscribeAccountList: Any = None


_USERS: Final = ("From_Account", "Operator_Account", "Requester_Account", "Owner_Account", "Report_Account", "UserID")
_PEERS: Final = ("GroupId", "To_Account", "Peer_Account", "Official_Account")
_decode: Final = msgspec.json.Decoder(_Body).decode


def about(body: bytes) -> tuple[str, str]:
    """UserID, and the receiver's or the group's ID; empty where the body has none."""
    try:
        found = _decode(body)
    except msgspec.DecodeError:
        return "", ""
    user = next(filter(None, (_first(getattr(found, name)) for name in _USERS)), "")
    peer = next(filter(None, (_first(getattr(found, name)) for name in _PEERS)), "")
    event = _part(found.Events)
    if event:
        return _first(event.get("From_Account")), _first(event.get("GroupID")) or _first(event.get("To_Account"))
    state, pair, subscriber = (_part(one) for one in (found.Info, found.PairList, found.SubscribeAccountList))
    user = user or _first(state.get("To_Account")) or _first(pair.get("From_Account"))
    user = user or _first(subscriber.get("Subscriber_Account"))
    return user, peer or _first(pair.get("To_Account"))


def _first(value: Any) -> str:
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, str) else ""


def _part(value: Any) -> dict[str, Any]:
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else {}
