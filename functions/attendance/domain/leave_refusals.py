"""Why leave is not applied for, answered, decided on or given up (process 22; skollagen 7:18)."""

from __future__ import annotations

from skolkit.errors import DomainError, Text


class LeaveBegun(DomainError):
    """Leave is applied for beforehand, and a decision is changed before the leave begins."""

    reason = Text("Ledigheten har redan börjat.", "The leave has already begun.")
    advice = Text(
        "Anmäl frånvaro i stället, eller kontakta skolan.", "Report absence instead, or contact the school."
    )
    law = "skollagen 7:18"


class BeyondSchoolYear(DomainError):
    """A leave is inside one school year, this or the next one."""

    status = 422
    reason = Text(
        "Ledigheten går utanför läsåret {year}.", "The leave reaches outside the school year {year}."
    )
    advice = Text(
        "Ansök för ett läsår i taget, detta eller nästa.", "Apply for one school year, this or the next one."
    )


class OverlappingLeave(DomainError):
    """The pupil has leave, or an application for it, then."""

    reason = Text(
        "Det finns redan en ledighet eller ansökan för samma tid.",
        "There is already a leave or an application for the same time.",
    )
    advice = Text("Återkalla den först.", "Withdraw that one first.")


class NotToAnswer(DomainError):
    """Only a guardian who has not applied or answered answers, while the application waits for it."""

    reason = Text("Ansökan väntar inte på ditt svar.", "The application does not wait for your answer.")
    advice = Text("Läs ansökan på nytt.", "Read the application again.")


class NotToDecide(DomainError):
    """An application that waits for consent, or was withdrawn or declined, is not decided on."""

    reason = Text("Ansökan kan inte avgöras nu.", "The application cannot be decided on now.")
    advice = Text("Läs ansökan på nytt.", "Read the application again.")


class NotToWithdraw(DomainError):
    """What has been refused, withdrawn or is over cannot be withdrawn."""

    reason = Text("Ansökan kan inte återkallas.", "The application cannot be withdrawn.")
    advice = Text("Läs ansökan på nytt.", "Read the application again.")


class PrincipalDecides(DomainError):
    """The principal may not let anybody else decide on more than ten days."""

    reason = Text(
        "Ledigheten är {days} skoldagar i följd. Bara rektor beslutar om mer än {limit}.",
        "The leave is {days} school days in a row. Only the principal decides on more than {limit}.",
    )
    advice = Text("Lämna ansökan till rektor.", "Leave the application to the principal.")
    law = "skollagen 7:18"


class OwnCase(DomainError):
    """Nobody decides on leave for themselves or their own child."""

    reason = Text(
        "Du kan inte avgöra ditt eget barns ledighet.", "You cannot decide on your own child's leave."
    )
    advice = Text("Lämna ansökan till någon annan.", "Leave the application to somebody else.")
    law = "förvaltningslagen 16–18 §§"


class WrongGround(DomainError):
    """A decision rests on a ground of its kind; a longer leave only on exceptional reasons."""

    status = 422
    reason = Text("Grunden passar inte beslutet.", "The ground does not fit the decision.")
    advice = Text(
        "En ledighet på mer än {short} skoldagar i följd beviljas bara av synnerliga skäl; "
        "ett avslag behöver en grund för avslag.",
        "More than {short} school days in a row are granted only for exceptional reasons; "
        "a refusal needs a ground for refusing.",
    )
    law = "skollagen 7:18"


class ReasonsMissing(DomainError):
    """A decision that does not give all that was applied for says why."""

    status = 422
    reason = Text("Beslutet saknar motivering.", "The decision gives no reasons.")
    advice = Text("Skriv varför allt inte beviljas.", "Write why not all of it is granted.")
    law = "förvaltningslagen 32 §"


class NotPartOfIt(DomainError):
    """What is granted in part is inside what was applied for, and less."""

    status = 422
    reason = Text(
        "Dagarna är inte en del av dem som ansökan gäller.", "The days are not a part of those applied for."
    )
    advice = Text(
        "Ange första och sista dag inom ansökan.", "Give first and last day inside the application."
    )
