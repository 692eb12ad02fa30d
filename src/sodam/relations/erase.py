"""What becomes of relations when accounts are deleted: nothing of them stays, on either side."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.accounts.events import AccountsDeleted
from sodam.relations import store, store_follow, store_friends, store_lists
from sodam.relations.cache import Changed
from sodam.relations.events import Notices
from sodam.relations.model import Origin
from sodam.relations.work import Core
from sodam.storage import Tx


class Eraser:
    """Follows the deletion of accounts, inside its transaction."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def follow(self, tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        for event in events:
            await self.erase(tx, event.app, event.user_ids)

    async def erase(self, tx: Tx, app: int, user_ids: list[str]) -> None:
        """Remove all relations of and to these accounts; notify the others' devices after the commit."""
        gone = set(user_ids)
        touched: set[str] = set()
        for user_id in user_ids:
            touched.update(await store_friends.peers(tx, app, user_id))
            touched.update(await store_friends.owners_of(tx, app, user_id))
            touched.update(await store_lists.concerned(tx, app, user_id))
        owners = await store.hold_owners(tx, app, gone | touched)
        notices = Notices()
        for user_id in user_ids:
            for holder, groups, custom in await store_friends.remove_everywhere(tx, app, user_id):
                owner = owners[holder]
                owner.friends -= 1
                owner.touch()
                if groups:
                    owner.touch_groups()
                if custom:
                    owner.touch_custom()
                notices[holder].deleted.append(user_id)
            for holder in await store_lists.unblock_everywhere(tx, app, user_id):
                owners[holder].blocked -= 1
                owners[holder].touch_blacklist()
                notices[holder].unblocked.append(user_id)
            came, went = await store_lists.remove_requests_everywhere(tx, app, user_id)
            for holder in came:
                owners[holder].touch_pending()
                notices[holder].requests_gone.append(user_id)
            for holder in went:
                owners[holder].pending -= 1
                owners[holder].touch_pending()
                notices[holder].requests_gone.append(user_id)
        await store.save_owners(tx, app, [o for o in owners.values() if o.dirty and o.user_id not in gone])
        await store.delete_owners(tx, app, gone)
        await self._erase_follows(tx, app, user_ids)
        for user_id in user_ids:
            notices.pop(user_id, None)
        changed = Changed(app, [o.user_id for o in owners.values() if o.dirty], [], list(user_ids))
        tx.after_commit(lambda: self._core.announcer.announce(app, changed, notices, Origin("", admin=True)))

    @staticmethod
    async def _erase_follows(tx: Tx, app: int, user_ids: list[str]) -> None:
        others: set[str] = set()
        for user_id in user_ids:
            others.update(await store_follow.concerned(tx, app, user_id))
        counts = await store_follow.hold(tx, app, others | set(user_ids))
        for user_id in user_ids:
            following, followers = await store_follow.erased(tx, app, user_id)
            for peer, mutual in following:
                counts[peer].followers -= 1
                counts[peer].mutual -= mutual
            for peer, _ in followers:
                counts[peer].following -= 1
        await store_follow.save(tx, app, [counts[u] for u in sorted(others - set(user_ids))])
        await store_follow.delete_owners(tx, app, user_ids)
