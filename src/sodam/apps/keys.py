"""An app's keys: a second one, withdrawing the first, the move from ECDSA to HMAC (console.md section 2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sodam.apps import store
from sodam.apps.model import AppKey
from sodam.apps.service import AppService
from sodam.clock import now as wall_clock
from sodam.control import ControlError, missing
from sodam.storage import Tx

HMAC: Final = "HMAC-SHA256"
ECDSA: Final = "ECDSA-SHA256"
MAX_HMAC_KEYS: Final = 2


def new_hmac(key_id: int, now: int) -> AppKey:
    """32 random bytes as hexadecimal text; the text itself is the key."""
    return AppKey(key_id=key_id, algorithm="HMAC-SHA256", secret=secrets.token_hex(32), created_at=now)


def new_ecdsa(key_id: int, now: int) -> AppKey:
    """A P-256 pair, as apps of the older scheme have it."""
    private = ec.generate_private_key(ec.SECP256R1())
    return AppKey(
        key_id=key_id,
        algorithm="ECDSA-SHA256",
        secret=private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        public_pem=private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
        created_at=now,
    )


class _Known(Exception):
    """The app has the key: the transaction is given up."""


class AppKeys:
    def __init__(self, apps: AppService, clock: Callable[[], float] = wall_clock) -> None:
        self._apps = apps
        self._clock = clock

    async def add(self, sdkappid: int) -> AppKey:
        """A further HMAC key; both sign and verify from now on. Raises ControlError LimitExceeded.Keys."""

        async def run(tx: Tx) -> AppKey:
            await _locked(tx, sdkappid)
            key = self._next(await store.keys_of(tx, sdkappid))
            await store.insert_key(tx, sdkappid, key)
            return key

        return await self._apps.change(sdkappid, run)

    async def ensure(self, sdkappid: int, secret: str) -> bool:
        """An HMAC key of this text; False when the app has it already. Raises as ``add``."""

        async def run(tx: Tx) -> None:
            await _locked(tx, sdkappid)
            keys = await store.keys_of(tx, sdkappid)
            if any(key.secret == secret for key in keys):
                raise _Known  # nothing is written, nor the app's version
            await store.insert_key(tx, sdkappid, self._next(keys, secret))

        try:
            await self._apps.change(sdkappid, run)
        except _Known:
            return False
        return True

    def _next(self, keys: Sequence[AppKey], secret: str = "") -> AppKey:
        """A further HMAC key. Raises ControlError LimitExceeded.Keys."""
        if sum(key.algorithm == HMAC for key in keys) >= MAX_HMAC_KEYS:
            message = f"an app has at most {MAX_HMAC_KEYS} keys"
            raise ControlError(
                "LimitExceeded.Keys", message, cure="Withdraw the one that is no longer used.", Most=MAX_HMAC_KEYS
            )
        key = new_hmac(max((k.key_id for k in keys), default=0) + 1, int(self._clock()))
        return msgspec.structs.replace(key, secret=secret) if secret else key

    async def withdraw(self, sdkappid: int, key_id: int) -> AppKey:
        """Signatures made with it are refused from now on; the key. Never the last one: raises ControlError."""

        async def run(tx: Tx) -> AppKey:
            await _locked(tx, sdkappid)
            keys = {key.key_id: key for key in await store.keys_of(tx, sdkappid)}
            if key_id not in keys:
                raise missing(f"the app has no key {key_id}", detail="NoSuchKey")
            if len(keys) == 1:
                raise ControlError(
                    "FailedOperation.LastKey", "the last key cannot be withdrawn", cure="Make a new one first."
                )
            await store.delete_key(tx, sdkappid, key_id)
            return keys[key_id]

        return await self._apps.change(sdkappid, run)

    async def move_to_hmac(self, sdkappid: int) -> AppKey:
        """Give an ECDSA app its HMAC key. Both verify until the ECDSA key is withdrawn."""

        async def run(tx: Tx) -> AppKey:
            await _locked(tx, sdkappid)
            keys = await store.keys_of(tx, sdkappid)
            if any(key.algorithm == HMAC for key in keys):
                raise ControlError("FailedOperation.AlreadyHmac", "the app has an HMAC-SHA256 key already")
            key = new_hmac(max(k.key_id for k in keys) + 1, int(self._clock()))
            await store.insert_key(tx, sdkappid, key)
            return key

        return await self._apps.change(sdkappid, run)


async def _locked(tx: Tx, sdkappid: int) -> None:
    app = await store.lock(tx, sdkappid)
    if app is None:
        raise missing(f"there is no app {sdkappid}", "SdkAppIdNotFound", SDKAppID=sdkappid)
    if app.deleting_at:
        raise ControlError("ResourceInUse", "the app is being deleted", detail="AppBeingDeleted")


def masked(key: AppKey) -> str:
    """Enough to tell keys apart."""
    return f"{key.secret[:4]}…{key.secret[-4:]}" if key.algorithm == HMAC else "EC P-256 key pair"
