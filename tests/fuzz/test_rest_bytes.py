"""Requests that no client library would send: paths, parameters, methods, framing and bodies as bytes."""

from __future__ import annotations

import base64
import contextlib
import gzip
import random
import socket
import zlib
from typing import Final
from urllib.parse import quote, urlsplit

import pytest

from sodam.errors import Code
from sodam.rest.http import MAX_BODY
from tests.fuzz import judge
from tests.fuzz.seeds import FACTOR, SEED
from tests.fuzz.wire import Caller
from tests.support.server import Engine

CHECK: Final = "im_open_login_svc/account_check"
GOOD: Final = b'{"CheckItem":[{"UserID":"user0"}]}'


@pytest.fixture(scope="module")
def target_engine() -> Engine:
    """None of this reaches the database."""
    return "sqlite"


def code_of(caller: Caller, **changes: str | None) -> int:
    code: int = judge.envelope(caller.call(CHECK, GOOD, query=caller.query(**changes)))["ErrorCode"]
    return code


PATHS: Final = {
    "/v4/": Code.REQUEST_MALFORMED,
    "/v4//": Code.NO_SUCH_COMMAND,
    "/v4/openim": Code.REQUEST_MALFORMED,
    "/v4/openim/": Code.NO_SUCH_COMMAND,
    "/v4//sendmsg": Code.NO_SUCH_COMMAND,
    "/v4/openim/sendmsg/": Code.REQUEST_MALFORMED,
    "/v4/openim/sendmsg/x": Code.REQUEST_MALFORMED,
    "/v4/openim/../openim/sendmsg": Code.REQUEST_MALFORMED,
    "/v4/OpenIM/sendmsg": Code.NO_SUCH_COMMAND,
    "/v4/openim/SendMsg": Code.NO_SUCH_COMMAND,
    "/v4/openim/nothing": Code.NO_SUCH_COMMAND,
    "/v4/nothing/sendmsg": Code.NO_SUCH_COMMAND,
    "/v4/openim/__init__": Code.NO_SUCH_COMMAND,
    "/v4/openim/sendmsg%00": Code.NO_SUCH_COMMAND,
    "/v4/openim/%ff%fe": Code.NO_SUCH_COMMAND,
    "/v4/openim/%zz": Code.NO_SUCH_COMMAND,
    "/v4/openim/send msg".replace(" ", "%20"): Code.NO_SUCH_COMMAND,
    "/v4/openim/" + "x" * 5000: Code.NO_SUCH_COMMAND,
    "/v4/group_open_http_svc/nothing": Code.GROUP_NO_SUCH_COMMAND,
}


@pytest.mark.parametrize("path", PATHS)
def test_path(caller: Caller, path: str) -> None:
    assert judge.refused(caller.send(path, b"{}")) == PATHS[path]


def test_path_may_be_percent_encoded_or_absolute(caller: Caller) -> None:
    assert judge.envelope(caller.send("/v4/im_open_login_svc/account%5Fcheck", GOOD))["ErrorCode"] == 0
    assert judge.envelope(caller.send(f"http://console.tim.qq.com/v4/{CHECK}", GOOD))["ErrorCode"] == 0


@pytest.mark.parametrize("path", ["/", "/v4", "/v5/openim/sendmsg", "/%2e%2e/etc/passwd", "/v4%2fopenim/x", "//v4/a/b"])
def test_elsewhere_is_not_found(caller: Caller, path: str) -> None:
    assert caller.send(path, b"{}").status in (404, 200)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "LINK"])
def test_method(caller: Caller, method: str) -> None:
    assert judge.refused(caller.call(CHECK, GOOD, method=method)) == Code.REQUEST_MALFORMED


def test_head_has_no_body(caller: Caller) -> None:
    assert caller.call(CHECK, b"", method="HEAD").status == 200
    assert judge.envelope(caller.call(CHECK, GOOD))["ErrorCode"] == 0


def test_get_as_real_clients_do(caller: Caller) -> None:
    """real-clients.md: with a JSON body, or without any, which is an object without fields."""
    assert judge.envelope(caller.call(CHECK, GOOD, method="GET"))["ErrorCode"] == 0
    answer = judge.envelope(caller.call(CHECK, b"", method="GET"))
    assert answer == judge.envelope(caller.call(CHECK, b"{}"))
    assert "CheckItem" in answer["ErrorInfo"]


QUERIES: Final = {
    "": Code.SDKAPPID_MISSING,
    "&&&": Code.SDKAPPID_MISSING,
    "=": Code.SDKAPPID_MISSING,
    "sdkappid": Code.SDKAPPID_MISSING,
    "sdkappid=": Code.SDKAPPID_MISSING,
    "SdkAppId={app}": Code.SDKAPPID_MISSING,
    "sdkappid=0": Code.SDKAPPID_INVALID,
    "sdkappid=-1": Code.SDKAPPID_INVALID,
    "sdkappid=1e9": Code.SDKAPPID_INVALID,
    "sdkappid=x": Code.SDKAPPID_INVALID,
    "sdkappid=%00": Code.SDKAPPID_INVALID,
    "sdkappid=%D9%A1": Code.SDKAPPID_INVALID,
    "sdkappid=%C2%B2": Code.SDKAPPID_INVALID,
    "sdkappid=99999999999999999999999999": Code.SDKAPPID_INVALID,
    "sdkappid=" + "9" * 5000: Code.SDKAPPID_INVALID,
    "sdkappid={app}": Code.CREDENTIALS_MALFORMED,
    "sdkappid={app}&identifier=": Code.CREDENTIALS_MALFORMED,
    "sdkappid={app}&identifier=administrator": Code.USERSIG_EMPTY,
    "sdkappid={app}&identifier=administrator&usersig": Code.USERSIG_EMPTY,
    "sdkappid={app}&Identifier=administrator&usersig={sig}": Code.CREDENTIALS_MALFORMED,
    "sdkappid={app}&identifier=administrator&usersig={sig}&identifier=user0": Code.USERSIG_USER_MISMATCH,
    "sdkappid={app}&identifier=Administrator&usersig={sig}": Code.USERSIG_USER_MISMATCH,
    "sdkappid={app}&identifier=%00&usersig={sig}": Code.USERSIG_USER_MISMATCH,
    "sdkappid={app}&identifier=%ff&usersig={sig}": Code.USERSIG_USER_MISMATCH,
    "usersig={sig}&identifier=administrator&sdkappid={app}": 0,
    "usersig={sig}&identifier=administrator&sdkappid={app}&random=-1&contenttype=xml&x=%zz&&=": 0,
    "usersig={sig}&identifier=%61dministrator&sdkappid=%31{rest}": 0,
    "sdkappid=1&sdkappid={app}&identifier=administrator&usersig={sig}": 0,
}


@pytest.mark.parametrize("query", QUERIES)
def test_query(caller: Caller, query: str) -> None:
    app = str(caller.server.sdkappid)
    text = query.replace("{app}", app).replace("{rest}", app[1:]).replace("{sig}", caller.signature)
    assert judge.envelope(caller.call(CHECK, GOOD, query=text))["ErrorCode"] == QUERIES[query]


@pytest.mark.parametrize("url", ["/v4/openim/字", "/v4/openim/sendmsg?sdkappid=字", "/v4/openim/\x01", "v4/openim/x"])
def test_url_that_is_no_http(caller: Caller, url: str) -> None:
    """HTTP's own answer: a URL has ASCII letters only."""
    assert caller.raw(f"POST {url} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()).status == 400


def test_signature_percent_encoded_in_any_way(caller: Caller) -> None:
    bare = caller.signature.replace("%2A", "*")
    for text in (bare, bare.replace("*", "%2a"), "".join(f"%{ord(c):02X}" for c in bare), quote(bare, safe="")):
        assert code_of(caller, usersig=text) == 0


UNREADABLE: Final = (
    *("x", "=", "%00", "%ff", "%E5%AD%97", "null", "{}", "AAAA", "a" * 7000, "a" * 7001, "%20", "+", "*-_", "eJw_"),
    *(base64.b64encode(zlib.compress(b)).decode().translate(str.maketrans("+/=", "*-_")) for b in (
        b"", b"{}", b"[]", b"null", b"\xff", b"[" * 60_000, b'{"TLS.ver":"2.0"}', b" " * 5_000_000,
        b'{"TLS.ver":2}', b'{"TLS.ver":"2.0","TLS.identifier":"administrator","TLS.sdkappid":1e400}',
    )),
)  # fmt: skip


@pytest.mark.parametrize("token", UNREADABLE, ids=range(len(UNREADABLE)))
def test_signature_that_is_none(caller: Caller, token: str) -> None:
    answer = caller.call(CHECK, GOOD, query=caller.query(usersig=token))
    assert judge.refused(answer) in (Code.USERSIG_UNDECODABLE, Code.USERSIG_CONTENT_INVALID)


def test_signature_with_a_character_changed(caller: Caller) -> None:
    """Nothing but the very content is accepted; zlib has bits that mean nothing."""
    rng = random.Random(SEED)
    good = caller.signature.replace("%2A", "*")
    for _ in range(int(300 * FACTOR)):
        at = rng.randrange(len(good))
        token = good[:at] + rng.choice(("", rng.choice("abcXYZ019*-_"), good[at] * 2, "%00")) + good[at + 1 :]
        code = judge.envelope(caller.call(CHECK, GOOD, query=caller.query(usersig=token)))["ErrorCode"]
        assert 70000 < code < 70050 or _content(token) == _content(good), f"{code} for {token}"


def _content(token: str) -> bytes:
    return zlib.decompress(base64.b64decode(token.translate(str.maketrans("*-_", "+/="))))


def _chunked(body: bytes, size: int, extension: bytes = b"") -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x%b\r\n%b\r\n" % (len(p), extension, p) for p in parts) + b"0\r\n\r\n"


def _request(caller: Caller, headers: bytes, body: bytes, method: str = "POST") -> bytes:
    target = f"/v4/{CHECK}?{caller.query()}".encode("latin-1")
    return method.encode() + b" " + target + b" HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n" + body


@pytest.mark.parametrize(("size", "extension"), [(1, b""), (7, b";x=y"), (4096, b"")])
def test_chunked(caller: Caller, size: int, extension: bytes) -> None:
    request = _request(caller, b"Transfer-Encoding: chunked\r\n", _chunked(GOOD, size, extension))
    assert judge.envelope(caller.raw(request))["ErrorCode"] == 0


def test_body_of_a_megabyte_and_one_byte_more(caller: Caller) -> None:
    full = GOOD + b" " * (MAX_BODY - len(GOOD))
    assert judge.envelope(caller.call(CHECK, full))["ErrorCode"] == 0
    for body in (full + b" ", full * 4):
        assert judge.refused(caller.call(CHECK, body)) == Code.REQUEST_MALFORMED
        request = _request(caller, b"Transfer-Encoding: chunked\r\n", _chunked(body, 100_000))
        assert judge.refused(caller.raw(request)) == Code.REQUEST_MALFORMED


BODIES: Final = (
    *(b"", b" ", b"\0", b"{", b"}", b"{}x", b"{}{}", b"[]", b"null", b"1", b'"{}"', b"\xff", b"{'a':1}", b"{a:1}"),
    *(b"\xef\xbb\xbf" + GOOD, GOOD.decode().encode("utf-16"), gzip.compress(GOOD), GOOD + b"\0", b"<xml/>", b"a=b&c=d"),
    *(b"[" * 200_000, b'{"CheckItem":' * 50_000, b'{"CheckItem":[' + b"1" * 900_000 + b"]}", b'"' * 1001, b"\\u0000"),
    *(b'{"CheckItem":[{"UserID":"\\x"}]}', b'{"CheckItem":[{"UserID":"\xed\xa0\x80"}]}', b'{"CheckItem":[' * 9),
)


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_body_that_is_no_request(caller: Caller, body: bytes) -> None:
    assert judge.envelope(caller.call(CHECK, body))["ErrorCode"] == Code.ACCOUNT_BAD_PARAMETER


def test_half_a_character_is_taken_for_an_unknown_one(caller: Caller) -> None:
    assert judge.envelope(caller.call(CHECK, b'{"CheckItem":[{"UserID":"\\ud800"}]}'))["ErrorCode"] == 0


FRAMINGS: Final = (
    b"Content-Length: x\r\n",
    b"Content-Length: -1\r\n",
    b"Content-Length: 99999999999999999999999\r\n",
    b"Content-Length: 2\r\nContent-Length: 3\r\n",
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Bad Header\r\n",
    b"Bad\0: x\r\n",
    b": x\r\n",
    b"X: " + b"y" * 200_000 + b"\r\n",
)


@pytest.mark.parametrize("headers", FRAMINGS, ids=range(len(FRAMINGS)))
def test_broken_framing_is_refused_at_once(caller: Caller, headers: bytes) -> None:
    """What is no HTTP gets HTTP's own answer, or a closed connection; the next one is served."""
    caller.close()
    with contextlib.suppress(ConnectionError):
        answer = caller.raw(_request(caller, headers, b"{}"))
        assert answer.status in (400, 413, 431, 200)
    caller.close()


def test_client_that_leaves_within_its_body(caller: Caller) -> None:
    for _ in range(20):
        with _connect(caller) as sock:
            sock.sendall(_request(caller, b"Content-Length: 100\r\n", GOOD))


def test_pipelined_requests_are_answered_in_order(caller: Caller) -> None:
    bodies = [b'{"CheckItem":[{"UserID":"pipe%d"}]}' % n for n in range(20)]
    with _connect(caller) as sock:
        sock.sendall(b"".join(_request(caller, b"Content-Length: %d\r\n" % len(b), b) for b in bodies))
        data = b""
        while data.count(b'"UserID"') < len(bodies):
            part = sock.recv(65536)
            assert part
            data += part
    places = [data.index(b'"pipe%d"' % n) for n in range(20)]
    assert places == sorted(places)


def _connect(caller: Caller) -> socket.socket:
    parts = urlsplit(caller.server.url)
    assert parts.port
    return socket.create_connection(("127.0.0.1", parts.port), 60)


def _mutated(rng: random.Random, data: bytes) -> bytes:
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data))
        match rng.randrange(5):
            case 0:
                data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[at + rng.randint(1, 8) :]
            case 2:
                data = data[:at] + rng.randbytes(rng.randint(1, 16)) + data[at:]
            case 3:
                data = data[:at] + data[at : at + rng.randint(1, 40)] * 2 + data[at:]
            case _:
                data = data[:at] + rng.choice((b"\r\n", b"\0", b"%", b"%00", b"&", b"/", b"?", b" ", b":")) + data[at:]
    return data or b"\0"


def test_mutated_requests(caller: Caller) -> None:
    """Whole requests with bytes changed: an answer that is no failure, or a closed connection."""
    rng = random.Random(SEED)
    for _ in range(int(400 * FACTOR)):
        request = _mutated(rng, _request(caller, b"Content-Length: %d\r\n" % len(GOOD), GOOD))
        status = _outcome(caller, request)
        assert status is None or 200 <= status < 500, f"HTTP {status} for {request!r}"


def _outcome(caller: Caller, request: bytes) -> int | None:
    """The status of the first answer, or None."""
    with _connect(caller) as sock, contextlib.suppress(ConnectionError):
        sock.sendall(request)
        sock.settimeout(0.05)
        data = b""
        with contextlib.suppress(TimeoutError):
            data = sock.recv(65536)
        if not data:  # it waits for more
            sock.settimeout(60)
            sock.shutdown(socket.SHUT_WR)
            data = sock.recv(65536)
        return int(data.split(b" ", 2)[1]) if data else None
    return None
