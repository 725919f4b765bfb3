"""Reads a web push message as its device would (RFC 8291) and judges who sent it (RFC 8292).

Wants on standard input: key (PEM of the device), auth, body and authorization of the request, as JSON with the
bytes in base64. Prints the message and the claims as JSON, or fails.
"""
import base64
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def from_url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def derive(salt, material, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def point(text):
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), text)


def unseal(given):
    own = serialization.load_pem_private_key(given["key"].encode(), None)
    body = base64.b64decode(given["body"])
    salt, record, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    assert len(body) <= record, "one record"
    sender, sealed = body[21:21 + length], body[21 + length:]
    shared = own.exchange(ec.ECDH(), point(sender))
    form = serialization.PublicFormat.UncompressedPoint
    own_point = own.public_key().public_bytes(serialization.Encoding.X962, form)
    material = derive(from_url(given["auth"]), shared, b"WebPush: info\0" + own_point + sender, 32)
    key = derive(salt, material, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(salt, material, b"Content-Encoding: nonce\0", 12)
    text = AESGCM(key).decrypt(nonce, sealed, None)
    assert text[-1] == 2, "the last record"
    return json.loads(text[:-1])


def judge(authorization):
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid", scheme
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    signed, _, signature = parts["t"].rpartition(".")
    signature = from_url(signature)
    assert len(signature) == 64, len(signature)
    numbers = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    point(from_url(parts["k"])).verify(numbers, signed.encode(), ec.ECDSA(hashes.SHA256()))
    head, claims = (json.loads(from_url(part)) for part in signed.split("."))
    assert head["alg"] == "ES256", head
    return claims


given = json.load(sys.stdin)
print(json.dumps({"message": unseal(given), "claims": judge(given["authorization"])}))
