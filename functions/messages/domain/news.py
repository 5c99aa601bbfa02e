"""News from the school to audiences (process 28): written in one or more languages, published now or later,
changed with its history, withdrawn.

A text is kept and given out as it was written, plain or with a little Markdown (emphasis, lists, links);
whoever shows it escapes it. Limits are data with an id, so that a municipality can decide its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from skolkit.errors import DomainError, Text

State = Literal["scheduled", "published", "withdrawn", "refused"]
Format = Literal["plain", "markdown"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is decided, not derived: how many may be told at once, how long ahead news is scheduled, and the
    languages texts are written in (ISO 639-1 and -3: Swedish, English, the national minority languages and
    what homes speak most).
    """

    id: str = "2026"
    recipients: int = 300_000
    ahead: timedelta = timedelta(days=365)
    languages: frozenset[str] = frozenset({
        "sv", "en", "fi", "fit", "rmy", "sma", "sme", "smj", "yi",
        "ar", "bs", "de", "es", "fa", "fr", "hr", "ku", "pl", "prs", "ps", "ro", "ru", "so", "sq", "sr", "th",
        "ti", "tr", "uk", "ur", "vi", "zh",
    })  # fmt: skip


LIMITS = Limits()


class UnknownLanguage(DomainError):
    """Texts are written in a language the municipality has chosen."""

    status = 422
    reason = Text("Språket stöds inte.", "The language is not supported.")
    advice = Text("Välj till exempel sv eller en.", "Choose for example sv or en.")


class LanguageTwice(DomainError):
    """There is one text per language."""

    status = 422
    reason = Text("Samma språk förekommer två gånger.", "The same language comes twice.")
    advice = Text("Behåll en text per språk.", "Keep one text per language.")


class NotAhead(DomainError):
    """News is scheduled for a time to come, at most a year ahead."""

    status = 422
    reason = Text("Tiden är passerad eller för långt fram.", "The time has passed or is too far ahead.")
    advice = Text(
        "Välj en tid inom ett år, eller ingen för nu.", "Choose a time within a year, or none for now."
    )


class NewsWithdrawn(DomainError):
    """What has been withdrawn or was never published is not changed any more."""

    reason = Text("Nyheten är tillbakadragen.", "The news has been withdrawn.")
    advice = Text("Skriv en ny.", "Write a new one.")


class AlreadyPublished(DomainError):
    """Only what has not been published yet is given another time."""

    reason = Text("Nyheten är redan publicerad.", "The news has been published.")
    advice = Text("Ändra texten, eller dra tillbaka den.", "Change its text, or withdraw it.")


@dataclass(frozen=True, slots=True)
class Said:
    """A text in one language."""

    language: str
    title: str
    body: str
    format: Format = "plain"


def check_texts(texts: Sequence[Said], limits: Limits = LIMITS) -> None:
    """Raises `UnknownLanguage`, `LanguageTwice`."""
    for n, said in enumerate(texts):
        if said.language not in limits.languages:
            raise UnknownLanguage(field=f"texts.{n}.language", value=said.language)
        if said.language in {other.language for other in texts[:n]}:
            raise LanguageTwice(field=f"texts.{n}.language", value=said.language)


def check_time(publish_at: datetime | None, now: datetime, limits: Limits = LIMITS) -> None:
    """Raises `NotAhead`; None is now."""
    if publish_at is not None and not now < publish_at <= now + limits.ahead:
        raise NotAhead(field="publishAt", value=publish_at.isoformat())


def check_open(state: State) -> None:
    """Raises `NewsWithdrawn`."""
    if state in ("withdrawn", "refused"):
        raise NewsWithdrawn


def check_waiting(state: State) -> None:
    """Raises `AlreadyPublished`, `NewsWithdrawn`."""
    check_open(state)
    if state != "scheduled":
        raise AlreadyPublished
