"""A push service (RFC 8030) on this machine, and the browsers that have subscribed there: it takes only what
is signed with the key the browser subscribed with (RFC 8292), decrypts it as that browser would (RFC 8291),
and answers otherwise when told to.
"""

from __future__ import annotations

import json
import re
import ssl
import tempfile
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.local.certificate import make
from infra.local.cloud import HOST
from skolkit.types import new_id

LARGEST = 4096  # bytes of a body that every push service takes (RFC 8030 §7.2)
DAY = 86_400


def encoded(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url, padded or not."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def decrypt(body: bytes, private: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What a message says (RFC 8291 §3.4, RFC 8188 with one record). ValueError, or InvalidTag when it is for
    somebody else.
    """
    salt, size, length = body[:16], int.from_bytes(body[16:20]), body[20]
    sender, record = body[21 : 21 + length], body[21 + length :]
    if len(record) > size:
        raise ValueError("more than one record")
    shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    info = b"WebPush: info\0" + point(private.public_key()) + sender
    secret = HKDF(hashes.SHA256(), 32, auth, info).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
    if not padded.endswith(b"\2"):
        raise ValueError("not the last record")
    return padded[:-1]


@dataclass(frozen=True)
class Browser:
    """A browser's subscription with its private half. `server`: the key it was made with; None: any."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey
    auth: bytes
    server: str | None

    @property
    def json(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` gives it."""
        keys = {"p256dh": encoded(point(self.private.public_key())), "auth": encoded(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}


@dataclass
class PushService:
    """The service while it is open (a context manager). `received` are the messages by endpoint, `waiting`
    those that a browser which has been away finds; `refused` says why something was not taken.
    """

    tls: bool = False
    received: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    asked: int = 0
    _browsers: dict[str, Browser] = field(default_factory=dict)
    _answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, headers = service.take(self.path, dict(self.headers.items()), body)
                self.send_response(status)
                for name, value in (headers | {"content-length": "0"}).items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._directory = tempfile.TemporaryDirectory()
        if self.tls:
            make(Path(self._directory.name))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, Path(self._directory.name) / "server.key")
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._directory.cleanup()

    @property
    def certificate(self) -> Path:
        """What to trust when it serves TLS."""
        return Path(self._directory.name) / "server.crt"

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        """What `PushServices` must hold. By name where it serves TLS, since names are what is checked."""
        return f"https://localhost:{self.port}" if self.tls else f"http://{HOST}:{self.port}"

    def subscribe(self, server: str | None = None) -> Browser:
        """A browser subscribes, with the sender's public key."""
        endpoint = f"{self.origin}/push/{new_id()}"
        made = Browser(endpoint, ec.generate_private_key(ec.SECP256R1()), new_id().encode()[:16], server)
        self._browsers[endpoint.removeprefix(self.origin)] = made
        return made

    def answer(self, browser: Browser, status: int, **headers: str) -> None:
        """Answer so from now on; 201 lets everything be as usual again."""
        path = browser.endpoint.removeprefix(self.origin)
        self._answers[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()})

    def to(self, browser: Browser) -> list[dict[str, Any]]:
        """The messages a browser has got: title, body, delivery, and `headers` as they came."""
        return self.received[browser.endpoint]

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        """Answer one request to deliver a message."""
        self.asked += 1
        named = {name.lower(): value for name, value in headers.items()}
        status, more = self._answers.get(path, (201, {}))
        if status != 201:
            return status, more
        browser = self._browsers.get(path)
        if browser is None:
            return 404, {}
        try:
            message = self._read(browser, named, body)
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the sender is told and the test sees it
            self.refused.append(f"{type(error).__name__}: {error}")
            return 403, {}
        self.received[browser.endpoint].append(message)
        self.waiting[browser.endpoint, named["topic"]] = message
        return 201, {"location": f"{self.origin}/message/{new_id()}"}

    def _read(self, browser: Browser, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        assert len(body) <= LARGEST, "too large"
        assert headers["content-encoding"] == "aes128gcm"
        assert headers["host"] == browser.endpoint.split("/")[2]
        assert int(headers["ttl"]) > 0
        assert headers["urgency"] in {"normal", "high"}
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers["topic"])
        signed = re.fullmatch(r"vapid t=([^, ]+), k=([^, ]+)", headers["authorization"])
        assert signed
        token, key = signed.groups()
        assert browser.server in (None, key), "another sender's key"
        public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
        # The library leaves out the port, which no real service has.
        audience = browser.endpoint.split("/push/")[0]
        claims = jwt.decode(
            token, public, algorithms=["ES256"], audience=[audience, audience.rpartition(":")[0]]
        )
        assert claims["exp"] <= time.time() + DAY
        assert claims["sub"].startswith("mailto:")
        said: dict[str, Any] = json.loads(decrypt(body, browser.private, browser.auth))
        return said | {"headers": headers}
