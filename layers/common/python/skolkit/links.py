"""Links in messages that answer one question without signing in (decision 0035), codes that prove whose a
telephone number is (decision 0023), and addresses that a calendar subscribes to (decision 0052).

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
    made = _mac("answer link", message, about, recipient)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def number_code(message: str, recipient: str, number: str) -> str:
    """The six digits that are sent to a number (E.164): another number gets others."""
    made = _mac("number code", message, recipient, number)
    return f"{int.from_bytes(made) % 10**6:06}"


def calendar_secret(seed: str) -> str:
    """The secret of a calendar's address, 256 bits, from a seed as random: neither is worth anything without
    our key, so that the seed may be kept with the answer that is repeated.
    """
    made = hmac.new(settings().cursor_key, f"calendar\x1f{seed}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _mac(*said: str) -> bytes:
    return hmac.new(settings().cursor_key, "\x1f".join(said).encode(), hashlib.sha256).digest()[:16]


def answer_link(message: str, about: str, recipient: str, language: str) -> str:
    """The link itself, to the page in Swedish or English."""
    token = answer_token(message, about, recipient)
    return f"{origin()}/attendance/v1/answers?t={token}" + ("&l=en" if language == "en" else "")
