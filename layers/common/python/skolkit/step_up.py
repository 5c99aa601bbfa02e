"""What is signed asks for a fresh and strong sign-in (step-up authentication, RFC 9470): whoever holds a
phone that was left signed in must not be able to sign in its owner's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from skolkit import config
from skolkit.errors import DomainError, Text
from skolkit.identity import Caller

SKEW = timedelta(minutes=1)  # between the clocks of those who issue tokens and ours


class StaleSignIn(DomainError):
    """The person proved who they are too long ago to sign (eIDAS 910/2014 art. 26 c: under sole control)."""

    status = 401
    reason = Text(
        "Du loggade in för mer än {minutes} minuter sedan. Det som skrivs under kräver en ny inloggning.",
        "You signed in more than {minutes} minutes ago. What is signed needs a new sign-in.",
    )
    advice = Text(
        "Logga in på nytt och skicka igen. Inget av det du skrev har gått förlorat.",
        "Sign in again and send again. Nothing of what you wrote is lost.",
    )
    law = "eIDAS (EU) 910/2014 art. 26 c"


class WeakSignIn(DomainError):
    """The person signed in in a way that vouches for less than a signature needs."""

    status = 401
    reason = Text(
        "Det som skrivs under kräver en inloggning på tillitsnivå {level}; din har nivå {held}.",
        "What is signed needs a sign-in of assurance level {level}; yours has level {held}.",
    )
    advice = Text(
        "Logga in med e-legitimation eller tjänstelegitimation och skicka igen.",
        "Sign in with an e-identification and send again.",
    )
    law = "eIDAS (EU) 910/2014 art. 26 b"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in that a signature rests on: when it was, and its level of assurance (0–4)."""

    at: datetime
    level: int


def require_fresh(
    caller: Caller, now: datetime, *, minutes: int | None = None, level: int | None = None
) -> SignIn:
    """The caller's sign-in, which is fresh and strong enough to sign with. The limits are the deployment's
    (`config.step_up`) unless given. Raises `StaleSignIn` or `WeakSignIn`.

    A token without a time of sign-in is stale, and so is one from the future.
    """
    if minutes is None or level is None:
        minutes, level = config.step_up()
    at = caller.signed_in_at
    if at is None or not now - timedelta(minutes=minutes) <= at <= now + SKEW:
        raise StaleSignIn(minutes=minutes)
    if caller.assurance < level:
        raise WeakSignIn(level=level, held=caller.assurance)
    return SignIn(at, caller.assurance)
