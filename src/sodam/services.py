"""Every domain service of a server, as the edges see them. Built once, by ``server.py``."""

from __future__ import annotations

from dataclasses import dataclass

from sodam.accounts.service import AccountService
from sodam.apps.service import AppService
from sodam.bus import Bus, Live
from sodam.c2c.changes import Changes
from sodam.c2c.service import C2CService
from sodam.calls.service import Calls
from sodam.conversations.quiet import QuietTimes
from sodam.conversations.service import Conversations
from sodam.extensions.groups import GroupMessages
from sodam.extensions.one_to_one import OneToOneMessages
from sodam.extensions.reactions import Reactions
from sodam.extensions.service import Extensions
from sodam.groups.service import GroupService
from sodam.history_files.service import HistoryFiles
from sodam.media.service import MediaService
from sodam.messages.relays import Relays
from sodam.moderation.service import Words
from sodam.observability.loops import Loops
from sodam.officials.service import Officials
from sodam.outbound import Outbound
from sodam.outbound.inbox import Inbox
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.presence.statuses import StatusService
from sodam.profiles.service import ProfileService
from sodam.push.service import PushService
from sodam.relations.service import RelationService
from sodam.search.service import SearchService
from sodam.settings import Settings
from sodam.statistics.service import Statistics
from sodam.storage import Database
from sodam.streams.service import Streams
from sodam.troubleshooting.service import TroubleshootingLog
from sodam.webhooks.service import WebhookService


@dataclass(slots=True)
class Services:
    settings: Settings
    loops: Loops
    db: Database
    bus: Bus
    live: Live
    apps: AppService
    accounts: AccountService
    profiles: ProfileService
    relations: RelationService
    presence: PresenceService
    statuses: StatusService
    outbox: Outbox
    outbound: Outbound
    c2c: C2CService
    c2c_changes: Changes
    conversations: Conversations
    quiet_times: QuietTimes
    relays: Relays
    media: MediaService
    words: Words
    extensions: Extensions
    reactions: Reactions
    c2c_extensions: OneToOneMessages
    group_extensions: GroupMessages
    groups: GroupService
    push: PushService
    officials: Officials
    statistics: Statistics
    search: SearchService
    troubleshooting: TroubleshootingLog
    history_files: HistoryFiles
    streams: Streams
    webhooks: WebhookService
    calls: Calls
    inbox: Inbox | None = None
    """In development mode: see development.py."""
