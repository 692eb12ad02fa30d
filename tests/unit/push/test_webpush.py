"""The encryption of web push is that of the standard: its own example is read, with the standard's keys."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sodam.push.vendors.jwt import unb64
from sodam.push.vendors.webpush import encrypt, keys

# RFC 8291, section 5.
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def read(body: bytes) -> bytes:
    """As the browser of the example reads it."""
    own = ec.derive_private_key(int.from_bytes(unb64(PRIVATE)), ec.SECP256R1())
    point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    assert point == unb64(PUBLIC)
    salt, sender = body[:16], body[21 : 21 + body[20]]
    secret = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    key, nonce = keys(secret, unb64(AUTH), salt, point, sender)
    return AESGCM(key).decrypt(nonce, body[21 + body[20] :], None)


def test_the_example_of_the_standard_is_read() -> None:
    assert read(unb64(BODY)) == b"When I grow up, I want to be a watermelon\x02"


def test_what_we_encrypt_is_read_in_the_same_way() -> None:
    body = encrypt(b'{"title":"Nora"}', unb64(PUBLIC), unb64(AUTH))
    assert read(body) == b'{"title":"Nora"}\x02'
    assert encrypt(b"x", unb64(PUBLIC), unb64(AUTH))[:16] != body[:16]
