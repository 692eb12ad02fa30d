"""How the services are put together: who is made of whom, what messages pass, and who follows whose events."""

from __future__ import annotations

from functools import partial
from operator import attrgetter

from sodam import __version__, clock
from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps.service import AppService
from sodam.bus import Bus, Live
from sodam.c2c.changes import Changes
from sodam.c2c.service import C2CService
from sodam.c2c.standing import StandingCheck
from sodam.calls.service import Calls
from sodam.conversations.groups import Groups
from sodam.conversations.model import GROUP, USER
from sodam.conversations.one_to_one import OneToOne
from sodam.conversations.quiet import QuietTimes
from sodam.conversations.service import Conversations
from sodam.conversations.sources import Sources
from sodam.errors import Code
from sodam.extensions.groups import GroupMessages
from sodam.extensions.one_to_one import OneToOneMessages
from sodam.extensions.reactions import Reactions
from sodam.extensions.service import Extensions
from sodam.groups.seat_journal import SeatJournal
from sodam.groups.service import GroupService
from sodam.history_files.service import HistoryFiles
from sodam.jobs.service import JobService
from sodam.media.service import MediaService
from sodam.media.use import UseNote
from sodam.messages.events import ConversationErased, MessageEdited, MessagesErased, MessagesRecalled
from sodam.messages.mutes import MuteCheck
from sodam.messages.relays import Relays
from sodam.moderation.messages import WordCheck
from sodam.moderation.service import Words
from sodam.observability.loops import Loops
from sodam.officials.service import Officials
from sodam.outbound import Outbound
from sodam.outbox.pace import Pace
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.presence.statuses import StatusService
from sodam.profiles.service import ProfileService
from sodam.push.channel import Channel
from sodam.push.service import PushService
from sodam.relations.service import RelationService
from sodam.search.service import SearchService
from sodam.services import Services
from sodam.settings import Settings
from sodam.statistics.service import Statistics
from sodam.storage import Database
from sodam.storage.processes import processes
from sodam.streams.service import Streams
from sodam.troubleshooting.service import TroubleshootingLog
from sodam.webhooks.model import TOPIC
from sodam.webhooks.service import WebhookService


def assemble(
    settings: Settings,
    loops: Loops,
    db: Database,
    bus: Bus,
    live: Live,
    apps: AppService,
    accounts: AccountService,
    jobs: JobService,
) -> Services:
    """Every service of a server, made once and connected; nothing of it has begun to work yet."""
    profiles, presence = ProfileService(accounts, live), PresenceService(bus, live, loops=loops)
    relations = RelationService(db, bus, live, accounts)
    profiles.friends_of = relations.friends_of
    outbox = Outbox(db, loops, bus=bus, works=settings.background_work)
    c2c = C2CService(db, bus, live, accounts, outbox)
    changes = Changes(c2c)
    extensions, reactions, groups = Extensions(db), Reactions(db, live), _groups(db, bus, live, accounts, outbox)
    groups.rooms.connect(presence.node, presence.peers, SeatJournal(settings.data_dir))
    outbound = Outbound(private=settings.outbound_private == "allow", user_agent=f"Sodam/{__version__}")
    channel = Channel(outbound, Outbound(private=False, user_agent=f"Sodam/{__version__}"))
    push = PushService(db, bus, apps, presence, outbox, channel, accounts, c2c, groups, loops)
    push.tasks.register(jobs)
    statistics = Statistics(
        db, apps, presence, live, accounts=accounts.count, groups=groups.audience.count, on=settings.statistics
    )
    troubles = TroubleshootingLog(db, settings.data_dir, loops, presence.node, on=settings.troubleshooting)
    services = Services(
        settings=settings,
        loops=loops,
        db=db,
        bus=bus,
        live=live,
        apps=apps,
        accounts=accounts,
        profiles=profiles,
        relations=relations,
        presence=presence,
        statuses=StatusService(bus, live, apps, accounts, presence, loops, partial(processes, db)),
        outbox=outbox,
        outbound=outbound,
        c2c=c2c,
        c2c_changes=changes,
        conversations=_conversations(db, live, accounts, changes, c2c, groups),
        quiet_times=QuietTimes(db, live),
        relays=Relays(db),
        media=MediaService(db, settings, loops),
        words=Words(db, bus),
        extensions=extensions,
        reactions=reactions,
        c2c_extensions=OneToOneMessages(c2c, extensions, reactions),
        group_extensions=GroupMessages(groups, extensions, reactions),
        groups=groups,
        push=push,
        officials=Officials(db, bus, live, apps, accounts, presence, c2c, push, outbox),
        statistics=statistics,
        troubleshooting=troubles,
        search=SearchService(db, apps, accounts, c2c, groups),
        history_files=HistoryFiles(db, jobs),
        streams=Streams(db, apps, c2c, changes, groups, limited=settings.rate_limits),
        calls=Calls(settings, clock.now),
        webhooks=WebhookService(db, bus, apps, outbox, c2c.histories, outbound, loops),
    )
    services.webhooks.sender.told = services.push.sending.told = troubles
    push.deciding.quiet = services.quiet_times.quiet
    _checks(services)
    _subscribe(services)
    _ask_first(services)
    return services


def _subscribe(services: Services) -> None:
    """Who follows whose events, in the transaction that raises them (storage/events.py). The one list of it."""
    logs = services.c2c.log, services.groups.sending.log
    services.outbox.pace = Pace(lambda: sum(log.sizes.sum for log in logs), services.db.engine)
    events = services.db.events
    events.subscribe(AccountsDeleted, services.relations.erase)
    events.subscribe(AccountsDeleted, services.c2c_changes.forget_accounts)
    events.subscribe(AccountsDeleted, services.conversations.forget_accounts)
    events.subscribe(AccountsDeleted, services.quiet_times.forget_accounts)
    events.subscribe(AccountsDeleted, services.groups.erase)
    services.groups.follow(events)
    events.subscribe(AccountsDeleted, services.reactions.forget_accounts)
    events.subscribe(AccountsDeleted, services.media.forget_accounts)
    events.subscribe(AccountsDeleted, services.troubleshooting.forget_accounts)
    events.subscribe(MessagesRecalled, services.media.recalled.recalled)
    events.subscribe(MessageEdited, services.media.recalled.edited)
    events.subscribe(MessagesErased, services.extensions.erase)
    events.subscribe(ConversationErased, services.extensions.forget)
    services.webhooks.after.live = services.live
    services.webhooks.after.subscribe(events)
    services.words.wanted = services.webhooks.hears_refusals
    if services.settings.statistics:
        services.statistics.follow(events)
        services.c2c.followers.counting = services.statistics.c2c
    services.webhooks.tell(services.statistics.callback)


def _ask_first(services: Services) -> None:
    """Whom the app is asked about before: see ``webhooks.before``."""
    webhooks = services.webhooks
    services.c2c.callbacks.add(webhooks.before_c2c)
    services.c2c.followers.add(TOPIC, webhooks.after.sent, webhooks.after.idle)
    services.relations.guard(webhooks.friend_guard)
    services.groups.guard(webhooks.group_guard)
    services.officials.guard = services.officials.broadcasts.guard = webhooks.official_guard
    services.groups.sending.callbacks.add(webhooks.before_group)
    services.groups.sending.tellers.append(webhooks.groups)


def _conversations(
    db: Database, live: Live, accounts: AccountService, changes: Changes, c2c: C2CService, groups: GroupService
) -> Conversations:
    """The conversation list, with every type of conversation."""
    sources = Sources()
    sources.add(USER, OneToOne(accounts, c2c.histories, changes))
    sources.add(GROUP, Groups(groups.histories))
    return Conversations(db, live, accounts, sources)


def _checks(services: Services) -> None:
    """What messages pass before they are stored, in order."""
    accounts, relations = services.accounts, services.relations
    muted = MuteCheck(accounts, attrgetter("c2c_muted_until"), Code.C2C_MUTED)
    services.c2c.interceptors.add(muted, facts=accounts.facts)
    services.c2c.interceptors.add(StandingCheck(relations), facts=relations.facts)
    services.c2c.screens.add(WordCheck(services.words), facts=services.words.facts)
    services.groups.sending.screens.add(WordCheck(services.words))
    services.c2c.screens.add(UseNote(services.media))
    services.groups.sending.screens.add(UseNote(services.media))
    services.relays.used = services.media.used
    services.media.recalled.places = (services.c2c.histories.naming, services.groups.histories.naming, services.relays)


def _groups(db: Database, bus: Bus, live: Live, accounts: AccountService, outbox: Outbox) -> GroupService:
    """Groups, with what their messages pass before they are stored."""
    groups = GroupService(db, bus, live, accounts, outbox)
    groups.sending.interceptors.add(MuteCheck(accounts, attrgetter("group_muted_until"), Code.GROUP_MUTED))
    return groups
