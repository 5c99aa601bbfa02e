"""Web push over HTTP: a message encrypted for one device (RFC 8291) and signed with the municipality's key
(RFC 8292) is handed to the device's push service (RFC 8030).

The connection goes to the very address that was judged, so that a name which resolves to something else a
moment later leads nowhere; no redirect is followed and no answer's body is read.
"""

from __future__ import annotations

import hashlib
import os
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from functions.messages.domain.push import (
    SERVICES,
    BrokenSubscription,
    Device,
    Outcome,
    Reply,
    Target,
    UnknownPushService,
    outcome,
    target,
)
from skolkit.clock import now
from skolkit.config import ConfigError
from skolkit.outbound import LeadsInside, address_of
from skolkit.telemetry import logger

if TYPE_CHECKING:
    import ssl

    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

CONNECT, READ = 2.0, 4.0  # seconds
SILENCE = 30.0  # seconds in which a service that has not answered is not asked: a class has one service
_silent: dict[str, float] = {}


def services() -> tuple[str, ...]:
    """The push services that may be sent to: configured, or those of today's browsers."""
    return tuple(os.environ.get("SKOLKIT_PUSH_SERVICES", "").split()) or SERVICES


@lru_cache(maxsize=1)
def _key() -> EllipticCurvePrivateKey:
    """The municipality's key, the same as long as the secret is. CloudFormation makes random text and no
    keys, so it is derived: 48 bytes modulo the order are as good as even (FIPS 186-5 A.2.1).
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    secret = os.environ.get("SKOLKIT_PUSH_KEY", "")
    if not secret:
        raise ConfigError("SKOLKIT_PUSH_KEY is not set")
    derived = HKDF(hashes.SHA256(), 48, salt=None, info=b"skolkit vapid").derive(secret.encode())
    return ec.derive_private_key(int.from_bytes(derived) % (_ORDER - 1) + 1, ec.SECP256R1())


_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


def public_key() -> str:
    """What a browser is told when it subscribes (`applicationServerKey`): an uncompressed point, base64url
    without padding.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    point = _key().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def check_key(p256dh: str) -> None:
    """Raises `BrokenSubscription` when the text is no point of the curve."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        point = urlsafe_b64decode(p256dh + "=" * (-len(p256dh) % 4))
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise BrokenSubscription(field="keys.p256dh") from None


def post(device: Device, message: bytes, topic: str, *, urgent: bool, ttl: timedelta) -> Reply:
    """Hand a message to a device's push service, which keeps it for `ttl`; one of the same `topic` that waits
    there is replaced.
    """
    from urllib3.exceptions import HTTPError

    if _silent.get(device.host, 0.0) > time.monotonic():
        return Reply(Outcome.AWAY)
    mark = urlsafe_b64encode(hashlib.sha256(topic.encode()).digest()[:24]).decode()
    try:
        where = target(device.endpoint, services())
        address = address_of(where.host, where.port, local=where.local)
        body, headers = _sealed(device, message, ttl)
        headers |= {"topic": mark, "urgency": "high" if urgent else "normal"}
        return _send(where, address, body, headers)
    except (HTTPError, OSError) as error:
        logger().warning("push service away", host=device.host, error=type(error).__name__)
        _silent[device.host] = time.monotonic() + SILENCE
        return Reply(Outcome.AWAY)
    except (
        LeadsInside,
        UnknownPushService,
        ValueError,
    ) as error:  # also what was right when the device subscribed
        logger().warning("push message refused by us", host=device.host, error=type(error).__name__)
        return Reply(Outcome.REFUSED)


def _sealed(device: Device, message: bytes, ttl: timedelta) -> tuple[bytes, dict[str, str]]:
    """The encrypted message and its headers."""
    from cryptography.hazmat.primitives import serialization as forms
    from webpush import WebPush, WebPushSubscription

    sender = os.environ.get("SKOLKIT_SENDER")
    if not sender:
        raise ConfigError("SKOLKIT_SENDER is not set")
    key = _key()
    private = key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())
    public = key.public_key().public_bytes(forms.Encoding.PEM, forms.PublicFormat.SubjectPublicKeyInfo)
    subscription = WebPushSubscription.model_validate(
        {"endpoint": device.endpoint, "keys": {"auth": device.auth, "p256dh": device.p256dh}}
    )
    # One for each message: it keeps the time to live of the last.
    seconds = int(ttl.total_seconds())
    made = WebPush(private, public, subscriber=sender, ttl=seconds).get(message, subscription)
    return made.encrypted, dict(made.headers)


def _send(where: Target, address: str, body: bytes, headers: dict[str, str]) -> Reply:
    import urllib3

    options: dict[str, Any] = {"timeout": urllib3.Timeout(connect=CONNECT, read=READ), "retries": False}
    pool = (
        urllib3.HTTPSConnectionPool(
            address, where.port, ssl_context=_trusted(), server_hostname=where.host, **options
        )
        if where.scheme == "https"
        else urllib3.HTTPConnectionPool(address, where.port, **options)
    )
    host = where.host if where.port == 443 else f"{where.host}:{where.port}"
    with pool:
        reply = pool.urlopen(
            "POST", where.path, body=body, headers={**headers, "host": host}, redirect=False,
            preload_content=False,
        )  # fmt: skip
        reply.close()
    return Reply(outcome(reply.status), _after(reply.headers.get("retry-after"), now()))


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    import ssl

    return ssl.create_default_context()


def _after(header: str | None, at: datetime) -> timedelta | None:
    """Retry-After, in seconds or as a date (RFC 9110 §10.2.3); None for anything else."""
    if header is None:
        return None
    if header.isdecimal():
        return timedelta(seconds=min(int(header), 86_400))
    try:
        return max(parsedate_to_datetime(header) - at, timedelta())
    except (TypeError, ValueError):
        return None
