"""Objects: received, kept, read, forbidden and erased.

A row owns an object before there is anything of it, so that nothing lies anywhere without an owner: what a killed
process had begun is erased by its row.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog

from sodam.accounts.events import AccountsDeleted
from sodam.apps.model import App
from sodam.clock import now as wall_clock
from sodam.errors import Unavailable
from sodam.media import links, pictures, receiving, sniff, store
from sodam.media.blobs import Blobs, CloudBlobs, DirectoryBlobs
from sodam.media.links import Links, Read
from sodam.media.model import AVATAR_BYTES, MIB, UPLOAD_SECONDS, Form, Kind, MediaError, Object, State, Upload
from sodam.media.model import file_name as safe_name
from sodam.media.recalled import RecalledFiles
from sodam.media.receiving import Incoming
from sodam.observability.loops import Loop, Loops
from sodam.settings import Settings
from sodam.storage import Database, Tx

log = structlog.get_logger(__name__)
DAY: Final = 86400
MAX_AT_ONCE: Final = 64
"""Uploads that a process receives at a time, and of one user."""
MAX_OF_USER: Final = 8
_ABANDONED: Final = 3600
_APPS_LOOKED_AT: Final = 20
_OBJECTS_LOOKED_AT: Final = 3
_FLUSH_SECONDS: Final = 5.0
_PICTURES: Final = (Kind.PICTURE, Kind.AVATAR)


class MediaService:
    def __init__(self, db: Database, settings: Settings, loops: Loops, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._loops = loops
        self._clock = clock
        self._root = settings.data_dir / "media"
        self._incoming = self._root / "incoming"
        self._most_bytes = settings.media_gigabytes * 1024 * MIB
        self._link_days = settings.media_link_days
        self._url = settings.media_url
        self.address = settings.media_address
        """Under which clients reach uploads and downloads; empty: under the address that they came to."""
        self._blobs: Blobs = DirectoryBlobs(self._root)
        self._links = Links(b"")
        self._receiving: Counter[tuple[int, str]] = Counter()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._used: set[tuple[int, str]] = set()
        self._flushing: Loop | None = None
        self.recalled = RecalledFiles(db, self._erase, clock)

    async def start(self) -> None:
        """Raises BlobsUnavailable when the store of files cannot be used at all."""
        self._links = await Links.open(self._db)
        if self._url is not None:
            self._blobs = CloudBlobs(self._url)
        alone = self._db.engine == "sqlite"
        await asyncio.to_thread(receiving.tidy, self._incoming, 0 if alone else receiving.STALE_SECONDS)
        self._flushing = self._loops.start("media use", self.flush, every=_FLUSH_SECONDS)

    async def stop(self) -> None:
        if self._flushing is not None:
            await self._flushing.stop()
            await self.flush()
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def missing(self, apps: Sequence[App]) -> str:
        """Where files should lie and none of some that the database knows does; empty: nothing speaks against it.

        Of a directory of this machine alone: of a store elsewhere nothing is asked at the start.
        """
        if self._url is not None and not self._url.startswith("file:"):
            return ""
        looked = False
        for app in apps[:_APPS_LOOKED_AT]:
            for row in await store.newest(self._db, app.sdkappid, _OBJECTS_LOOKED_AT):
                looked = True
                try:
                    await self._blobs.size(key(row, Form.ORIGINAL))
                except (OSError, Unavailable):
                    continue
                return ""
        return (self._url or str(self._root.absolute())) if looked else ""

    # Addresses

    def offer(self, app: App, user: str, kind: Kind, file_name: str) -> Upload:
        """The permission to upload one object."""
        expires = int(self._clock()) + UPLOAD_SECONDS
        return Upload(app.sdkappid, secrets.token_hex(16), user, int(kind), safe_name(file_name), expires)

    def upload_path(self, upload: Upload) -> str:
        return self._links.upload_path(upload)

    def upload(self, path: str) -> Upload:
        """Raises MediaError 403."""
        upload = self._links.upload(path, self._clock())
        if upload is None:
            raise MediaError(403, "this address for an upload was not made here, or has expired")
        return upload

    def path(self, thing: Upload | Object) -> str:
        """Where it is read, as long as the operator gives addresses."""
        days = self._link_days
        return self._links.path(thing, int(self._clock()) + days * DAY if days else 0)

    def moderator_path(self, row: Object, seconds: int) -> str:
        """Where it is read for so long, also when it is forbidden."""
        return self._links.path(row, int(self._clock()) + seconds, moderator=True)

    def named(self, path: str, *, expired: bool = False) -> Read | None:
        """The object at an address that this cluster made."""
        return self._links.reader(path, self._clock(), expired=expired)

    # Receiving

    def most(self, app: App, kind: int) -> int:
        """Bytes of an upload."""
        if kind == Kind.AVATAR:
            return AVATAR_BYTES
        settings = app.settings
        return MIB * (settings.picture_megabytes if kind in (Kind.PICTURE, Kind.SOUND) else settings.file_megabytes)

    async def receive(self, app: App, upload: Upload, body: AsyncIterator[bytes], declared: int) -> Object:
        """Take an object in; it can be read when this returns.

        Raises MediaError: 403 the app is used up or going, 409 it was uploaded before, 413, 415, 429, 507 no room;
        Cut, Unavailable.
        """
        most = self.most(app, upload.kind)
        if declared > most:
            raise MediaError(413, f"at most {most} bytes may be uploaded")
        who = (app.sdkappid, upload.uploader)
        if self._receiving[who] >= MAX_OF_USER or self._receiving.total() >= MAX_AT_ONCE:
            raise MediaError(429, "too many uploads at a time; try again")
        self._receiving[who] += 1
        try:
            with Incoming(self._incoming) as incoming:
                await incoming.take(body, most, sniff.HEAD)
                return await self._keep(app, upload, incoming)
        except OSError as error:
            if not receiving.no_room(error):
                raise
            log.warning("no room for an upload", app=app.sdkappid, error=error.strerror)
            raise MediaError(507, "the server has no room for this upload") from None
        finally:
            self._receiving[who] -= 1
            self._receiving += Counter()  # forgets those at 0

    async def _keep(self, app: App, upload: Upload, incoming: Incoming) -> Object:
        if not incoming.size:
            raise MediaError(400, "the upload is empty")
        kind = sniff.sniff(incoming.head)
        files = {Form.ORIGINAL: incoming.path}
        width = height = forms = 0
        if upload.kind in _PICTURES:
            if kind not in sniff.PICTURES:
                raise MediaError(415, "this is no JPEG, PNG, GIF, WebP or BMP picture")
            clean = app.settings.clean_pictures
            loop = asyncio.get_running_loop()
            picture = await loop.run_in_executor(
                self._worker, lambda: pictures.prepare(incoming.path, kind, cleaned=clean)
            )
            width, height = picture.width, picture.height
            files |= picture.forms
            forms = sum(1 if form == Form.SMALL else 2 for form in picture.forms) + (4 if picture.png else 0)
        md5, sizes = await asyncio.to_thread(
            lambda: (incoming.md5(), {form: path.stat().st_size for form, path in files.items()})
        )
        now = int(self._clock())
        row = Object(
            app=app.sdkappid,
            name=upload.name,
            uploader=upload.uploader,
            kind=upload.kind,
            type=kind,
            file_name=upload.file_name,
            size=sizes[Form.ORIGINAL],
            stored=sum(sizes.values()),
            width=width,
            height=height,
            md5=md5,
            forms=forms,
            state=State.ARRIVING,
            created_at=now,
            used_at=now,
        )
        since = await self.recalled.since()
        await self._db.write(lambda tx: self._own(tx, row, since))
        try:
            for form, file in files.items():
                await self._blobs.put(key(row, form), file)
            if not await store.move(self._db, row.app, row.name, (State.ARRIVING,), State.THERE, now):
                raise MediaError(403, "the app, or the account, is being deleted")
        except BaseException:
            await asyncio.shield(self._undo(row))
            raise
        return row._replace(state=State.THERE)

    async def _own(self, tx: Tx, row: Object, since: str) -> None:
        if not await store.begin(tx, row, since):
            raise MediaError(409, "this was uploaded before")
        if not await store.reserve(tx, row.app, row.stored, self._most_bytes):
            raise MediaError(507, "the app has used up its room for files")

    async def _undo(self, row: Object) -> None:
        try:
            await self._erase(row)
        except (OSError, Unavailable) as error:  # its row is left, and erased with what is abandoned
            log.warning("an upload that failed is erased later", app=row.app, error=str(error))

    # Reading

    async def find(self, app: int, name: str) -> Object | None:
        """An object that is there, be it forbidden."""
        row = await store.read(self._db, app, name)
        return row if row is not None and row.state in (State.THERE, State.FORBIDDEN) else None

    async def size(self, row: Object, form: Form) -> int:
        """Bytes of one of its forms."""
        return row.size if form == Form.ORIGINAL else await self._blobs.size(key(row, form))

    def read(self, row: Object, form: Form, start: int, end: int) -> AsyncIterator[bytes]:
        """Raises FileNotFoundError or Unavailable."""
        return self._blobs.read(key(row, form), start, end)

    async def forbid(self, app: int, name: str, *, forbidden: bool) -> bool:
        """Take an object out of everybody's reach, or give it back; False when there is none."""
        to = State.FORBIDDEN if forbidden else State.THERE
        return await store.move(self._db, app, name, (State.THERE, State.FORBIDDEN), to, int(self._clock()))

    # Living and dying

    def used(self, app: int, text: bytes) -> None:
        """A message, or a bundle of some, names objects: they live as long as it does."""
        self._used.update((app, name) for name in links.names(app, text))

    async def flush(self) -> None:
        used, self._used = sorted(self._used), set()
        now = int(self._clock())
        for at in range(0, len(used), store.BATCH):
            some = used[at : at + store.BATCH]
            try:
                await self._db.write(lambda tx, some=some: store.touch(tx, some, now))  # type: ignore[misc]
            except BaseException:
                self._used.update(used[at:])
                raise

    async def forget_accounts(self, tx: Tx, deleted: Sequence[AccountsDeleted]) -> None:
        """Part of deleting accounts: what they uploaded is read no more, and soon erased."""
        for event in deleted:
            await store.forget_uploaders(tx, event.app, event.user_ids)

    async def erase_app(self, app: int) -> None:
        """Remove the bytes of all objects of an app that is being deleted."""
        await self._blobs.delete_all(str(app))

    async def sweep(self, apps: Sequence[App]) -> int:
        """Erase what no app keeps any longer, what deleted accounts uploaded, and what was begun and never ended; how
        many objects."""
        await asyncio.to_thread(receiving.tidy, self._incoming, receiving.STALE_SECONDS)
        now, total = int(self._clock()), 0
        for app in apps:
            if app.deleting_at:
                continue
            kept = now - (app.settings.history_days + 1) * DAY
            for state, before, but in (
                (State.ERASED, now + DAY, -1),
                (State.ARRIVING, now - _ABANDONED, -1),
                (State.THERE, kept, Kind.AVATAR),
                (State.FORBIDDEN, kept, -1),
            ):
                while names := await store.due(self._db, app.sdkappid, state, before, but):
                    for name in names:
                        row = await store.read(self._db, app.sdkappid, name)
                        if row is not None:
                            total += await self._erase(row)
        if total:
            log.info("uploaded files erased", files=total)
        return total

    async def _erase(self, row: Object) -> bool:
        """The row is first taken out of reach, then its bytes go, then the row."""
        await store.move(self._db, row.app, row.name, tuple(State), State.ERASED, row.used_at)
        for form in Form:
            if row.has(form):
                await self._blobs.delete(key(row, form))
        return await self._db.write(lambda tx: store.erase(tx, row.app, row.name))


def key(row: Object, form: Form) -> str:
    """Where the bytes of a form lie."""
    suffix = "" if form == Form.ORIGINAL else f".{form.name.lower()}"
    return f"{row.app}/{row.name[:2]}/{row.name}{suffix}"
