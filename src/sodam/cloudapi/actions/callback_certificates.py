"""Mutual TLS of webhooks: the certificates that receivers are shown, and the authority that signed them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Id, OfApp
from sodam.webhooks.certificates import facts
from sodam.webhooks.model import Certificate
from sodam.webhooks.mutual import MAX_OVERLAP_DAYS, OVERLAP_DAYS

Days = Annotated[int, msgspec.Meta(ge=0, le=MAX_OVERLAP_DAYS)]


class ClientCertificate(msgspec.Struct, kw_only=True):
    Number: Id
    Pem: str
    Subject: str
    Serial: str
    Fingerprint: str
    """SHA-256."""
    NotBefore: Id
    """Unix seconds, as the others."""
    NotAfter: Id
    UsedFrom: Id
    InUse: bool
    """It is the one that the callback URL is shown now."""


class ClientCertificates(msgspec.Struct):
    Authority: str
    """The certificate of this server's authority, PEM: what a receiver trusts."""
    Certificates: list[ClientCertificate]
    """The newest first; without any, requests are made as a browser makes them."""


async def _view(call: Call) -> ClientCertificates:
    mutual = call.plane.services.webhooks.mutual
    found = await mutual.of(call.the_app.sdkappid)
    shown = mutual.shown(found)
    return ClientCertificates(await mutual.authority(), [_one(one, one is shown) for one in found])


def _one(one: Certificate, in_use: bool) -> ClientCertificate:
    read = facts(one.pem)
    return ClientCertificate(
        Number=one.number,
        Pem=one.pem,
        Subject=read.subject,
        Serial=read.serial,
        Fingerprint=read.fingerprint,
        NotBefore=read.begins,
        NotAfter=read.ends,
        UsedFrom=one.used_from,
        InUse=in_use,
    )


@action("im", "DownloadAuthenticateMutually", kind="read", level="app")
async def download_authenticate_mutually(call: Call, request: OfApp) -> ClientCertificates:
    """The authority that a receiver trusts, and the client certificates that the callback URL is shown."""
    return await _view(call)


class Rotate(OfApp, kw_only=True):
    Days: Days = OVERLAP_DAYS
    """Until the new certificate is used; the one before stays good until it ends. The first one is used at once."""


@action("im", "RotateCallbackCertificate", kind="write", level="app")
async def rotate_callback_certificate(call: Call, request: Rotate) -> ClientCertificates:
    """Make a client certificate for the callback URL, the first or the next one."""
    made = await call.plane.services.webhooks.mutual.rotate(call.the_app.sdkappid, request.Days)
    call.changed({}, _facts(made))
    return await _view(call)


@action("im", "UseCallbackCertificate", kind="write", level="app")
async def use_callback_certificate(call: Call, request: OfApp) -> ClientCertificates:
    """Show the newest client certificate to the callback URL from now on."""
    used = await call.plane.services.webhooks.mutual.use_now(call.the_app.sdkappid)
    call.changed({}, _facts(used))
    return await _view(call)


@action("im", "DeleteCallbackCertificates", kind="write", level="app")
async def delete_callback_certificates(call: Call, request: OfApp) -> ClientCertificates:
    """Show the callback URL no client certificate any longer."""
    mutual, app = call.plane.services.webhooks.mutual, call.the_app.sdkappid
    call.changed({"Certificates": [one.number for one in await mutual.of(app)]}, {"Certificates": []})
    await mutual.remove(app)
    return await _view(call)


def _facts(one: Certificate) -> dict[str, object]:
    return {"Number": one.number, "Fingerprint": facts(one.pem).fingerprint, "UsedFrom": one.used_from}
