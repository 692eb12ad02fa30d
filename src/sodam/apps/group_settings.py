"""Settings of groups, switches for each type: AppSettings inherits them and those of rooms (console.md section 3)."""

from __future__ import annotations

from typing import Annotated

from sodam.apps.declared import Setting
from sodam.apps.room_settings import RoomSettings


class GroupSettings(RoomSettings, frozen=True, kw_only=True):
    """Which tips the members of a group read, what newcomers do, and where receipts may be asked for.

    The names are put together in groups/options.py.
    """

    work_history: Annotated[
        bool,
        Setting(
            section="groups", doc="On: in new Work groups a newcomer reads what was written before.", heading="before"
        ),
    ] = False
    public_history: Annotated[
        bool,
        Setting(
            section="groups", doc="On: in new Public groups a newcomer reads what was written before.", heading="before"
        ),
    ] = False
    meeting_history: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: in new Meeting groups a newcomer reads what was written before.",
            heading="before",
        ),
    ] = True
    community_history: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: in new Community groups a newcomer reads what was written before.",
            heading="before",
        ),
    ] = False
    work_member_tips: Annotated[
        bool,
        Setting(section="groups", doc="On: Work groups show who joins, leaves and is removed.", heading="member_tips"),
    ] = True
    public_member_tips: Annotated[
        bool,
        Setting(
            section="groups", doc="On: Public groups show who joins, leaves and is removed.", heading="member_tips"
        ),
    ] = True
    meeting_member_tips: Annotated[
        bool,
        Setting(
            section="groups", doc="On: Meeting groups show who joins, leaves and is removed.", heading="member_tips"
        ),
    ] = False
    community_member_tips: Annotated[
        bool,
        Setting(
            section="groups", doc="On: Community groups show who joins, leaves and is removed.", heading="member_tips"
        ),
    ] = True
    work_profile_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Work groups show changes of name, texts, picture, owner and custom fields.",
            heading="profile_tips",
        ),
    ] = True
    public_profile_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Public groups show changes of name, texts, picture, owner and custom fields.",
            heading="profile_tips",
        ),
    ] = True
    meeting_profile_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Meeting groups show changes of name, texts, picture, owner and custom fields.",
            heading="profile_tips",
        ),
    ] = True
    community_profile_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Community groups show changes of name, texts, picture, owner and custom fields.",
            heading="profile_tips",
        ),
    ] = True
    work_option_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Work groups show changes of the options to join, and muting of all.",
            heading="option_tips",
        ),
    ] = False
    public_option_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Public groups show changes of the options to join, and muting of all.",
            heading="option_tips",
        ),
    ] = False
    meeting_option_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Meeting groups show changes of the options to join, and muting of all.",
            heading="option_tips",
        ),
    ] = False
    community_option_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Community groups show changes of the options to join, and muting of all.",
            heading="option_tips",
        ),
    ] = False
    work_standing_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Work groups show who is muted, and who becomes or ceases to be an admin.",
            heading="standing_tips",
        ),
    ] = True
    public_standing_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Public groups show who is muted, and who becomes or ceases to be an admin.",
            heading="standing_tips",
        ),
    ] = True
    meeting_standing_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Meeting groups show who is muted, and who becomes or ceases to be an admin.",
            heading="standing_tips",
        ),
    ] = False
    community_standing_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: Community groups show who is muted, and who becomes or ceases to be an admin.",
            heading="standing_tips",
        ),
    ] = True
    av_room_standing_tips: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: AVChatRoom groups show who is muted, and who becomes or ceases to be an admin.",
            heading="standing_tips",
        ),
    ] = False
    work_receipts: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: messages in Work groups of up to 200 members may ask for read receipts. Off: 10007.",
            heading="receipts",
            plan="Flagship",
            feature="GroupReadReceipts",
        ),
    ] = False
    public_receipts: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: messages in Public groups of up to 200 members may ask for read receipts. Off: 10007.",
            heading="receipts",
            plan="Flagship",
            feature="GroupReadReceipts",
        ),
    ] = False
    meeting_receipts: Annotated[
        bool,
        Setting(
            section="groups",
            doc="On: messages in Meeting groups of up to 200 members may ask for read receipts. Off: 10007.",
            heading="receipts",
            plan="Flagship",
            feature="GroupReadReceipts",
        ),
    ] = False
