"""Adding friends: by request with the other's consent, by force, by import (rest-accounts-relations.md 6.2 and 6.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sodam.accounts.model import Account
from sodam.apps.model import App
from sodam.errors import Code
from sodam.profiles.model import ADMIN_FORBID_TYPE
from sodam.profiles.service import allow_type
from sodam.relations import store_friends, store_lists
from sodam.relations.events import Asked, FriendAdded, FriendPair
from sodam.relations.fields import MAX_TIME, bad_groups, bad_text, custom_tag, custom_value
from sodam.relations.model import (
    ASKED,
    ASKS,
    BLACK,
    BLOCKED,
    BLOCKS,
    FRIENDS,
    HAD,
    HAS,
    PENDING,
    AddItem,
    Custom,
    Friend,
    ImportItem,
    Origin,
    Outcome,
    Pendency,
    refused,
)
from sodam.relations.work import Core, Work

_ADD = "FriendAdd"
_IMPORT = "FriendImport"


class Adding:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def add(
        self, app: App, origin: Origin, user_id: str, items: Sequence[AddItem], *, both: bool, force: bool
    ) -> list[Outcome]:
        """Add or ask to be friends; one outcome an item, in order. 30539 means that the request waits for consent.

        ``both``: each into the other's list; else only into the list of ``user_id``. ``force``: without asking.
        Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        accounts = await core.accounts.find_many(app.sdkappid, [user_id, *(item.to for item in items)])
        if user_id not in accounts:
            await core.requester(app.sdkappid, user_id)
        job = _Add(app, user_id, accounts, both=both, force=force)
        early = [job.precheck(item) for item in items]
        if core.guard is not None and not origin.admin:
            going = [item for item, outcome in zip(items, early, strict=True) if outcome is None]
            refusals = await core.guard.adding(app, origin, user_id, going, both=both) if going else {}
            early = [outcome or refusals.get(item.to) for item, outcome in zip(items, early, strict=True)]
        wanted = [item.to for item, outcome in zip(items, early, strict=True) if outcome is None]
        if not wanted:
            return [outcome for outcome in early if outcome]

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            return await job.run(work, alive, list(zip(items, early, strict=True)))

        return await core.change(app, origin, user_id, wanted, run)

    async def import_(self, app: App, origin: Origin, user_id: str, items: Sequence[ImportItem]) -> list[Outcome]:
        """Put friends into one list, without consent and without a webhook; given fields of existing ones are
        overwritten. One outcome an item, in order. Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        accounts = await core.accounts.find_many(app.sdkappid, [user_id, *(item.to for item in items)])
        if user_id not in accounts:
            await core.requester(app.sdkappid, user_id)
        job = _Import(app, user_id)
        early = [job.precheck(item, accounts) for item in items]
        wanted = [item.to for item, outcome in zip(items, early, strict=True) if outcome is None]
        if not wanted:
            return [outcome for outcome in early if outcome]

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            return await job.run(work, alive, list(zip(items, early, strict=True)))

        return await core.change(app, origin, user_id, wanted, run, hold_others=False)


def befriended(
    work: Work,
    pairs: list[tuple[str, str]],
    command: str,
    initiator: Callable[[str, str], str],
    *,
    force: bool = False,
) -> None:
    """Report new entries (owner, peer) to webhooks."""
    if pairs:
        origin = work.origin
        work.events.append(
            FriendAdded(
                app=work.app.sdkappid,
                platform=origin.platform,
                client_ip=origin.client_ip,
                PairList=[FriendPair(owner, peer, initiator(owner, peer)) for owner, peer in pairs],
                ClientCmd=command,
                Admin_Account=origin.operator if origin.admin else "",
                ForceFlag=int(force),
            )
        )


class _Add:
    """One call of friend_add."""

    def __init__(self, app: App, user_id: str, accounts: dict[str, Account], *, both: bool, force: bool) -> None:
        self.app = app
        self.user_id = user_id
        self.accounts = accounts
        self.both = both
        self.force = force
        self.pairs: list[tuple[str, str]] = []
        me = accounts.get(user_id)
        self.forbidden = me is not None and me.profile.get(ADMIN_FORBID_TYPE) == "AdminForbid_Type_SendOut"

    def precheck(self, item: AddItem) -> Outcome | None:
        """What can be refused without looking at relations, in the order of 6.2."""
        if item.to not in self.accounts:
            return refused(_ADD, item.to, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account")
        if item.to == self.user_id:
            return refused(_ADD, item.to, Code.SNS_BAD_REQUEST, "Add_Self")
        if bad := bad_text(source=item.source, remark=item.remark, wording=item.wording):
            return refused(_ADD, item.to, Code.SNS_BAD_REQUEST, bad)
        if self.forbidden:
            return refused(_ADD, item.to, Code.SNS_ADD_FORBIDDEN, "Forbid_Send_Out")
        return None

    async def run(self, work: Work, alive: set[str], items: list[tuple[AddItem, Outcome | None]]) -> list[Outcome]:
        self.pairs.clear()
        peers = [item.to for item, outcome in items if outcome is None and item.to in alive]
        bits = await work.between(self.user_id, peers, FRIENDS | BLACK | PENDING)
        asked = [peer for peer, has in bits.items() if has & ASKED]
        requests = (
            await store_lists.asked(work.tx, self.app.sdkappid, self.user_id, asked, work.cutoff) if asked else {}
        )
        outcomes = []
        for item, outcome in items:
            if outcome is None and item.to not in alive:
                outcome = refused(_ADD, item.to, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account")
            outcomes.append(outcome or self._decide(work, item, bits, requests.get(item.to)))
        done = [peer for peer, has in bits.items() if has & FRIENDS == FRIENDS and has & PENDING]
        if done:
            came = [peer for peer in done if bits[peer] & ASKED]
            await work.remove_requests(self.user_id, came, [peer for peer in done if bits[peer] & ASKS])
        befriended(work, self.pairs, "friend_add", lambda owner, peer: self.user_id, force=self.force)
        return outcomes

    def _decide(self, work: Work, item: AddItem, bits: dict[str, int], request: Pendency | None) -> Outcome:
        """One item, in the order of 6.2; ``bits`` is kept true for the items after it."""
        to, has = item.to, bits.get(item.to, 0)
        both = self.both or bool(has & ASKED)  # who asked me wants me in the own list
        wanted = FRIENDS if both else HAS
        me, peer = work.owners[self.user_id], work.owners[to]
        limit = self.app.limits.friends
        if has & wanted == wanted:
            return refused(_ADD, to, Code.SNS_BAD_REQUEST, "Friend_Exist")
        if has & BLOCKS:
            return refused(_ADD, to, Code.SNS_IN_OWN_BLACKLIST, "Black_List_Forbid")
        if has & BLOCKED:
            return refused(_ADD, to, Code.SNS_IN_PEER_BLACKLIST, "In_Black_List")
        if not has & HAS and me.friends >= limit:
            return refused(_ADD, to, Code.SNS_FRIENDS_FULL, "My_Friend_Num_Exceed_Threshold")
        if both and not has & HAD and peer.friends >= limit:
            return refused(_ADD, to, Code.SNS_PEER_FRIENDS_FULL, "Peer_Friend_Num_Exceed_Threshold")
        code, reason = bad_groups(item.groups, me)
        if code:
            return refused(_ADD, to, code, reason)
        if not self.force and not has & ASKED:
            allowed = allow_type(self.app, self.accounts[to])
            if allowed == "AllowType_Type_DenyAny":
                return refused(_ADD, to, Code.SNS_PEER_DENIES_ALL, "Allow_Type_Deny_Any")
            if both and allowed == "AllowType_Type_NeedConfirm":
                self._ask(work, item, again=bool(has & ASKS))
                bits[to] = has | ASKS
                return refused(_ADD, to, Code.SNS_NEEDS_CONFIRM, "Need_Confirm")
        self._befriend(work, item, has, wanted, request)
        bits[to] = has | wanted
        return Outcome(to)

    def _befriend(self, work: Work, item: AddItem, has: int, wanted: int, request: Pendency | None) -> None:
        me, to = self.user_id, item.to
        if not has & HAS:
            groups = work.owners[me].bits(item.groups)
            friend = Friend(
                owner=me, peer=to, added_at=work.now, source=item.source, wording=item.wording, groups=groups
            )
            friend.remark = item.remark
            friend.remark_at = work.now if item.remark else 0
            work.befriend(friend)
            self.pairs.append((me, to))
        if wanted & HAD and not has & HAD:
            work.befriend(other_side(work, to, me, item.source, request))
            self.pairs.append((to, me))

    def _ask(self, work: Work, item: AddItem, *, again: bool) -> None:
        me, to = self.accounts[self.user_id], self.accounts[item.to]
        request = Pendency(
            owner=item.to,
            peer=self.user_id,
            asked_at=work.now,
            remark=item.remark,
            group=item.groups[0] if item.groups else "",
            source=item.source,
            wording=item.wording,
        )
        work.ask(request, again=again)
        for notified, shown in ((to, me), (me, to)):
            work.notices[notified.user_id].asked.append(
                Asked(me.user_id, shown.user_id, shown.nick, shown.image, item.source, item.wording, work.now)
            )


def other_side(work: Work, owner: str, peer: str, source: str, request: Pendency | None) -> Friend:
    """The entry of ``peer`` in the list of ``owner``, who asked for it with ``request`` or never did.

    A group that the request named is left out when the owner has 32 others by now.
    """
    friend = Friend(owner=owner, peer=peer, added_at=work.now, source=source)
    if request is not None:
        friend.source, friend.wording, friend.remark = request.source, request.wording, request.remark
        friend.remark_at = work.now if request.remark else 0
        names = (request.group,) if request.group else ()
        if work.owners[owner].room_for(names):
            friend.groups = work.owners[owner].bits(names)
    return friend


class _Import:
    """One call of friend_import."""

    def __init__(self, app: App, user_id: str) -> None:
        self.app = app
        self.user_id = user_id
        self._custom: dict[int, Custom] = {}

    def precheck(self, item: ImportItem, accounts: dict[str, Account]) -> Outcome | None:
        if item.to not in accounts:
            return refused(_IMPORT, item.to, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account")
        if item.to == self.user_id:
            return refused(_IMPORT, item.to, Code.SNS_BAD_REQUEST, "Add_Self")
        bad = bad_text(source=item.source, remark=item.remark, wording=item.wording)
        times = (item.added_at, item.remark_at)
        if not bad and not all(0 <= (at or 0) <= MAX_TIME for at in times):
            bad = "Time_Illegal"
        if not bad and (custom := checked_custom(self.app, item.custom)) is None:
            bad = "CustomItem_Illegal"
        if bad:
            return refused(_IMPORT, item.to, Code.SNS_BAD_REQUEST, bad)
        assert custom is not None
        self._custom[id(item)] = custom
        return None

    async def run(self, work: Work, alive: set[str], items: list[tuple[ImportItem, Outcome | None]]) -> list[Outcome]:
        peers = [item.to for item, outcome in items if outcome is None]
        friends = await store_friends.load(work.tx, self.app.sdkappid, self.user_id, peers)
        outcomes = []
        for item, outcome in items:
            if outcome is None and item.to not in alive:
                outcome = refused(_IMPORT, item.to, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account")
            outcomes.append(outcome or self._put(work, item, friends))
        return outcomes

    def _put(self, work: Work, item: ImportItem, friends: dict[str, Friend]) -> Outcome:
        me, friend = work.owners[self.user_id], friends.get(item.to)
        groups = item.groups or ()
        if friend is None and me.friends >= self.app.limits.friends:
            return refused(_IMPORT, item.to, Code.SNS_FRIENDS_FULL, "My_Friend_Num_Exceed_Threshold")
        code, reason = bad_groups(groups, me)
        if code:
            return refused(_IMPORT, item.to, code, reason)
        new = friend is None
        if friend is None:
            friend = Friend(owner=self.user_id, peer=item.to, added_at=work.now)
        friend.source = item.source
        friend.remark = item.remark if item.remark is not None else friend.remark
        friend.remark_at = item.remark_at if item.remark_at is not None else friend.remark_at
        friend.wording = item.wording if item.wording is not None else friend.wording
        friend.added_at = item.added_at if item.added_at else friend.added_at
        if item.groups is not None:
            before, friend.groups = friend.groups, me.bits(groups)
            if not new and before != friend.groups:
                me.touch_groups()
        custom = self._custom[id(item)]
        if custom:
            friend.custom = merged(friend.custom, custom)
        if new:
            friends[item.to] = friend
            work.befriend(friend)
            return Outcome(item.to)
        me.touch()
        if custom:
            me.touch_custom()
        work.save(friend)
        return Outcome(item.to)


def checked_custom(app: App, items: Sequence[tuple[str, object]]) -> Custom | None:
    """Custom fields by tag; None when one is not declared or does not take its value."""
    custom: Custom = {}
    for given, value in items:
        tag = custom_tag(app, given)
        allowed = custom_value(app, tag, value) if tag else None
        if tag is None or allowed is None:
            return None
        custom[tag] = allowed
    return custom


def merged(custom: Custom, changes: Custom) -> Custom:
    """Custom fields after a change; an empty text removes a field."""
    return {tag: value for tag, value in (custom | changes).items() if value != ""}
