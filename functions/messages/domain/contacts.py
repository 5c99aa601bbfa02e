"""Contact lists (process 28): what each guardian shows the other homes of a child's groups. Nothing, not even
that the child is there, until a guardian has chosen to (data protection by default, GDPR art. 25.2); never an
address. Everybody decides for themselves, a pupil alone once 18 (föräldrabalken 9:1).

A home with protected identity is in no list: neither a protected child nor a child of somebody protected, nor
somebody who has a protected child (rules §4.6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from skolkit.errors import DomainError, Text
from skolkit.types import PersonId


class NotListed(DomainError):
    """The home is in no contact list, whatever it chooses. The text says neither why nor because of whom."""

    status = 422
    reason = Text(
        "Kontaktlistan kan inte visa uppgifter för det här barnet.",
        "The contact list cannot show details for this child.",
    )
    advice = Text("Kontakta skolans expedition om du undrar.", "Ask the school's office if you wonder.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows the other homes of a child's groups."""

    name: bool = False
    phone: bool = False
    mail: bool = False

    @property
    def anything(self) -> bool:
        return self.name or self.phone or self.mail


NOTHING = Shown()


@dataclass(frozen=True, slots=True)
class Line:
    """One adult of a home as other homes see them."""

    name: str | None
    phone: str | None
    mail: str | None


def is_listed(child: PersonId, home: Collection[PersonId], protected: Collection[PersonId]) -> bool:
    """Whether a child's home may be in a list at all."""
    return child not in protected and not set(home) & set(protected)


def check_choice(
    chosen: Shown,
    child: PersonId,
    home: Collection[PersonId],
    own: Collection[PersonId],
    protected: Collection[PersonId],
) -> None:
    """Somebody with children of their `own` may show this; to show nothing is always possible. Raises
    `NotListed`.
    """  # fmt: skip
    if chosen.anything and not (is_listed(child, home, protected) and not set(own) & set(protected)):
        raise NotListed


def line_of(shown: Shown, name: str, phone: str | None, mail: str | None) -> Line | None:
    """What somebody shows of what there is; None when that is nothing.

    >>> line_of(Shown(phone=True), "Vera Ek", "+46701740605", None)
    Line(name=None, phone='+46701740605', mail=None)
    >>> line_of(Shown(mail=True), "Vera Ek", "+46701740605", None) is None
    True
    """
    line = Line(name if shown.name else None, phone if shown.phone else None, mail if shown.mail else None)
    return line if line.name or line.phone or line.mail else None
