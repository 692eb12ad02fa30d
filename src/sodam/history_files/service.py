"""Files of an hour: made by a job when somebody asks for one, kept as long as jobs are, read by a signed address.

A page of messages is a part of the file, in a gzip member of its own, and written in the transaction that notes how far
the job is: memory holds one page, and a job that is taken over writes the same parts again.
"""

from __future__ import annotations

import asyncio
import datetime
import gzip
import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from sodam.apps.model import App
from sodam.c2c import hours as c2c
from sodam.c2c.model import Message
from sodam.clock import now as wall_clock
from sodam.control import Explanation
from sodam.errors import ApiError, Code
from sodam.groups import hours as groups
from sodam.groups.message import GroupMessage
from sodam.history_files.lines import header, line
from sodam.jobs.model import Job
from sodam.jobs.service import KEEP_SECONDS, JobService, Run
from sodam.officials import hours as officials
from sodam.officials.model import Broadcast
from sodam.storage import Database, state

KIND: Final = "HistoryFile"
ZONE: Final = datetime.timezone(datetime.timedelta(hours=8))
PATH: Final = "/history"
SETTLED_SECONDS: Final = 60
"""After the end of an hour; then all of it is on disk."""
LINK_SECONDS: Final = 8 * 3600
WAIT_SECONDS: Final = 2.0
"""How long a call waits for the job that it began: it may be answered at once."""
_HOUR: Final = 3600
_PAGE: Final = 500
_LOOK_SECONDS: Final = 0.1
_KEY: Final = "history_file_key"
_READ: Final = re.compile(
    r"/history/([0-9a-f]{24})/(\d{1,12})/([0-9a-f]{32})/\d{1,10}_(?:C2C|Group)_\d{10}\.gz", re.ASCII
)

ChatType = Literal["C2C", "Group"]


class Wanted(msgspec.Struct):
    """Params of a job."""

    ChatType: ChatType
    MsgTime: str


class _Spot(msgspec.Struct, array_like=True):
    """Where a job goes on."""

    part: int = 0
    c2c: c2c.Spot = c2c.Spot()
    group: groups.Spot = groups.Spot()
    official: officials.Spot | None = None
    """Behind all one-to-one messages, in their file."""


class File(NamedTuple):
    path: str
    expires: int
    size: int
    md5: str
    gzip_size: int
    gzip_md5: str


class HistoryFiles:
    def __init__(self, db: Database, jobs: JobService, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._jobs = jobs
        self._clock = clock
        self._key = b""
        jobs.register(KIND, self._make)

    async def find(self, app: App, chat_type: ChatType, hour: str) -> File:
        """The file of an hour. Raises ApiError 1002 (no such hour), 1004 (not there yet, or nothing was sent), 1005
        (longer ago than files are kept)."""
        begin = begin_of(hour)
        now = self._clock()
        if begin + _HOUR + SETTLED_SECONDS > now:
            raise ApiError(Code.DATA_NOT_READY)
        if begin + _HOUR + KEEP_SECONDS <= now:
            raise ApiError(Code.DATA_EXPIRED)
        job = await self._made(app.sdkappid, Wanted(chat_type, hour))
        if job is None or not job.done:
            raise ApiError(Code.DATA_NOT_READY)
        facts = job.explanation.params
        expires = int(now) + LINK_SECONDS
        name = f"{app.sdkappid}_{chat_type}_{hour}.gz"
        path = f"{PATH}/{job.id}/{expires}/{await self._sign(job.id, expires)}/{name}"
        return File(
            path,
            expires,
            int(facts["FileSize"]),
            str(facts["FileMD5"]),
            int(facts["GzipSize"]),
            str(facts["GzipMD5"]),
        )

    async def open(self, path: str) -> tuple[Job, AsyncIterator[bytes]]:
        """What is to be read there. Raises ApiError 1001 (no address of ours), 1005 (expired, or erased)."""
        found = _READ.fullmatch(path)
        if found is None or not hmac.compare_digest(await self._sign(found[1], int(found[2])), found[3]):
            raise ApiError(Code.DATA_BAD_URL)
        job = await self._jobs.find(found[1])
        if int(found[2]) < self._clock() or job is None or job.kind != KIND or job.state != "done":
            raise ApiError(Code.DATA_EXPIRED)
        return job, self._jobs.parts(job.id)

    async def _sign(self, job_id: str, expires: int) -> str:
        if not self._key:
            made = secrets.token_bytes(32)
            self._key = bytes(await self._db.write(lambda tx: state.claim(tx, _KEY, made)))
        return hmac.digest(self._key, f"{job_id}/{expires}".encode(), "sha256").hex()[:32]

    async def _made(self, app: int, wanted: Wanted) -> Job | None:
        """The job that made the file, once it has; begun if nobody has asked yet.

        Two nodes may begin one each at the same moment: both make the same file.
        """
        job = await self._jobs.latest(KIND, app, wanted)
        if job is None or job.state in ("failed", "cancelled"):
            await self._jobs.create(KIND, wanted, about_app=app, uin=0, user_name="get_history")
        waited = 0.0
        while (job := await self._jobs.latest(KIND, app, wanted)) is not None and job.state != "done":
            if waited >= WAIT_SECONDS or job.state in ("failed", "cancelled"):
                return None
            await asyncio.sleep(_LOOK_SECONDS)
            waited += _LOOK_SECONDS
        return job

    async def _make(self, run: Run) -> None:
        wanted, app = run.params(Wanted), run.job.about_app
        begin = begin_of(wanted.MsgTime)
        spot: _Spot | None = run.position(_Spot, _Spot())
        run.has_file = True
        while spot is not None:
            page, following = await self._page(app, wanted, begin, spot)
            text = header(app, wanted.ChatType, wanted.MsgTime) if spot.part == 0 else b""
            if page:
                text += (b",\n" if run.done else b"") + b",\n".join([line(message) for message in page])
            if following is None:
                text += b"\n]}" if run.done or page else b"]}"
            body = await asyncio.to_thread(gzip.compress, text, 6, mtime=0)
            number = spot.part
            place = following or _Spot(number + 1)
            await run.step(lambda tx, n=number, b=body: run.write(tx, n, b), position=place, advance=len(page))  # type: ignore[misc]
            spot = following
        run.total = run.done
        facts = await self._measure(run)
        run.explanation = Explanation(f"{run.done} messages", "JobHistoryFile", {"Count": run.done, **facts})

    async def _page(
        self, app: int, wanted: Wanted, begin: int, spot: _Spot
    ) -> tuple[Sequence[Message | GroupMessage | Broadcast], _Spot | None]:
        number, end = spot.part + 1, begin + _HOUR
        if wanted.ChatType == "C2C" and spot.official is not None:
            told, last = await officials.page(self._db, app, begin, end, spot.official, _PAGE)
            return told, _Spot(number, official=last) if last is not None else None
        if wanted.ChatType == "C2C":
            messages, after = await c2c.page(self._db, app, begin, end, spot.c2c, _PAGE)
            return messages, _Spot(number, c2c=after) if after is not None else _Spot(number, official=officials.Spot())
        said, behind = await groups.page(self._db, app, begin, end, spot.group, _PAGE)
        return said, _Spot(number, group=behind) if behind is not None else None

    async def _measure(self, run: Run) -> dict[str, int | str]:
        """Sizes and digests, by reading what was written, part by part."""
        plain, packed = hashlib.md5(usedforsecurity=False), hashlib.md5(usedforsecurity=False)
        sizes = [0, 0]
        async for part in self._jobs.parts(run.job.id):
            text = await asyncio.to_thread(zlib.decompress, part, zlib.MAX_WBITS | 16)
            plain.update(text)
            packed.update(part)
            sizes = [sizes[0] + len(text), sizes[1] + len(part)]
            await run.keep()
        return {
            "FileSize": sizes[0],
            "FileMD5": plain.hexdigest(),
            "GzipSize": sizes[1],
            "GzipMD5": packed.hexdigest(),
        }


def begin_of(hour: str) -> int:
    """The unix second in which an hour ``YYYYMMDDHH`` of UTC+8 begins. Raises ApiError 1002."""
    try:
        if not re.fullmatch(r"[0-9]{10}", hour):
            raise ValueError
        return int(datetime.datetime.strptime(hour, "%Y%m%d%H").replace(tzinfo=ZONE).timestamp())
    except (ValueError, OverflowError):
        raise ApiError(Code.DATA_BAD_PARAMETER, "MsgTime is YYYYMMDDHH, in UTC+8") from None
