"""What a vendor is: the fields of its credentials, its requests, and how its answers are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import urlencode

from sodam.outbound import Answer
from sodam.push.model import Access, Certificate, Delivery, Outcome, Request

MAX_ENDPOINT: Final = 500


class Field(NamedTuple):
    """Of a vendor's credentials."""

    name: str
    required: bool = True
    secret: bool = False
    most: int = 500
    choices: tuple[str, ...] = ()


ENDPOINT: Final = Field("Endpoint", required=False, most=MAX_ENDPOINT)
"""Another address than the vendor's own, for regions and for tests."""
CLICK: Final = (
    Field("ClickAction", required=False, choices=("app", "page", "url")),
    Field("ClickPage", required=False, most=1000),
    Field("ClickUrl", required=False, most=1000),
)
Secrets = Mapping[str, str]


class BadCredentials(Exception):
    """They cannot be used; the text says why, ``detail`` in one word for the console."""

    def __init__(self, text: str, detail: str = "PushCredentials") -> None:
        super().__init__(text)
        self.detail = detail


class Vendor(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def number(self) -> int:
        """PushPlatform of webhooks."""
        ...

    @property
    def fields(self) -> tuple[Field, ...]: ...
    @property
    def http2(self) -> bool: ...
    @property
    def counts_badge(self) -> bool:
        """Whether a push carries the icon's number, or by how much it grows."""
        ...

    @property
    def sets_badge(self) -> bool:
        """Whether a push may be nothing but that number."""
        ...

    def check(self, fields: dict[str, str], secrets: dict[str, str]) -> None:
        """May add what it makes itself. Raises BadCredentials for what the vendor could not accept."""
        ...

    def access(self, certificate: Certificate, secrets: Secrets, now: float) -> Access | Request | None:
        """An access token made here, or the request that gets one, or None: there is none."""
        ...

    def read_access(self, answer: Answer, now: float) -> Access | Outcome: ...

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request: ...

    def judge(self, answer: Answer) -> Outcome: ...


class Plain:
    """A vendor without access tokens."""

    http2 = False
    counts_badge = False
    sets_badge = False

    def check(self, fields: dict[str, str], secrets: dict[str, str]) -> None:
        return

    def access(self, certificate: Certificate, secrets: Secrets, now: float) -> Access | Request | None:
        return None

    def read_access(self, answer: Answer, now: float) -> Access | Outcome:
        raise AssertionError("there are no access tokens")


def form(url: str, values: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Request:
    sent = [("Content-Type", "application/x-www-form-urlencoded"), *(headers or {}).items()]
    return Request(url, urlencode({k: v for k, v in values.items() if v is not None}).encode(), sent)


def as_json(url: str, body: Any, headers: Mapping[str, str] | None = None) -> Request:
    sent = [("Content-Type", "application/json; charset=utf-8"), *(headers or {}).items()]
    return Request(url, compact(body), sent)


def compact(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def base(certificate: Certificate, default: str) -> str:
    return (certificate.fields.get("Endpoint") or default).rstrip("/")


def without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is None or an empty text."""
    return {name: value for name, value in values.items() if value is not None and value != ""}


def decoded(answer: Answer) -> dict[str, Any]:
    """An answer's JSON object; empty when it is none."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def by_status(answer: Answer, code: str = "", reason: str = "") -> Outcome:
    """What an HTTP status alone says, for vendors' answers that say nothing else."""
    code = code or f"HTTP {answer.status}"
    if answer.status == 429 or answer.status >= 500:
        return Outcome("wait", code, reason, retry_after(answer))
    if answer.status in (401, 403):
        return Outcome("ours", code, reason)
    return Outcome("payload", code, reason)


def retry_after(answer: Answer) -> float:
    """Seconds that the answer asks to wait; 0: it does not say."""
    text = answer.header("retry-after")
    return min(float(text), 3600.0) if text.isascii() and text.isdigit() else 0.0


def by_table(table: Mapping[str, str], code: str, reason: str, answer: Answer, ok: str) -> Outcome:
    """The outcome of a vendor's own code: ``table`` names those that mean more than a push that was not taken."""
    if code == ok:
        return Outcome("ok")
    if code in table:
        return Outcome(table[code], code, reason, retry_after(answer))  # type: ignore[arg-type]
    if answer.status == 429 or answer.status >= 500:
        return by_status(answer, code, reason)
    return Outcome("payload", code, reason)
