"""Links in messages that answer one question without signing in (decision 0035).

The secret part is made from what the message is about, so that whoever asks and whoever sends know the same
without a fact that carries it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from skolkit.config import origin, settings

PATTERN = r"^[A-Za-z0-9_-]{22}$"


def answer_token(message: str, about: str, recipient: str) -> str:
    """The secret of one recipient's link in a message about somebody: 128 bits that nobody can guess."""
    said = "\x1f".join(("answer link", message, about, recipient)).encode()
    mac = hmac.new(settings().cursor_key, said, hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def answer_link(message: str, about: str, recipient: str, language: str) -> str:
    """The link itself, to the page in Swedish or English."""
    token = answer_token(message, about, recipient)
    return f"{origin()}/attendance/v1/answers?t={token}" + ("&l=en" if language == "en" else "")
