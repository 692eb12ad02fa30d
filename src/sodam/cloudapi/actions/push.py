"""Offline push: credentials with the vendors' services, the devices of a user, a test push, what was not taken."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.accounts.model import MAX_USER_ID
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Id, Limit, OfApp, UserId
from sodam.control import missing
from sodam.push.causes import HINTS, cause_of
from sodam.push.certificates import MAX_NAME
from sodam.push.masking import shown_token
from sodam.push.model import Certificate
from sodam.push.vendors import VENDORS
from sodam.push.words import LIMITS


class FieldView(msgspec.Struct):
    Name: str
    Required: bool
    Secret: bool
    Most: int
    """Characters."""
    Choices: list[str]


class VendorView(msgspec.Struct):
    Vendor: str
    Fields: list[FieldView]
    TitleShown: int
    """How much of a title its devices show, in UTF-16 units; 0: as much as there is."""
    TextShown: int


class CertificateView(msgspec.Struct, kw_only=True):
    CertificateId: Id
    """Clients name it as BusiID when they report a token."""
    Vendor: str
    Name: str
    Fields: dict[str, str]
    """Without what is secret."""
    CreateTime: Id
    Trouble: str
    """What the vendor says is wrong with the credentials; empty: nothing is known."""
    TroubleTime: Id
    ExpireTime: Id
    """When the vendor takes the credentials no longer; 0: they have no end."""
    App: str
    """Package, bundle, contact or Firebase project; empty: none is known."""
    Devices: int
    """Devices that reported a token for it; 10 000 stands for that many or more."""


class Certificates(msgspec.Struct):
    Certificates: list[CertificateView]
    Vendors: list[VendorView]
    """What may be uploaded."""


async def _view(call: Call, one: Certificate, devices: dict[int, int]) -> CertificateView:
    return CertificateView(
        CertificateId=one.id,
        Vendor=one.vendor,
        Name=one.name,
        Fields=one.fields,
        CreateTime=one.created_at,
        Trouble=one.trouble,
        TroubleTime=one.trouble_at,
        ExpireTime=await call.plane.services.push.certificates.ends(one),
        App=await call.plane.services.push.certificates.app_of(one),
        Devices=devices.get(one.id, 0),
    )


@action("im", "DescribePushCertificates", kind="list", level="app")
async def describe_push_certificates(call: Call, request: OfApp) -> Certificates:
    """The app's credentials with push services, without what is secret, and which fields each vendor's have."""
    push, app = call.plane.services.push, call.the_app.sdkappid
    found, devices = await push.certificates.of(app), await push.devices.counts(app)
    vendors = [
        VendorView(
            name,
            [FieldView(f.name, f.required, f.secret, f.most, list(f.choices)) for f in vendor.fields],
            *LIMITS.get(name, (0, 0)),
        )
        for name, vendor in VENDORS.items()
    ]
    return Certificates([await _view(call, one, devices) for one in found.values()], vendors)


class PutPushCertificate(OfApp, kw_only=True):
    Vendor: Annotated[str, msgspec.Meta(max_length=40)]
    Fields: dict[str, str]
    """A .p12 file is given in base64, a .p8 file and a service account as their text."""
    Name: Annotated[str, msgspec.Meta(max_length=MAX_NAME)] = ""
    CertificateId: Id = 0
    """Of one whose credentials change: secrets that are left out stay. 0: a new one."""


@action("im", "PutPushCertificate", kind="write", level="app")
async def put_push_certificate(call: Call, request: PutPushCertificate) -> CertificateView:
    """Upload credentials of a push service; in force at once. For webpush without a PrivateKey a pair is made."""
    certificates, app = call.plane.services.push.certificates, call.the_app.sdkappid
    old = (await certificates.of(app)).get(request.CertificateId)
    facts = {"Vendor": request.Vendor, "Name": request.Name, "CertificateId": request.CertificateId}
    call.changed({"CertificateId": old.id, "Vendor": old.vendor, "Name": old.name} if old else {}, facts)
    new = await certificates.put(app, request.Vendor, request.Name, request.Fields, number=request.CertificateId)
    return await _view(call, new, await call.plane.services.push.devices.counts(app))


class OfCertificate(OfApp, kw_only=True):
    CertificateId: Id


@action("im", "DeletePushCertificate", kind="write", level="app")
async def delete_push_certificate(call: Call, request: OfCertificate) -> None:
    """Delete credentials, and forget the devices that reported tokens for them."""
    call.changed({"CertificateId": request.CertificateId}, {})
    await call.plane.services.push.certificates.delete(call.the_app.sdkappid, request.CertificateId)


class OfUser(OfApp, kw_only=True):
    UserID: UserId


class DeviceView(msgspec.Struct, kw_only=True):
    RegistrationId: str
    CertificateId: Id
    Vendor: str
    """Empty: the certificate is gone."""
    Token: str
    """Its beginning and end."""
    Model: str
    System: str
    Language: str
    Background: bool
    Muted: bool
    """The user forbade notifications on the device."""
    Badge: Id
    ReportTime: Id


class Devices(msgspec.Struct):
    Devices: list[DeviceView]


@action("im", "DescribePushDevices", kind="list", level="app")
async def describe_push_devices(call: Call, request: OfUser) -> Devices:
    """The devices of a user that reported a push token and are still signed in."""
    push, app = call.plane.services.push, call.the_app.sdkappid
    certificates = await push.certificates.of(app)
    found = []
    for device in await push.devices.of(app, [request.UserID]):
        one = certificates.get(device.certificate)
        found.append(
            DeviceView(
                RegistrationId=device.registration,
                CertificateId=device.certificate,
                Vendor=one.vendor if one is not None else "",
                Token=shown_token(device.token),
                Model=device.model,
                System=device.system,
                Language=device.language,
                Background=bool(device.background),
                Muted=bool(device.muted),
                Badge=device.badge,
                ReportTime=device.reported_at,
            )
        )
    return Devices(found)


class OfDevice(OfApp, kw_only=True):
    RegistrationId: Annotated[str, msgspec.Meta(max_length=64)]


@action("im", "DeletePushDevice", kind="write", level="app")
async def delete_push_device(call: Call, request: OfDevice) -> None:
    """Forget a device: it gets no pushes until its app reports a token again. It stays signed in."""
    devices, name = call.plane.services.push.devices, request.RegistrationId
    device = (await devices.registered(call.the_app.sdkappid, [name])).get(name)
    if device is None:
        raise missing("there is no such device", detail="NoSuchDevice")
    call.changed({"UserID": device.user_id, "CertificateId": device.certificate, "Model": device.model}, {})
    await devices.drop(device)


class TestPush(OfDevice, kw_only=True):
    Title: Annotated[str, msgspec.Meta(max_length=100)] = "Test"
    Text: Annotated[str, msgspec.Meta(max_length=400)] = "A test push"


class TestedPush(msgspec.Struct):
    Taken: bool
    Result: str
    Code: str
    Reason: str
    Cause: str
    """In one word; empty: none."""
    Hint: str
    """What is behind it, and what to do."""


@action("im", "TestPush", kind="write", level="app")
async def test_push(call: Call, request: TestPush) -> TestedPush:
    """Send a push to a device now and say what the vendor answers, with what may be behind a refusal."""
    push, app = call.plane.services.push, call.the_app.sdkappid
    device = (await push.devices.registered(app, [request.RegistrationId])).get(request.RegistrationId)
    one = (await push.certificates.of(app)).get(device.certificate) if device is not None else None
    if device is None or one is None:
        raise missing("there is no such device", detail="NoSuchDevice")
    call.changed({}, {"UserID": device.user_id, "CertificateId": one.id})
    outcome = await push.test(one, device, request.Title, request.Text)
    cause = cause_of(one.vendor, outcome.result, outcome.code, channel=bool(one.fields.get("ChannelId")))
    return TestedPush(
        Taken=outcome.result == "ok",
        Result=outcome.result,
        Code=outcome.code,
        Reason=outcome.reason[:300],
        Cause=cause,
        Hint=HINTS.get(cause, ""),
    )


class DescribePushFailures(OfApp, kw_only=True):
    Before: Id = 0
    Limit: Limit = 50
    UserID: Annotated[str, msgspec.Meta(max_length=MAX_USER_ID)] = ""
    """Those of one user; empty: of everybody."""


class FailureView(msgspec.Struct, kw_only=True):
    FailureId: Id
    Time: Id
    UserID: str
    CertificateId: Id
    Vendor: str
    Result: str
    """gone: the token was forgotten; wait: tried again; ours: the credentials; payload: this push."""
    Code: str
    Reason: str
    Cause: str
    """In one word, as TestPush has it."""


class Failures(msgspec.Struct):
    Failures: list[FailureView]


@action("im", "DescribePushFailures", kind="list", level="app")
async def describe_push_failures(call: Call, request: DescribePushFailures) -> Failures:
    """The pushes that vendors did not take, the newest first; the last thousand are kept."""
    found = await call.plane.services.push.failures(
        call.the_app.sdkappid, request.Before, request.Limit, request.UserID
    )
    return Failures(
        [
            FailureView(
                FailureId=number,
                Time=one.at,
                UserID=one.user_id,
                CertificateId=one.certificate,
                Vendor=one.vendor,
                Result=one.outcome,
                Code=one.code,
                Reason=one.reason,
                Cause=cause_of(one.vendor, one.outcome, one.code),
            )
            for number, one in found
        ]
    )
