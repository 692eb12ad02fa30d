"""Settings of communities and live rooms (AVChatRoom): AppSettings inherits them (console.md section 3)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.apps.declared import Setting


class RoomSettings(msgspec.Struct, frozen=True, kw_only=True):
    community: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: groups of the type Community are made, of up to 100 000 members. Off: 11000.",
            plan="Flagship",
            feature="Community",
            heading="communities",
        ),
    ] = False
    community_topics: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On, and `community` too: communities may be made with topics, each a conversation of its own. Off: "
            "11000.",
            plan="Flagship",
            heading="communities",
        ),
    ] = False
    room_message_rate: Annotated[
        int,
        Setting(
            section="groups",
            doc="How many messages an AVChatRoom takes a second; above it those of low priority are dropped first.",
            least=1,
            most=1000,
            heading="rooms",
        ),
    ] = 40
    room_history: Annotated[
        int,
        Setting(
            section="groups",
            doc="How many of the newest messages who joins an AVChatRoom is given. 0: none, and none are kept.",
            least=0,
            most=50,
            heading="rooms",
        ),
    ] = 0
    room_online_members: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: the newest 1000 visitors of an AVChatRoom are listed, for clients, too. Off: the newest 30.",
            plan="Flagship",
            feature="AVChatRoomOnlineMembers",
            heading="rooms",
        ),
    ] = False
    room_ban: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: users may be banned from AVChatRooms for a time. Off: 10007.",
            plan="Flagship",
            feature="AVChatRoomBan",
            heading="rooms",
        ),
    ] = False
    room_broadcast: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: send_broadcast_msg reaches all AVChatRooms of the app. Off: 10007.",
            plan="Flagship",
            feature="AVChatRoomBroadcast",
            heading="rooms",
        ),
    ] = False
    room_broadcast_rate: Annotated[
        int,
        Setting(
            section="groups",
            doc="How many messages a second may go to all AVChatRooms; above it 10023.",
            least=1,
            most=5,
            heading="rooms",
        ),
    ] = 1
    room_guests: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: clients read AVChatRooms without signing in, as the SDK allows. Off: 10007.",
            heading="rooms",
        ),
    ] = True
