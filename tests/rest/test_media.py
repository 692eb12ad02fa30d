"""Uploaded files over HTTP: every door of them, in one server, on both engines."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from sodam import usersig
from sodam.media import service as media_service
from sodam.media.blobs import CloudBlobs, DirectoryBlobs
from sodam.media.model import MIB, Kind
from sodam.rest.media_answers import SHOWN, Form
from sodam.serving import application
from tests.rest.conftest import KEY, SDKAPPID, Rest
from tests.rest.openim import MODIFY, SEND, WITHDRAW, codes, message, people
from tests.support import media
from tests.support.cases import each

SMALL, LARGE = SHOWN[Form.SMALL], SHOWN[Form.LARGE]


def query(user: str = "lena", kind: str = "file", name: str = "a.bin", key: str = KEY) -> dict[str, str]:
    signature = usersig.generate(SDKAPPID, key, user, now=int(time.time()))
    return {"sdkappid": str(SDKAPPID), "identifier": user, "usersig": signature, "kind": kind, "file_name": name}


async def upload(rest: Rest, content: Any, status: int = 200, **how: str) -> dict[str, Any]:
    answer = await rest.client.post("/media/upload", params=query(**how), content=content)
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json()
    assert bool(said["ErrorCode"]) == (status != 200)
    return said


def files(rest: Rest) -> list[Path]:
    root = rest.server.settings.data_dir / "media"
    return [path for path in root.rglob("*") if path.is_file()]


async def test_pictures_go_in_and_out(rest: Rest) -> None:
    await people(rest)
    for kind, mime in (("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/gif")):
        said = await upload(rest, media.picture(kind), kind="picture", name=f"a.{kind.lower()}")
        assert said["ContentType"] == mime
        sizes = [(one["Type"], one["Width"], one["Height"]) for one in said["ImageInfoArray"]]
        assert sizes == [(1, 900, 1200), (2, 720, 960), (3, 198, 264)]
        for one in said["ImageInfoArray"]:
            got = await rest.client.get(one["URL"])
            assert got.status_code == 200, got.text
            assert Image.open(io.BytesIO(got.content)).size == (one["Width"], one["Height"])
            assert media.GPS not in got.content
            assert got.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in got.headers["content-security-policy"]
            assert got.headers["access-control-allow-origin"] == "*"
        original = await rest.client.get(said["URL"])
        assert original.headers["content-type"] == mime
        assert hashlib.md5(original.content).hexdigest() == said["MD5"]
        assert len(original.content) == said["Size"]


async def test_whole_parts_and_nothing_new(rest: Rest) -> None:
    await people(rest)
    content = bytes(range(256)) * 4000
    url = (await upload(rest, content, name="파일.bin"))["URL"]
    whole = await rest.client.get(url)
    assert whole.content == content
    assert whole.headers["content-type"] == "application/octet-stream"
    assert whole.headers["content-disposition"] == "attachment; filename*=UTF-8''%ED%8C%8C%EC%9D%BC.bin"
    last = len(content) - 1
    for wanted, first, end in (
        ("bytes=0-0", 0, 0),
        ("bytes=1000-2999", 1000, 2999),
        (f"bytes={last}-", last, last),
        ("bytes=-7", last - 6, last),
        ("bytes=500000-99999999999", 500000, last),
        (f"bytes=-{last * 5}", 0, last),
    ):
        part = await rest.client.get(url, headers={"Range": wanted})
        if (first, end) == (0, last):
            assert part.status_code == 200
        else:
            assert part.status_code == 206
            assert part.headers["content-range"] == f"bytes {first}-{end}/{len(content)}"
        assert part.content == content[first : end + 1]
        assert int(part.headers["content-length"]) == end + 1 - first
    for nothing in ("bytes=1024000-", "bytes=9-3", "bytes=-0"):
        assert (await rest.client.get(url, headers={"Range": nothing})).status_code == 416
    for ignored in ("bytes=a-b", "bytes=0-1,5-6", "lines=1-2", "bytes=-"):
        assert (await rest.client.get(url, headers={"Range": ignored})).content == content
    tag = whole.headers["etag"]
    assert (await rest.client.get(url, headers={"If-None-Match": tag})).status_code == 304
    resumed = await rest.client.get(url, headers={"Range": "bytes=5-", "If-Range": tag})
    assert resumed.status_code == 206
    assert (await rest.client.get(url, headers={"Range": "bytes=5-", "If-Range": '"x"'})).status_code == 200
    head = await rest.client.head(url)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(content)))
    assert (await rest.client.options(url)).status_code == 204


async def test_what_could_run_is_saved_not_shown(rest: Rest) -> None:
    await people(rest)
    for content, name in ((media.SVG, "a.svg"), (media.HTML, "a.html"), (media.HTML, "a.png")):
        await upload(rest, content, 415, kind="picture", name=name)
        url = (await upload(rest, content, name=name))["URL"]
        got = await rest.client.get(url)
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"].startswith("attachment")
    polyglot = media.picture("GIF", (300, 300)) + media.HTML
    got = await rest.client.get((await upload(rest, polyglot, kind="picture"))["URL"])
    assert got.headers["content-type"] == "image/gif"
    assert media.HTML not in got.content
    await upload(rest, media.bomb(), 413, kind="picture", name="a.png")
    for path in ("../../../etc/passwd", "a/../../b.txt", "..%2f..%2fx"):
        said = await upload(rest, b"text", name=path)
        assert "/" not in said["FileName"]
    assert not [path for path in files(rest) if not path.is_relative_to(rest.server.settings.data_dir / "media")]
    assert {path.parent.parent.name for path in files(rest)} == {str(SDKAPPID)}


_SCRIPT = b"alert(document.domain)"
POLYGLOTS: dict[str, tuple[str, bytes, str | int]] = {
    "a page behind a JPEG": ("picture", media.picture("JPEG", (90, 60)) + media.HTML, "image/jpeg"),
    "a page behind a PNG": ("picture", media.picture("PNG", (90, 60)) + media.HTML, "image/png"),
    "a page behind a WebP": ("picture", media.picture("WEBP", (90, 60)) + media.HTML, "image/webp"),
    "a page behind a GIF": ("picture", media.picture("GIF", (90, 60)) + media.HTML, "image/gif"),
    "a script that begins as a GIF": ("picture", b"GIF89a/*" + bytes(30) + b"*/=1;" + _SCRIPT, 415),
    "a drawing behind a blank": ("picture", b" \n" + media.SVG, 415),
    "a drawing that says it is XML": ("picture", b'<?xml version="1.0"?>' + media.SVG, 415),
    "a page within a PNG's text": ("file", b"\x89PNG\r\n\x1a\n" + media.HTML, "image/png"),
    "a page that begins as a sound": ("sound", b"ID3\x04\0\0\0\0\0\0" + media.HTML, "audio/mpeg"),
    "a page behind a film": ("video", media.mp4() + media.HTML, "video/mp4"),
    "a page behind a byte order mark": ("file", "\ufeff".encode("utf-16-le") + media.HTML, "application/octet-stream"),
    "a program in an archive": ("file", b"PK\x03\x04" + media.HTML, "application/octet-stream"),
    "a document with a script": ("file", b"%PDF-1.7\n/JS (" + _SCRIPT + b")", "application/octet-stream"),
}


@each(("told", "kind", "content", "becomes"), [(name, *one) for name, one in POLYGLOTS.items()])
async def test_what_is_two_things_is_the_harmless_one(
    rest: Rest, told: str, kind: str, content: bytes, becomes: str | int
) -> None:
    await people(rest)
    if isinstance(becomes, int):
        await upload(rest, content, becomes, kind=kind, name="a.png")
        return
    got = await rest.client.get((await upload(rest, content, kind=kind, name="a.html"))["URL"])
    assert got.headers["content-type"] == becomes
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["content-disposition"].startswith("attachment") or becomes.split("/")[0] in (
        "image",
        "audio",
        "video",
    )
    assert media.HTML not in got.content or kind != "picture"


async def test_who_may_not_upload(rest: Rest) -> None:
    await people(rest)

    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("the body of a stranger was read")
        yield b""

    answer = await rest.client.post("/media/upload", params=query(key="00" * 32), content=never())
    assert answer.json()["ErrorCode"] == 70009
    answer = await rest.client.post("/media/upload", params=query(user="nobody_here"), content=never())
    assert answer.json()["ErrorCode"] == 70107
    answer = await rest.client.put("/media/upload/AAAA", content=never())
    assert (answer.status_code, answer.json()["ErrorCode"]) == (403, 60017)
    service = rest.server.services.media
    offered = service.offer(rest.app, "lena", Kind.FILE, "a.txt")
    late = service.upload_path(msgspec.structs.replace(offered, expires=int(time.time()) - 1))
    assert (await rest.client.put(late, content=never())).status_code == 403
    assert (await rest.client.put(service.upload_path(offered), content=b"once")).status_code == 200
    assert (await rest.client.put(service.upload_path(offered), content=b"twice")).status_code == 409
    assert (await rest.client.get(service.path(offered))).content == b"once"
    await upload(rest, b"", 400)
    await upload(rest, b"x", 400, kind="program")
    for path in ("/media", "/media/", "/media/x", "/media/1/0/x/y", "/media/upload"):
        assert (await rest.client.get(path)).status_code == 403
    assert (await rest.client.delete("/media/upload/x")).status_code == 405


async def test_limits(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(rest)
    service = rest.server.services.media
    most = service.most(rest.app, Kind.PICTURE)
    assert (most, service.most(rest.app, Kind.FILE)) == (28 * MIB, 100 * MIB)

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(MIB)

    await upload(rest, endless(), 413, kind="sound")
    monkeypatch.setattr(service, "_most_bytes", 1000)
    await upload(rest, bytes(800))
    await upload(rest, bytes(800), 507)
    monkeypatch.setattr(service, "_most_bytes", 0)
    assert len(files(rest)) == 1

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sodam.media.receiving._write", full)
        assert (await upload(rest, b"text", 507))["ErrorCode"] == 60008
    with monkeypatch.context() as patch:
        patch.setattr(DirectoryBlobs, "_put", full)
        await upload(rest, media.picture("JPEG"), 507, kind="picture")
    assert len(files(rest)) == 1
    rows = await rest.server.db.fetch("SELECT bytes, objects FROM media_usage")
    assert [tuple(row) for row in rows] == [(800, 1)]
    assert len(await rest.server.db.fetch("SELECT name FROM media_object")) == 1


async def test_moderators_take_files_away(rest: Rest) -> None:
    await people(rest)
    said = await upload(rest, media.picture("JPEG"), kind="picture")
    urls = [one["URL"] for one in said["ImageInfoArray"]]
    forbid, allow, sign = (
        f"im_cos_msg/{name}" for name in ("forbid_illegal_object", "allow_banned_object", "get_cos_sig")
    )
    assert await rest.code(forbid, {"RawURL": urls[2]}) == 0
    for url in urls:
        assert (await rest.client.get(url)).status_code == 404
    unknown = urls[0].replace("/0/", "/1/")
    answer = await rest(sign, {"RawURLs": [{"ResourceID": 7, "RawURL": urls[0]}, {"ResourceID": 8, "RawURL": unknown}]})
    assert [(one["ResourceID"], one["Status"]) for one in answer["PreSigURLs"]] == [(7, 1), (8, 2)]
    assert (await rest.client.get(answer["PreSigURLs"][0]["PreSigURL"])).status_code == 200
    await codes(rest, allow, [({"RawURL": unknown}, 60017), ({"RawURL": "https://x.example/a.png"}, 60017)])
    assert await rest.code(allow, {"RawURL": urls[0]}) == 0
    assert (await rest.client.get(urls[1])).status_code == 200


async def test_files_die_with_what_names_them(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(rest)
    service, db = rest.server.services.media, rest.server.db
    seconds = 9 * media_service.DAY
    kept, gone, face = [(await upload(rest, b"text"))["URL"] for _ in range(2)] + [
        (await upload(rest, media.picture("PNG", (300, 300)), kind="avatar"))["URL"]
    ]
    body = [{"MsgType": "TIMFileElem", "MsgContent": {"Url": kept, "UUID": "x", "FileSize": 4, "FileName": "a"}}]
    body[0]["MsgContent"]["Download_Flag"] = 2
    monkeypatch.setattr(service, "_clock", lambda: time.time() + seconds)
    await codes(rest, SEND, [(message("", MsgBody=body), 0)])
    await service.flush()
    assert await service.sweep(rest.server.apps.all()) == 1
    assert [(await rest.client.get(url)).status_code for url in (kept, gone, face)] == [200, 404, 200]
    await rest("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": "lena"}]})
    assert (await rest.client.get(face)).status_code == 404
    await service.sweep(rest.server.apps.all())
    assert files(rest) == []
    assert not await db.fetch("SELECT name FROM media_object")
    assert [tuple(row) for row in await db.fetch("SELECT bytes, objects FROM media_usage")] == [(0, 0)]


async def test_a_recalled_message_takes_its_file_along(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless another message, a bundle or an edit names it."""
    await people(rest)
    services = rest.server.services
    made = {"Owner_Account": "omar", "Type": "Public", "Name": "g", "GroupId": "g1"}
    assert await rest.code("group_open_http_svc/create_group", made) == 0
    early = (await rest(SEND, message("early")))["MsgKey"]
    picture = (await upload(rest, media.picture("JPEG"), kind="picture"))["URL"]
    shared, grouped, bundled, edited, ours = [(await upload(rest, b"text"))["URL"] for _ in range(5)]
    numbers = iter(range(100, 200))

    def naming(url: str) -> dict[str, Any]:
        content = {"Url": url, "UUID": "x", "FileSize": 4, "FileName": "a", "Download_Flag": 2}
        body = [{"MsgType": "TIMFileElem", "MsgContent": content}]
        return message("", MsgBody=body, MsgRandom=next(numbers))

    async def recall(key: str) -> None:
        assert await rest.code(WITHDRAW, {"From_Account": "lena", "To_Account": "omar", "MsgKey": key}) == 0

    async def in_group(url: str) -> int:
        body = {"GroupId": "g1", "From_Account": "omar", "Random": next(numbers), "MsgBody": naming(url)["MsgBody"]}
        return int((await rest("group_open_http_svc/send_group_msg", body))["MsgSeq"])

    async def recall_in_group(seq: int) -> None:
        body = {"GroupId": "g1", "MsgSeqList": [{"MsgSeq": seq}]}
        assert await rest.code("group_open_http_svc/group_msg_recall", body) == 0

    now = [time.time()]
    monkeypatch.setattr(services.media.recalled, "_clock", lambda: now[0])

    async def there(*urls: str) -> list[bool]:
        now[0] += 11
        await services.media.recalled.sweep()
        return [(await rest.client.get(url)).status_code == 200 for url in urls]

    keys = [(await rest(SEND, naming(url)))["MsgKey"] for url in (picture, shared, bundled, edited)]
    first, second = await in_group(grouped), await in_group(shared)
    await services.relays.save(SDKAPPID, msgspec.json.encode(naming(bundled)["MsgBody"]))
    edit = {"From_Account": "lena", "To_Account": "omar", "MsgKey": early, "MsgBody": naming(edited)["MsgBody"]}
    assert await rest.code(MODIFY, edit) == 0
    everything = (picture, shared, grouped, bundled, edited, ours)
    assert await there(*everything) == [True] * 6
    for key in keys:
        await recall(key)
    await recall_in_group(first)
    await services.media.recalled.sweep()  # not yet: what is being sent meanwhile may name them
    assert (await rest.client.get(picture)).status_code == 200
    assert await there(*everything) == [False, True, False, True, True, True]
    await recall_in_group(second)
    assert await there(*everything) == [False, False, False, True, True, True]
    assert len(files(rest)) == 3
    rows = await rest.server.db.fetch("SELECT objects, bytes FROM media_usage")
    assert [tuple(row) for row in rows] == [(3, 12)]
    with monkeypatch.context() as patch:  # too much was stored since: it stays until it is too old
        patch.setattr("sodam.messages.naming.MOST", 0)
        await recall((await rest(SEND, naming(ours)))["MsgKey"])
        assert await there(ours) == [True]


async def test_an_upload_that_was_begun_is_erased(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was killed between owning an object and telling so."""
    await people(rest)
    service = rest.server.services.media
    url = (await upload(rest, b"text"))["URL"]
    await rest.server.db.execute("UPDATE media_object SET state = 0")
    assert (await rest.client.get(url)).status_code == 404
    assert await service.sweep(rest.server.apps.all()) == 0
    monkeypatch.setattr(service, "_clock", lambda: time.time() + 4000)
    assert await service.sweep(rest.server.apps.all()) == 1
    assert files(rest) == []


async def test_addresses_end_when_the_operator_says_so(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    await people(rest)
    service = rest.server.services.media
    monkeypatch.setattr(service, "_link_days", 2)
    url = (await upload(rest, b"text"))["URL"]
    assert (await rest.client.get(url)).status_code == 200
    monkeypatch.setattr(service, "_clock", lambda: time.time() + 3 * media_service.DAY)
    assert (await rest.client.get(url)).status_code == 403


@pytest.mark.parametrize("where", ["memory:///", "file://{}/store"])
async def test_other_stores(rest: Rest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, where: str) -> None:
    await people(rest)
    service = rest.server.services.media
    monkeypatch.setattr(service, "_blobs", CloudBlobs(where.format(tmp_path)))
    said = await upload(rest, media.picture("JPEG"), kind="picture")
    for one in said["ImageInfoArray"]:
        got = await rest.client.get(one["URL"])
        assert Image.open(io.BytesIO(got.content)).size == (one["Width"], one["Height"])
    content = bytes(range(256)) * 4000
    url = (await upload(rest, content))["URL"]
    assert (await rest.client.get(url, headers={"Range": "bytes=70000-700000"})).content == content[70000:700001]
    assert files(rest) == []
    await service.erase_app(SDKAPPID)
    assert (await rest.client.get(url)).status_code == 404


async def test_at_once(rest: Rest) -> None:
    """One user has only so many uploads at a time; others are not in their way."""
    await people(rest)
    hold = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"a"
        await hold.wait()

    waiting = [asyncio.create_task(upload(rest, slow())) for _ in range(media_service.MAX_OF_USER)]
    while rest.server.services.media._receiving.total() < media_service.MAX_OF_USER:
        await asyncio.sleep(0.01)
    assert (await upload(rest, b"text", 429))["ErrorCode"] == 60018
    await upload(rest, b"text", user="omar")
    hold.set()
    await asyncio.gather(*waiting)
    assert rest.server.services.media._receiving.total() == 0


async def test_a_cut_upload_leaves_nothing(rest: Rest) -> None:
    await people(rest)
    service = rest.server.services.media
    path = service.upload_path(service.offer(rest.app, "lena", Kind.FILE, "a.bin"))
    scope = {"type": "http", "method": "PUT", "path": path, "query_string": b"", "headers": [], "scheme": "http"}
    parts: list[dict[str, Any]] = [
        {"type": "http.request", "body": bytes(MIB), "more_body": True},
        {"type": "http.disconnect"},
    ]
    during = list[int]()

    async def receive() -> dict[str, Any]:
        during.append(len(files(rest)))
        return parts.pop(0)

    async def send(answer: Any) -> None:
        raise AssertionError("nobody listens")

    await application(rest.server)(scope, receive, send)
    assert during == [1, 1]
    assert files(rest) == []
    assert not await rest.server.db.fetch("SELECT name FROM media_object")
    assert (await rest.client.put(path, content=b"again")).status_code == 200


async def test_another_app_sees_nothing(rest: Rest) -> None:
    await people(rest)
    url = (await upload(rest, b"text"))["URL"]
    other, _ = await rest.server.apps.create("other", sdkappid=SDKAPPID + 1, secret="7e" * 32, plan="Trial")
    signature = usersig.generate(other.sdkappid, "7e" * 32, "administrator", now=int(time.time()))
    who = {"sdkappid": str(other.sdkappid), "identifier": "administrator", "usersig": signature}

    async def ask(command: str, body: Any) -> dict[str, Any]:
        answer = await rest.client.post(f"/v4/im_cos_msg/{command}", params=who, json=body)
        said: dict[str, Any] = answer.json()
        return said

    assert (await ask("forbid_illegal_object", {"RawURL": url}))["ErrorCode"] == 60017
    assert (await ask("get_cos_sig", {"RawURLs": [{"RawURL": url}]}))["PreSigURLs"][0]["Status"] == 2
    assert (await rest.client.get(url.replace(f"/{SDKAPPID}/", f"/{other.sdkappid}/"))).status_code == 403
    assert (await rest.client.get(url)).content == b"text"


async def test_an_app_keeps_pictures_as_they_are(rest: Rest) -> None:
    await people(rest)
    data = media.picture("JPEG", orientation=6)
    assert (await rest.client.get((await upload(rest, data, kind="picture"))["URL"])).content != data
    wanted = msgspec.structs.replace(rest.app.settings, clean_pictures=False, picture_megabytes=1, file_megabytes=2)
    await rest.configure(settings=wanted)
    said = await upload(rest, data, kind="picture")
    assert (await rest.client.get(said["URL"])).content == data
    assert media.GPS not in (await rest.client.get(said["ImageInfoArray"][1]["URL"])).content
    await upload(rest, bytes(MIB + 1), 413, kind="sound")
    await upload(rest, bytes(2 * MIB))
    await upload(rest, bytes(2 * MIB + 1), 413)
