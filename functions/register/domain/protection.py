"""Protected identity (skyddade personuppgifter): who is marked, and the broken glass."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from functions.register.domain.people import Marking
from skolkit.errors import DomainError, Text

OPEN_FOR = timedelta(minutes=30)
"""How long a broken glass stays open. Ours: no rule says; long enough for a telephone call."""

Why = Literal["acuteIllness", "injury", "threat", "authorityRequest", "handOver"]
"""Why somebody must be reached who is withheld: a child taken ill or hurt, a threat, an authority with a
right to know, the hand-over to another school.
"""

Basis = Literal[
    "populationRegister", "taxAgencyDecision", "courtOrder", "ownRiskAssessment", "markingRemoved"
]
"""What a marking, or its removal, rests on: folkbokföringslagen 16 § (skyddad folkbokföring), offentlighets-
och sekretesslagen 22:1 (sekretessmarkering), a court (fingerade uppgifter), the school's own assessment.
"""


class GlassIsWhole(DomainError):
    """Withheld details are shown only after the glass has been broken, and only for a while."""

    status = 403
    reason = Text(
        "Uppgifterna är skyddade och inte öppnade för dig just nu.",
        "The details are protected and not open to you now.",
    )
    advice = Text(
        "Ange skäl och öppna uppgifterna. Enhetens administratörer får veta det.",
        "Give a reason and open the details. The unit's administrators are told.",
    )
    law = "offentlighets- och sekretesslagen 21:3, 22:1"


class NothingWithheld(DomainError):
    """There is nothing to open about somebody who is not protected."""

    reason = Text("Personen har inte skyddade uppgifter.", "The person's details are not protected.")
    advice = Text("Läs kontaktuppgifterna som vanligt.", "Read the contact details as usual.")


class BasisMismatch(DomainError):
    """A marking is removed only with the basis for removing it, and set only with one for setting it."""

    status = 422
    reason = Text("Grunden passar inte ändringen.", "The basis does not fit the change.")
    advice = Text(
        "Ange markingRemoved när skyddet tas bort, annars vad skyddet grundas på.",
        "Give markingRemoved when the protection ends, otherwise what it rests on.",
    )


def check_basis(marking: Marking, basis: Basis) -> None:
    """Raises `BasisMismatch`."""
    if (marking == "Ingen") != (basis == "markingRemoved"):
        raise BasisMismatch(field="basis", value=basis)
