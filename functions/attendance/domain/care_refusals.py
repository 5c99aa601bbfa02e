"""Why what a home or the office says of a child's times at care is refused (process 25)."""

from __future__ import annotations

from skolkit.errors import DomainError, Text


class NotPlacedHere(DomainError):
    """A schedule belongs to a placement at a preschool or fritidshem (SS 12000 `placement`)."""

    status = 422
    reason = Text("Barnet har ingen sådan placering.", "The child has no such placement.")
    advice = Text("Välj en av barnets placeringar.", "Choose one of the child's placements.")


class OutsidePlacement(DomainError):
    """A schedule lies within the time of its placement and begins today at the earliest."""

    status = 422
    reason = Text(
        "Schemats tid ligger utanför placeringens, eller har redan varit.",
        "The schedule lies outside the time of the placement, or has passed.",
    )
    advice = Text("Ändra schemats första eller sista dag.", "Change the schedule's first or last day.")


class TooOldForCare(DomainError):
    """Fritidshem is offered until the spring term of the year the pupil turns 13."""

    status = 422
    reason = Text(
        "Fritidshem gäller till och med {last}.", "Fritidshem is offered until {last} at the latest."
    )
    advice = Text("Välj en tidigare sista dag.", "Choose an earlier last day.")
    law = "skollagen 14:7"


class UnfitHours(DomainError):
    """Times of a day end after they start and do not overlap; weeks are those the schedule has."""

    status = 422
    reason = Text("Tiderna hänger inte ihop.", "The times do not fit together.")
    advice = Text(
        "Ange sluttid efter starttid, utan överlapp, i en vecka som schemat har.",
        "Give an end after each start, no overlaps, in a week that the schedule has.",
    )


class HomesOverlap(DomainError):
    """A child's two homes have it there at the same time. Of the other home only the day is told."""

    reason = Text(
        "Barnets andra hem har redan tid som krockar den dagen.",
        "The child's other home already has time that overlaps that day.",
    )
    advice = Text(
        "Ändra dagen, eller kom överens med den andra vårdnadshavaren.",
        "Change the day, or agree with the other guardian.",
    )


class NotYourHome(DomainError):
    """A guardian changes the times of the own home, or of one that is shared with them."""

    reason = Text("Det är den andra vårdnadshavarens tider.", "Those are the other guardian's times.")
    advice = Text(
        "Ändra i ditt eget hems schema, eller be den andra vårdnadshavaren.",
        "Change your own home's schedule, or ask the other guardian.",
    )


class OwnerMissing(DomainError):
    """The office says for which guardian's home it writes."""

    status = 422
    reason = Text("Det framgår inte vems hem det gäller.", "It does not say whose home it is about.")
    advice = Text("Ange en av barnets vårdnadshavare.", "Give one of the child's guardians.")


class ScheduleBegun(DomainError):
    """What has been is not rewritten: a schedule that has begun is ended, and a new one follows."""

    reason = Text("Schemat har redan börjat gälla.", "The schedule has already begun.")
    advice = Text(
        "Ändra bara sista dagen, och lägg ett nytt schema från den dag det nya ska gälla.",
        "Change the last day alone, and make a new schedule from the day the new shall hold.",
    )


class DayPassed(DomainError):
    """Changes are for today and later."""

    reason = Text("Dagen har redan varit.", "The day has passed.")
    advice = Text("Välj i dag eller en senare dag.", "Choose today or a later day.")


class TooManyDays(DomainError):
    """A change is for single days; longer ones are a schedule."""

    status = 422
    reason = Text("Högst {days} dagar åt gången.", "At most {days} days at a time.")
    advice = Text("Dela upp ändringen eller lägg ett schema.", "Divide the change, or make a schedule.")


class NothingAsked(DomainError):
    """There is no such request to decide, or it has been decided."""

    reason = Text("Det finns ingen sådan begäran.", "There is no such request.")
    advice = Text("Läs in listan på nytt.", "Read the list again.")


class UnfitAllowance(DomainError):
    """The time goes with its ground: 15 hours with parental leave, unemployment or special support (8:6,
    8:7), 525 with general preschool (8:4), which begins in the autumn of the year the child turns three.
    """

    status = 422
    reason = Text(
        "Tiden och grunden hör inte ihop, eller barnet har inte nått åldern.",
        "The time and its ground do not go together, or the child is not old enough.",
    )
    advice = Text("Välj en annan grund, tid eller första dag.", "Choose another ground, time or first day.")
    law = "skollagen 8:4–7"
