"""Why a decided grade is not corrected, changed or withdrawn (process 33; skollagen 3:19–20)."""

from __future__ import annotations

from skolkit.errors import DomainError, Text


class AlreadyReplaced(DomainError):
    """What has been replaced stays as it was: it is the entry in its place that may be corrected."""

    reason = Text("Beslutet har redan ersatts.", "The decision has been replaced already.")
    advice = Text("Rätta eller ändra det som gäller i stället.", "Correct or change the one that holds.")
    law = "skollagen 3:19–20, skolförordningen 6:10"


class CaseOpen(DomainError):
    """An entry has one case at a time."""

    reason = Text("Det finns redan ett öppet ärende om betyget.", "There is an open case about the grade.")
    advice = Text("Fortsätt i det ärendet, eller avsluta det.", "Go on with that case, or close it.")


class CaseClosed(DomainError):
    """A case that has been decided takes nothing more."""

    reason = Text("Ärendet är avslutat.", "The case is closed.")
    advice = Text("Öppna ett nytt om något mer är fel.", "Open a new one if something else is wrong.")


class WrongFlaw(DomainError):
    """What is evidently a slip is corrected, what new circumstances show to be wrong is changed, and only
    what came from a file is withdrawn.
    """

    status = 422
    reason = Text("Felet hör inte till det här slaget av ärende.", "The flaw does not go with such a case.")
    advice = Text(
        "Rättelse: skrivfel, räknefel eller liknande. Ändring: nya omständigheter eller annan anledning. "
        "Återtagande: bara inlästa betyg.",
        "Correction: a slip of the pen, a miscount or the like. Change: new circumstances or another reason. "
        "Withdrawal: imported grades only.",
    )
    law = "skollagen 3:19–20"


class NothingToCorrect(DomainError):
    """A case says what is to become otherwise."""

    status = 422
    reason = Text("Förslaget är detsamma som beslutet.", "The proposal is the same as the decision.")
    advice = Text("Ange vad som ska stå i stället.", "Say what it is to say instead.")


class OnlyTheGrade(DomainError):
    """A change is of the grade; other slips are corrected."""

    status = 422
    reason = Text("En ändring gäller bara betyget.", "A change is of the grade alone.")
    advice = Text("Öppna en rättelse för det andra.", "Open a correction of the rest.")
    law = "skollagen 3:20"


class GradeLowered(DomainError):
    """A change may not make a grade lower."""

    status = 422
    reason = Text("En ändring får inte sänka betyget.", "A change may not lower the grade.")
    advice = Text(
        "Är betyget ett skrivfel eller liknande: öppna en rättelse.",
        "If the grade is a slip of the pen or the like: open a correction.",
    )
    law = "skollagen 3:20"


class NotHeard(DomainError):
    """Pupil and guardians get the time to comment, unless it is unnecessary. Which paragraph is [M]."""

    reason = Text(
        "Eleven och vårdnadshavarna får lämna synpunkter till och med {day}.",
        "The pupil and the guardians may comment until {day}.",
    )
    advice = Text(
        "Vänta, eller ange varför det är obehövligt att höra dem.",
        "Wait, or say why it is unnecessary to hear them.",
    )
    law = "skollagen 3:19 tredje stycket, förvaltningslagen 25 §"


class NotForThePrincipalToChange(DomainError):
    """Whoever decided on the grade changes it; the principal only where they cannot."""

    reason = Text(
        "Den som beslutade betyget ändrar det; skälet {ground} stämmer inte.",
        "Whoever decided on the grade changes it; the ground {ground} does not hold.",
    )
    advice = Text("Låt lärarna svara, eller ange rätt skäl.", "Let the teachers answer, or give the ground.")
    law = "skollagen 3:20"


class GroundMissing(DomainError):
    """A principal who changes a grade says why it is not for whoever decided on it."""

    status = 422
    reason = Text("Ange varför rektor ändrar betyget.", "Say why the principal changes the grade.")
    advice = Text(
        "Slutat, förhinder, delvis slutat eller oenighet.", "Gone, hindered, partly gone or disagreement."
    )
    law = "skollagen 3:20"


class NotToAnswerChange(DomainError):
    """Those answer who decided on the grade, are still there, and have not answered."""

    reason = Text("Ärendet väntar inte på ditt svar.", "The case does not wait for your answer.")
    advice = Text("Läs ärendet på nytt.", "Read the case again.")
    law = "skollagen 3:20"


class CommentsFull(DomainError):
    """A case takes so many comments."""

    reason = Text("Ärendet har redan {most} synpunkter.", "The case has {most} comments already.")
    advice = Text("Kontakta rektor.", "Contact the principal.")


class MotivationMissing(DomainError):
    """Whoever is refused is told why."""

    status = 422
    reason = Text("Ett avslag behöver en motivering.", "A refusal needs its reasons.")
    advice = Text("Skriv motiveringen (minst 10 tecken).", "Write the reasons (10 characters or more).")
    law = "förvaltningslagen 32 §"


class OwnGrade(DomainError):
    """Nobody decides on the grades of oneself or of one's own child."""

    reason = Text("Du är jävig i ärendet.", "You are not impartial in the case.")
    advice = Text("Låt någon annan besluta.", "Let somebody else decide.")
    law = "förvaltningslagen 16–17 §§"
