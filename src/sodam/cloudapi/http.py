"""The cloud API's HTTP edge: ``POST /`` (or GET) with ``X-TC-Action``, answers always HTTP 200.

The checks run in the order of access-management.md 5.1: header, key, time, scope, signature, policy, parameters.
"""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

from sodam.access.model import AccessKey, Caller
from sodam.cloudapi import failures, tc3
from sodam.cloudapi.plane import ControlPlane
from sodam.cloudapi.refusals import Refusals
from sodam.cloudapi.run import run
from sodam.cloudapi.table import SERVICES, TABLE
from sodam.control import ControlError
from sodam.http import BodyTooLarge, Receive, Scope, Send, declared_length, read_body, respond

MAX_BODY: Final = 10 * 1024 * 1024
_JSON: Final = b"application/json"  # the client library reads errors of exactly this type
_VERSIONS: Final = {"cam": "2019-01-16", "cloudaudit": "2019-03-19"}
"""access-management.md section 5; that of the console's own service ``im`` is not documented, any will do."""
_PART: Final = re.compile(rb'name="([^"]+)"')


class CloudApi:
    """Mounted at ``/``. A browser that comes here is sent to the console."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane
        self._refusals = Refusals(plane)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["method"] in ("GET", "HEAD") and "authorization" not in headers and "x-tc-action" not in headers:
            await respond(send, 302, b"text/plain; charset=utf-8", b"", (b"location", b"/console/"))
            return
        request_id = str(uuid.uuid4())
        try:
            result = await self._answer(scope, headers, receive, request_id)
            answer = msgspec.json.encode(result) if result is not None else b"{}"
        except Exception as caught:
            error = failures.of(caught, request_id, edge="cloudapi")
            cure = {"Cure": error.cure} if error.cure else {}
            described = {"Code": error.code, "Message": error.message, **cure, **error.extra}
            answer = msgspec.json.encode({"Error": described})
        inside = answer[1:-1] + b"," if len(answer) > 2 else b""
        payload = b'{"Response":{' + inside + b'"RequestId":"' + request_id.encode() + b'"}}'
        await respond(send, 200, _JSON, payload)

    async def _answer(self, scope: Scope, headers: dict[str, str], receive: Receive, request_id: str) -> Any:
        if scope["method"] not in ("POST", "GET"):
            raise ControlError("UnsupportedProtocol", "use POST or GET")
        if declared_length(scope["headers"]) > MAX_BODY:
            raise _too_large()
        authorization = tc3.parse(headers.get("authorization", ""))
        key = await self._plane.users.key(authorization.secret_id)
        if key is None:
            raise _no_key()  # before the body is read: a stranger's is never kept
        try:
            body = await read_body(receive, MAX_BODY) or b""
        except BodyTooLarge:
            raise _too_large() from None
        caller, service = await self._caller(scope, headers, body, authorization, key, request_id)
        name = headers.get("x-tc-action", "")
        action = TABLE.find(service, name)
        if action is None:
            raise ControlError("InvalidAction", f"the service {service} has no action {name!r}")
        version = headers.get("x-tc-version")
        if version is not None and version != _VERSIONS.get(service, version):
            raise ControlError("NoSuchVersion", f"the service {service} has no version {version!r}")
        return await run(self._plane, action, caller, _parameters(scope, headers, body), request_id)

    async def _caller(
        self,
        scope: Scope,
        headers: dict[str, str],
        body: bytes,
        authorization: tc3.Authorization,
        key: AccessKey,
        request_id: str,
    ) -> tuple[Caller, str]:
        """Who signed, and the service of the signature's scope."""
        plane = self._plane
        client = scope.get("client")
        ip = client[0] if client else ""
        agent = headers.get("user-agent", "") or headers.get("x-tc-requestclient", "")
        try:
            self._verify(scope, headers, body, authorization, key)
            user = await plane.users.get_uin(key.uin)
            await plane.security.guard(user, ip)
        except ControlError as error:
            claimed = f"{authorization.service}:{headers.get('x-tc-action', '')}"
            await self._refusals.note(key, error, claimed=claimed, ip=ip, agent=agent, request_id=request_id)
            raise
        await plane.users.used_key(key.secret_id)
        caller = Caller(user=user, owner_uin=plane.owner_uin, ip=ip, user_agent=agent, edge="cloudapi")
        return caller, authorization.service

    def _verify(
        self, scope: Scope, headers: dict[str, str], body: bytes, authorization: tc3.Authorization, key: AccessKey
    ) -> None:
        """Raises ControlError for a disabled key, a time that is off, an unknown service, a wrong signature."""
        if not key.active:
            raise _no_key()
        timestamp = headers.get("x-tc-timestamp", "")
        tc3.check_time(authorization, timestamp, self._plane.clock())
        if authorization.service not in SERVICES:
            raise ControlError("NoSuchProduct", f"there is no service {authorization.service!r}")
        get = scope["method"] == "GET"
        query = scope["query_string"].decode("latin-1") if get else ""
        canonical = tc3.canonical_request(
            scope["method"], "/", query, headers, authorization.signed_headers, b"" if get else body
        )
        if not tc3.matches(authorization, key.secret_key, timestamp, canonical):
            raise ControlError("AuthFailure.SignatureFailure", "the signature does not match")


def _no_key() -> ControlError:
    return ControlError("AuthFailure.SecretIdNotFound", "this SecretId does not exist or is disabled")


def _too_large() -> ControlError:
    return ControlError("RequestSizeLimitExceeded", f"the body is larger than {MAX_BODY} bytes")


def _parameters(scope: Scope, headers: dict[str, str], body: bytes) -> bytes:
    """The parameters as JSON, whatever form they came in. Raises ControlError."""
    kind = headers.get("content-type", "").split(";", 1)[0].strip().lower()
    if scope["method"] == "GET":
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        return json.dumps(unflattened(pairs)).encode()
    if kind == "multipart/form-data":
        try:
            return json.dumps(_multipart(headers["content-type"], body)).encode()
        except RecursionError:
            raise failures.too_deep() from None
    return body


def unflattened(pairs: list[tuple[str, str]]) -> Any:
    """``A.0.B=1`` as ``{"A": [{"B": "1"}]}``: all values are text, which the decoding takes for what they mean."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        node, parts = root, name.split(".")
        if len(parts) > 8:
            raise ControlError("InvalidParameter", "a parameter is nested too deeply")
        for part in parts[:-1]:
            below = node.setdefault(part, {})
            if not isinstance(below, dict):
                raise ControlError("InvalidParameter", f"the parameter {name!r} contradicts another")
            node = below
        node[parts[-1]] = value
    return _lists(root)


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    items = {key: _lists(value) for key, value in node.items()}
    if items and all(key.isascii() and key.isdigit() and len(key) < 5 for key in items):
        return [items[key] for key in sorted(items, key=int)]
    return items


def _multipart(content_type: str, body: bytes) -> dict[str, Any]:
    """Form fields; one of type JSON is read as such."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found is None:
        raise ControlError("InvalidParameter", "the multipart body has no boundary")
    fields: dict[str, Any] = {}
    for part in body.split(b"--" + found[1].encode())[1:-1]:
        head, _, value = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = _PART.search(head)
        if name is None:
            raise ControlError("InvalidParameter", "a part of the body has no name")
        text = value.removesuffix(b"\r\n").decode("utf-8", "replace")
        try:
            fields[name[1].decode()] = json.loads(text) if b"application/json" in head else text
        except ValueError:
            raise ControlError("InvalidParameter", "a part of the body is not valid JSON") from None
    return fields
