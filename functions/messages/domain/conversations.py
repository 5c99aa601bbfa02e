"""Conversations between home and school (process 28): a guardian and a child's mentors, or a group's
guardians with its mentors. Once 18 the pupil writes alone (föräldrabalken 9:1): the guardians have no custody
any more, and the pupil does not read what they have written.

Who takes part is asked of today's custody and mentors whenever it is read or written, never of who took part
before. What is hidden is kept for the record and shown to nobody but those who moderate.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from functions.messages.domain.news import LIMITS as NEWS
from functions.messages.domain.news import UnknownLanguage
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

Part = Literal["home", "staff", "moderator"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What is decided, not derived: messages from one person in an hour."""

    id: str = "2026"
    per_hour: int = 30


LIMITS = Limits()


class ConversationClosed(DomainError):
    """Nobody writes in a closed conversation."""

    reason = Text("Samtalet är avslutat.", "The conversation is closed.")
    advice = Text("Börja ett nytt samtal.", "Start a new one.")


class RepliesOff(DomainError):
    """Only the school writes where replies are off."""

    reason = Text("Det går inte att svara i det här samtalet.", "There are no replies in this conversation.")
    advice = Text("Skriv direkt till mentorn.", "Write to the mentor directly.")


class TooManyMessages(DomainError):
    """Somebody writes more than a person does."""

    status = 429
    reason = Text("Du har skrivit {most} meddelanden på en timme.", "You have written {most} in an hour.")
    advice = Text("Vänta en stund.", "Wait a while.")


class NobodyToWriteTo(DomainError):
    """The pupil has no mentor today, or nobody has custody."""

    status = 422
    reason = Text("Ingen tar emot meddelandet i dag.", "Nobody would receive the message today.")
    advice = Text("Kontakta skolans expedition.", "Contact the school's office.")


class NoSuchGuardian(DomainError):
    """A mentor writes to somebody who has custody of the pupil."""

    status = 422
    reason = Text("Personen är inte elevens vårdnadshavare.", "The person is not the pupil's guardian.")
    advice = Text("Välj en vårdnadshavare, eller alla.", "Choose a guardian, or all of them.")


def with_one(
    caller: PersonId, chosen: str | None, home: Collection[PersonId], *, grown: bool
) -> PersonId | None:
    """With whom of the home alone a new conversation is: whoever of it begins one, the pupil once 18, or whom
    a mentor has chosen; None: all of it.

    >>> with_one(PersonId("mentor"), None, {PersonId("pupil")}, grown=True)
    'pupil'
    """
    if caller in home:
        return caller
    if chosen is None and grown:
        return next(iter(home))
    return PersonId(chosen) if chosen else None


def check_writing(part: Part, *, closed: bool, replies: bool) -> None:
    """Raises `ConversationClosed`, `RepliesOff`."""
    if closed:
        raise ConversationClosed
    if part == "home" and not replies:
        raise RepliesOff


def check_pace(written: int, limits: Limits = LIMITS) -> None:
    """One more message in the hour. Raises `TooManyMessages`."""
    if written >= limits.per_hour:
        raise TooManyMessages(most=limits.per_hour)


def check_language(language: str) -> None:
    """Raises `UnknownLanguage`."""
    if language not in NEWS.languages:
        raise UnknownLanguage(field="language", value=language)


def shows_text(part: Part, *, hidden: bool) -> bool:
    """Whether a message's text is shown: of a hidden one only to those who moderate."""
    return not hidden or part == "moderator"


def shows_name(part: Part, writer: Part, *, own: bool, withheld: bool, protected_home: bool) -> bool:
    """Whether the writer's name is shown: a protected one's to nobody else, and to other homes not that of a
    home with a protected child (rules §4.6).
    """
    if own:
        return True
    return not withheld and not (protected_home and writer == "home" and part == "home")
