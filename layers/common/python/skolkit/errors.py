"""Refusals, each named for its reason and told to the person who can mend it, in Swedish and English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages of the service; `{name}` places are filled from keyword values."""

    sv: str
    en: str

    def format(self, **values: object) -> Text:
        return Text(self.sv.format(**values), self.en.format(**values))

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.sv


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request: `field` as a JSON path (`rows.3.minutes`), the value when it is not
    personal.
    """

    field: str
    reason: Text
    advice: Text
    value: object = None


class DomainError(Exception):
    """A refusal by a rule. Subclasses set `status` (HTTP), `reason` and `advice`; `law` cites the paragraph
    enforced.

    Keyword arguments fill the texts' places; `field` and `value` say which input was refused. Values are
    never names, addresses or identity numbers.
    """

    status: ClassVar[int] = 409
    reason: ClassVar[Text]
    advice: ClassVar[Text]
    law: ClassVar[str] = ""

    def __init__(
        self, *, field: str = "", value: object = None, faults: tuple[Fault, ...] = (), **values: object
    ) -> None:
        self.said, self.advised = self.reason.format(**values), self.advice.format(**values)
        self.field, self.value = field, value
        self.faults = faults or ((Fault(field, self.said, self.advised, value),) if field else ())
        super().__init__(self.code)

    @property
    def code(self) -> str:
        """The stable name of the refusal: `RosterMismatch` is `roster-mismatch`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()


class NotFound(DomainError):
    """The same answer for "does not exist" and "not yours", so that nothing can be found out by asking."""

    status = 404
    reason = Text("Det finns inget att visa här.", "There is nothing to show here.")
    advice = Text("Kontrollera adressen eller börja om från startsidan.", "Check the address or start again.")


class Invalid(DomainError):
    """The request does not have the shape it must have; `faults` lists every field at once."""

    status = 422
    reason = Text("Uppgifterna går inte att ta emot som de är.", "The request cannot be accepted as it is.")
    advice = Text("Rätta fälten nedan och skicka igen.", "Correct the fields below and send again.")


class Unauthenticated(DomainError):
    """There is no verified person behind the request."""

    status = 401
    reason = Text("Du är inte inloggad.", "You are not signed in.")
    advice = Text("Logga in och försök igen.", "Sign in and try again.")


class ChangedMeanwhile(DomainError):
    """Somebody else changed the same thing since it was read (RFC 9110 §13.1.1)."""

    status = 412
    reason = Text("Någon annan har ändrat sedan du läste.", "Somebody else changed this since you read it.")
    advice = Text("Hämta på nytt och gör om ändringen.", "Read it again and repeat your change.")


class VersionRequired(DomainError):
    """A change must say which version it changes (RFC 6585 §3)."""

    status = 428
    reason = Text(
        "Ändringen säger inte vilken version den gäller.", "The change does not say which version it is for."
    )
    advice = Text("Skicka If-Match med det ETag du läste.", "Send If-Match with the ETag you read.")


class KeyReused(DomainError):
    """The same Idempotency-Key came with another request."""

    status = 409
    reason = Text(
        "Samma Idempotency-Key har använts till något annat.",
        "This Idempotency-Key was used for another request.",
    )
    advice = Text("Skicka en ny nyckel.", "Send a new key.")


class Busy(DomainError):
    """A service below is overloaded or away; nothing was saved."""

    status = 503
    reason = Text(
        "Tjänsten är tillfälligt överbelastad. Inget har sparats.",
        "Temporarily overloaded. Nothing was saved.",
    )
    advice = Text("Försök igen om en stund.", "Try again in a moment.")


class Unexpected(DomainError):
    """A failure of ours. What it was is in the log, never in the answer."""

    status = 500
    reason = Text(
        "Något gick fel hos oss. Felet är registrerat.",
        "Something went wrong on our side. It has been recorded.",
    )
    advice = Text("Försök igen om en stund.", "Try again in a moment.")
