"""What a function is told by its surroundings: environment variables, read once and refused at start when one
is missing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache


class ConfigError(RuntimeError):
    """A setting is missing or malformed; the text names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`area`: the process area (its table is `skolkit-<area>`); `bus`: the event bus; `cursor_key`: seals
    list cursors.
    """

    area: str
    bus: str
    cursor_key: bytes

    @property
    def table(self) -> str:
        return table_name(self.area)


def table_name(area: str) -> str:
    """The physical table of an area; fixed, because one account holds one municipality and stage."""
    return f"skolkit-{area}"


AUDIT_TABLE = table_name("audit")


def bucket(name: str) -> str:
    """The physical bucket of a purpose, e.g. `bucket("extracts")`; `ConfigError` where there is none."""
    return _required(f"SKOLKIT_{name.upper()}")


def reports_bucket() -> str:
    """The bucket of files dropped and of reports; only functions that write reports are told it."""
    return _required("SKOLKIT_REPORTS")


def _required(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ConfigError(f"{name} is not set")
    return value


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The function's settings. Raises `ConfigError` naming the first missing variable."""
    return Settings(
        area=_required("SKOLKIT_AREA"),
        bus=_required("SKOLKIT_BUS"),
        cursor_key=_required("SKOLKIT_CURSOR_KEY").encode(),
    )


def documents_bucket() -> str:
    """Where documents lie that people fetch by a link; told to the functions that use it. Raises
    `ConfigError`.
    """
    return _required("SKOLKIT_DOCUMENTS")


def origin() -> str:
    """The address people reach us by, `https://…`; told to the functions that send links. Raises
    `ConfigError`.
    """
    return _required("SKOLKIT_ORIGIN")


def phone_key() -> bytes:
    """What telephone numbers and codes are hashed with; told to the functions of attendance."""
    return _required("SKOLKIT_PHONE_KEY").encode()


def step_up() -> tuple[int, int]:
    """How old a sign-in may be (minutes) and how strong it must be (level 0–4) for what is signed; told to
    the functions of areas where people sign. Raises `ConfigError`.
    """
    return int(_required("SKOLKIT_SIGN_IN_MINUTES")), int(_required("SKOLKIT_SIGN_IN_LEVEL"))


def feed_lag() -> timedelta:
    """How long whoever goes by the feed waits for what may still come in: longer than a transaction and its
    way into the index take.
    """
    return timedelta(seconds=float(os.environ.get("SKOLKIT_FEED_LAG", "30")))


def user_pool() -> str:
    """The id of the user pool; told to the functions of exchange. Raises `ConfigError`."""
    return _required("SKOLKIT_POOL")


def webhook_key() -> bytes:
    """What the secrets of subscriptions are made from; told to the functions of exchange."""
    return _required("SKOLKIT_WEBHOOK_KEY").encode()


def webhook_origins() -> tuple[str, ...]:
    """Origins of this machine that notices may be sent to beside public hosts, as tests do; none in a
    municipality.
    """
    return tuple(os.environ.get("SKOLKIT_WEBHOOK_HOSTS", "").split())


def subscription_days() -> int:
    """How long a subscription lasts when it is not renewed."""
    return int(os.environ.get("SKOLKIT_SUBSCRIPTION_DAYS", "7"))


def bus_arn() -> str:
    """The event bus by its ARN; told to the functions of exchange. Raises `ConfigError`."""
    return _required("SKOLKIT_BUS_ARN")


def quiet_hours() -> str:
    """When people who have chosen nothing are left alone at night, as 21:00-06:30; "" where no municipality
    has said so.
    """
    return os.environ.get("SKOLKIT_QUIET_HOURS", "")


def timestamps() -> str:
    """The address of the time-stamping service (RFC 3161) that signed pages are stamped by; "" for none."""
    return os.environ.get("SKOLKIT_TIMESTAMPS", "")
