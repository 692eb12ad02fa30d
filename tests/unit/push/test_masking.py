"""Whoever may read an app sees its pushes in the inbox of development mode, and nothing with which to send any."""

from __future__ import annotations

import json
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sodam.push.masking import masked, shown_token, unsaid
from sodam.push.model import Certificate, Request
from sodam.push.vendors import VENDORS
from sodam.push.vendors.jwt import b64
from sodam.push.vendors.webpush import read_subscription
from tests.unit.push.test_vendors import FIELDS, NOW, delivery

KEY = ec.generate_private_key(ec.SECP256R1())
OWN = b64(KEY.private_numbers().private_value.to_bytes(32))
PUBLIC = b64(KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
P8 = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SECRETS = {
    "AppSecret": "xm+sec/ret=1",
    "MasterSecret": "master-secret",
    "ClientSecret": "client-secret",
    "Key": P8,
    "PrivateKey": OWN,
    "ServiceAccount": json.dumps({"project_id": "p", "client_email": "a@example.org", "private_key": P8}),
    "File": "MIIabcdef",
    "Password": "pass-word",
}
ACCESS = "eyJhbGciOi.access-token.sig_1-2"
SUBSCRIPTION = {"endpoint": "https://push.example/s/1", "keys": {"p256dh": PUBLIC, "auth": b64(b"a" * 16)}}


@pytest.mark.parametrize("vendor", sorted(VENDORS.keys() - {"apns_p12"}))  # whose credential is its connection's
def test_no_credential_is_left(vendor: str) -> None:
    fields = {**FIELDS, "BundleId": "org.example", "KeyId": "K1", "TeamId": "T1", "ProjectId": "p", "PublicKey": PUBLIC,
              "Subject": "mailto:a@example.org", "Topic": "org.example"}  # fmt: skip
    one = Certificate(app=1, id=1, vendor=vendor, name="", fields=fields, created_at=0)
    token = json.dumps(SUBSCRIPTION) if vendor == "webpush" else "TOKEN"
    made = VENDORS[vendor].request(one, SECRETS, ACCESS, delivery({"Title": "Nora"}, token=token), NOW)
    shown = masked(made, SECRETS)
    text = "\n".join([shown.url, *(f"{name}: {value}" for name, value in shown.headers)])
    text += shown.body.decode("latin-1")
    for secret in (*SECRETS.values(), ACCESS):
        assert secret not in text
    assert not re.search(r"eyJ[\w-]+\.", text), "a signed token"
    assert not re.search(r"sign=[0-9a-f]", text)
    assert [name for name, _ in shown.headers] == [name for name, _ in made.headers]
    if vendor != "webpush":  # encrypted there
        assert b"Nora" in shown.body


def test_a_secret_is_found_wherever_it_stands() -> None:
    made = Request("https://x/?k=xm%2Bsec&s=master-secret", b'{"a":"client-secret"}', [("X-Any", "pass-word")])
    shown = masked(made, SECRETS)
    assert shown == Request("https://x/?k=xm%2Bsec&s=***", b'{"a":"***"}', [("X-Any", "***")])


def test_what_a_vendor_repeats_is_left_out() -> None:
    echo = json.dumps({"body": "안녕"}) + json.dumps({"title": "안녕"}, ensure_ascii=False)
    said = f"bad token tok-1234 for {echo}, Bearer {ACCESS}, key=xm%2Bsec%2Fret%3D1: no"
    kept = unsaid(said, [ACCESS, SECRETS["AppSecret"], "tok-1234", "안녕", "no", ""])
    assert kept == 'bad token *** for {"body": "***"}{"title": "***"}, Bearer ***, key=***: no'


def test_a_token_is_known_again_and_of_no_use() -> None:
    assert shown_token("short-token") == "short-token"
    assert shown_token("regid-of-the-phone-of-ann") == "regid-…of-ann"
    endpoint = "https://updates.push.example/wpush/v2/gAAAAABl-secret-of-the-browser"
    shown = shown_token(json.dumps({**SUBSCRIPTION, "endpoint": endpoint}))
    assert shown == "push.example/…rowser"


@pytest.mark.parametrize("endpoint", ["https://[", "ftp://push.example/1", "", 7, None])
def test_what_is_no_address_is_no_subscription(endpoint: object) -> None:
    assert read_subscription(json.dumps({**SUBSCRIPTION, "endpoint": endpoint})) is None
