"""Why a grade is not set, or not so (process 32; skollagen 3:13–18, 10:22; skolförordningen 6:3–4)."""

from __future__ import annotations

from skolkit.errors import ChangedMeanwhile, DomainError, Text


class NotInGroup(DomainError):
    """Grades are set for those who are in the group: a pupil who has left gets an avgångsintyg."""

    status = 422
    reason = Text("Eleven går inte i gruppen.", "The pupil is not in the group.")
    advice = Text("Ta bort raden.", "Remove the line.")
    law = "skollagen 3:16, skolförordningen 6:17"


class DecidedAlready(DomainError):
    """A decision is never overwritten: it is corrected or changed."""

    reason = Text("Betyget är redan beslutat.", "The grade has been decided already.")
    advice = Text("Rätta eller ändra det i betygskatalogen.", "Correct or change it in the catalogue.")
    law = "skollagen 3:19–20"


class NotReadAndGraded(DomainError):
    """Who does not read a subject gets no grade in it."""

    status = 422
    reason = Text(
        "Raden har betyg fast eleven inte läser ämnet.", "A grade for who does not read the subject."
    )
    advice = Text("Välj det ena.", "Choose one of them.")


class SupportMissing(DomainError):
    """An F in a finished subject comes with a written assessment and what support there has been."""

    status = 422
    reason = Text(
        "F i ett avslutat ämne kräver ett skriftligt omdöme om kunskaperna och stödet.",
        "An F in a finished subject takes a written assessment of the knowledge and the support.",
    )
    advice = Text(
        "Skriv omdömet på raden (minst 20 tecken).", "Write it on the line (20 characters or more)."
    )
    law = "skollagen 10:22"


class TitleMissing(DomainError):
    """A diploma project has a title."""

    status = 422
    reason = Text("Gymnasiearbetet saknar titel.", "The diploma project has no title.")
    advice = Text("Skriv titeln på raden.", "Write the title on the line.")
    law = "skollagen 15:25"


class NoCertifiedTeacher(DomainError):
    """A teacher who is not certified decides together with one who is."""

    reason = Text("Ingen av lärarna är legitimerad.", "None of the teachers is certified.")
    advice = Text(
        "Rektor utser en legitimerad lärare som beslutar tillsammans med läraren.",
        "The principal appoints a certified teacher to decide together with the teacher.",
    )
    law = "skollagen 3:16 andra stycket"


class NotADecider(DomainError):
    """Of several teachers those decide who are certified."""

    reason = Text("Du beslutar inte om betyg här.", "You do not decide on grades here.")
    advice = Text("De legitimerade lärarna beslutar.", "The certified teachers decide.")
    law = "skolförordningen 6:3"


class NothingProposed(DomainError):
    """What is decided has been proposed first."""

    status = 422
    reason = Text("Det finns inget förslag att besluta.", "There is no proposal to decide on.")
    advice = Text("Sätt betyg på raden först.", "Set a grade on the line first.")


class NotForThePrincipal(DomainError):
    """The principal decides where the teachers cannot: they disagree, or are hindered."""

    reason = Text("Lärarna är inte oeniga om betyget.", "The teachers do not disagree about the grade.")
    advice = Text("Lärarna beslutar.", "The teachers decide.")
    law = "skollagen 3:16, skolförordningen 6:4"


class TooManyDecisions(DomainError):
    """Decisions are one transaction."""

    status = 422
    reason = Text("Högst 45 elever åt gången.", "At most 45 pupils at a time.")
    advice = Text("Dela upp listan.", "Divide the list.")


class NotToAppoint(DomainError):
    """Whoever is appointed is certified and works at the unit."""

    status = 422
    reason = Text(
        "Läraren är inte legitimerad eller har ingen tjänst vid enheten.",
        "The teacher is not certified or has no duty at the unit.",
    )
    advice = Text("Utse en legitimerad lärare vid enheten.", "Appoint a certified teacher of the unit.")
    law = "skollagen 3:16 andra stycket"


class LinesChanged(ChangedMeanwhile):
    """Somebody else has changed lines since they were read."""

    reason = Text("Någon annan har ändrat samma elever.", "Somebody else has changed the same pupils.")
    advice = Text("Läs in klassen igen.", "Read the class again.")
