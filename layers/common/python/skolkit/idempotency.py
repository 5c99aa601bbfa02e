"""Repeats of the same POST do the thing once and answer the same (`Idempotency-Key`), also when two come at
once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass

from skolkit.config import settings
from skolkit.errors import DomainError, KeyReused, Text
from skolkit.table import AlreadyDone, Once, done_before

DAYS = 7
_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


class KeyMissing(DomainError):
    """A POST that creates something needs a key, so that a phone with bad coverage can send it again."""

    status = 400
    reason = Text("Idempotency-Key saknas eller är felformad.", "Idempotency-Key is missing or malformed.")
    advice = Text(
        "Skicka en nyckel på 8–64 tecken, gärna ett UUID.", "Send a key of 8–64 characters, e.g. a UUID."
    )


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The key of one request, bound to its caller, operation and content. The digest is keyed: what is
    kept of a short content (a number and a code) must not let it be guessed.
    """

    name: str
    digest: str

    @classmethod
    def of(cls, header: str | None, caller: str, operation: str, content: bytes) -> RequestKey:
        """Raises `KeyMissing` when the header is absent or malformed."""
        if header is None or not _KEY.fullmatch(header):
            raise KeyMissing(field="Idempotency-Key")
        name = hashlib.sha256(f"{caller}\x1f{operation}\x1f{header}".encode()).hexdigest()
        digest = hmac.new(settings().cursor_key, content, hashlib.sha256).hexdigest()
        return cls(name=f"HTTP#{name}", digest=digest)

    def once(self, answer: str) -> Once:
        """What to give `commit`: the answer is kept for a week."""
        return Once(key=self.name, digest=self.digest, answer=answer, days=DAYS)

    def earlier(self) -> AlreadyDone | None:
        """What the first request with this key led to, if it has been committed."""
        return done_before(self.name)

    def replay(self, done: AlreadyDone) -> str:
        """The first answer again. Raises `KeyReused` if this request is another than the first."""
        if done.digest != self.digest:
            raise KeyReused(field="Idempotency-Key")
        return done.answer
