"""What a user's devices are notified of about the conversation list: Event 0, RecentContactMod
(client-protocol-groups.md section 10). In pushes a user is ``Peer_Account``, a group ``GroupId``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from sodam.conversations.model import GROUP, Contact, Entry, Group
from sodam.notices import Notice

_encode = msgspec.json.Encoder().encode


def _item(contact: Contact) -> dict[str, Any]:
    return {"Type": contact.type, "GroupId" if contact.type == GROUP else "Peer_Account": contact.id}


def _group(group: Group) -> dict[str, Any]:
    return {"GroupId": group.id, "GroupName": group.name}


def _changed(push_type: int, name: str, content: dict[str, Any]) -> Notice:
    return Notice(_encode({"Event": 0, "RecentContactMod": [{"PushType": push_type, name: content}]}))


def deleted(contacts: Sequence[Contact]) -> Notice:
    return _changed(1, "RecentContactDeleteItem", {"RecentContactList": [_item(contact) for contact in contacts]})


def pinned(contacts: Sequence[Contact], *, pinned: bool) -> Notice:
    items = {"RecentContactList": [_item(contact) for contact in contacts]}
    return _changed(2 if pinned else 3, "RecentContactTopItem", items)


def marked(changes: Mapping[Contact, tuple[int, Entry]]) -> Notice:
    """By conversation: 1 marks, 2 custom data or 3 both were changed, and the entry as it is now."""
    items = [
        {
            "OptType": what,
            "RecentContactItem": _item(contact),
            "StandardMark": entry.standard_mark,
            "CustomMark": entry.custom,
        }
        for contact, (what, entry) in changes.items()
    ]
    return _changed(4, "RecentContactMarkContact", {"RecentContactMarkContactItem": items})


def group_made(group: Group, contacts: Sequence[Contact]) -> Notice:
    """A group was made, or got more conversations by the command that makes one."""
    item = {"MsgGroupItem": _group(group), "MsgRecentContactItem": [_item(contact) for contact in contacts]}
    return _changed(5, "RecentContactCreateContactGroup", {"MsgContactGroupContactItem": [item]})


def group_deleted(group: Group) -> Notice:
    return _changed(6, "RecentContactDelContactGroup", {"MsgGroupItem": [_group(group)]})


def group_renamed(group: Group, old: str) -> Notice:
    update = {"UpdateGroupType": 1, "GroupId": group.id, "OldGroupName": old, "GroupName": group.name}
    return _changed(7, "RecentContactUpdateContactGroup", {"UpdateType": 1, "MsgUpdateGroup": update})


def group_changed(group: Group, changes: Sequence[tuple[bool, Contact]]) -> Notice:
    """Conversations were put into a group (True) or out of it (False)."""
    items = [{"ContactOptType": 1 if add else 2, "RecentContactItem": _item(contact)} for add, contact in changes]
    update = {
        "UpdateGroupType": 2,
        "GroupId": group.id,
        "GroupName": group.name,
        "OldGroupName": group.name,
        "RecentContactUpdateGroupItem": items,
    }
    return _changed(7, "RecentContactUpdateContactGroup", {"UpdateType": 1, "MsgUpdateGroup": update})
