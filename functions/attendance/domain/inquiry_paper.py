"""An investigation of absence as a paper (process 23): the whole, for those who work on it, the organiser
and the home municipality (skollagen 7:19 a, 7:22), and the home's part, with what is shared and nothing of
the notes (offentlighets- och sekretesslagen 23:2). A paper about somebody with protected identity names
nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from functions.attendance.domain.inquiry import Case, Note
from functions.attendance.domain.suggestions import Reason
from functions.attendance.domain.totals import Sums
from skolkit.clock import LOCAL
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId

Edition = Literal["whole", "home"]
State = Literal["waiting", "ready", "withdrawn"]
MOST_PAPERS = 50
BEFORE = timedelta(days=90)
"""How long before the case attendance is summed: what gave reason for it."""


class TooManyPapers(DomainError):
    """A case has a number of papers."""

    reason = Text("Utredningen har redan många dokument.", "The investigation has many papers already.")
    advice = Text("Använd ett av dem.", "Use one of them.")


class PaperNotReady(DomainError):
    """The paper is being written."""

    reason = Text("Dokumentet är inte klart.", "The paper is not ready.")
    advice = Text("Försök igen om en stund.", "Try again in a while.")


class PaperGone(DomainError):
    """A paper names somebody who has become protected since."""

    status = 410
    reason = Text("Dokumentet finns inte längre.", "The paper is there no longer.")
    advice = Text("Gör ett nytt dokument.", "Make a new paper.")


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of a case: who asked for it, whether it names the pupil, everybody it names, and the SHA-256 of
    what was written.
    """

    id: str
    edition: Edition
    asked_by: PersonId
    asked: datetime
    state: State = "waiting"
    named: bool = False
    people: tuple[PersonId, ...] = ()
    sha256: str = ""
    made: datetime | None = None


def hidden(paper: Paper) -> Paper | None:
    """What becomes of a paper when its pupil becomes protected: one that names them nobody can fetch any
    more. One that is being written is to be written anew (the same, to be stored again); of others None.
    """
    if paper.state == "waiting":
        return paper
    return replace(paper, state="withdrawn", named=False, people=()) if paper.named else None


@dataclass(frozen=True, slots=True)
class Named:
    """What a paper says of whom it is about and who works on the case: names by id, None for a
    protected one; the pupil's line, None when protected; the unit's line.
    """

    pupil: str | None
    unit: str
    staff: Mapping[PersonId, str | None]

    def of(self, person: PersonId | None) -> str:
        return (self.staff.get(person) or "medarbetare") if person else "–"


def written(paper: Paper, pupil: PersonId, named: Named, sha256: str, at: datetime) -> Paper:
    """The paper that has been written with these names."""
    people = {person for person, name in named.staff.items() if name} | ({pupil} if named.pupil else set())
    return replace(
        paper, state="ready", named=bool(named.pupil), people=tuple(sorted(people)), sha256=sha256, made=at
    )


def staff_of(case: Case, notes: Iterable[Note]) -> set[PersonId]:
    """The staff that the whole paper names."""
    return {case.opened_by, *case.people, *(note.by for note in notes)}


def span_of(case: Case, today: date) -> tuple[date, date]:
    """The days whose attendance a paper sums, a year at most."""
    last = min(case.closed or today, today)
    return max(case.opened - BEFORE, last - timedelta(days=365)), last


Rows = list[list[str]]


def content(
    edition: Edition, case: Case, notes: Sequence[Note], sums: Mapping[str, Sums], named: Named,
    at: datetime,
) -> dict[str, object]:  # fmt: skip
    """What the paper says, for the template: rows of label and value, and tables."""
    whole = edition == "whole"
    shown = notes if whole else [note for note in notes if note.shared]
    return {
        "title": "Utredning av frånvaro" if whole else "Utredning av frånvaro: det som delas med hemmet",
        "law": "skollagen 7 kap. 19 a § och 15 kap. 16 §",
        "case": case.id,
        "made": f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}",
        "facts": _facts(case, named, whole=whole),
        "reasons": [_reason(reason) for reason in case.reasons] if whole else [],
        "sums": [_sums(month, one) for month, one in sums.items()] if whole else [],
        "notes": [_note(note, named, whole=whole) for note in shown],
        "followUps": [day.isoformat() for day in case.follow_ups],
        "whole": whole,
    }


def _facts(case: Case, named: Named, *, whole: bool) -> Rows:
    rows = [
        ["Elev", named.pupil or "har skyddade personuppgifter; kontakta skolan"],
        ["Skolenhet", named.unit],
        ["Inleddes", case.opened.isoformat()],
    ]
    if whole:
        told = case.organiser_told
        rows += [
            ["Beslut att utreda", named.of(case.opened_by)],
            ["Huvudmannen underrättad", f"{told.astimezone(LOCAL):%Y-%m-%d %H:%M}" if told else "nej"],
            ["Gränsvärden", case.rules],
            ["Handläggare", named.of(case.handler)],
            ["Deltar", ", ".join(sorted(named.of(person) for person in case.team)) or "–"],
        ]
    if case.closed:
        rows += [["Avslutad", case.closed.isoformat()]]
        rows += [["Resultat", OUTCOMES[case.outcome]]] if case.outcome else []
        rows += [["Frånvaron", EFFECTS[case.effect]]] if case.effect and whole else []
    else:
        rows += [["Läge", "pågår"]]
    return rows


def _reason(reason: Reason) -> list[str]:
    of = WEEKDAYS.get(reason.of, reason.of)
    figures = ", ".join(f"{FIGURES[name]} {value}" for name, value in reason.figures.items())
    return [CAUSES[reason.cause], of or "–", figures or "–"]


def _sums(month: str, one: Sums) -> list[str]:
    shares = (f"{one.share(minutes)} %".replace(".", ",") for minutes in (one.valid, one.invalid))
    return [month, *map(str, (one.offered, one.reported, one.valid, one.invalid, one.late)), *shares]


def _note(note: Note, named: Named, *, whole: bool) -> list[str]:
    row = [note.day.isoformat(), KINDS[note.kind], CODES[note.code], note.text or "–"]
    if not whole:
        return row
    took_part = ", ".join(PARTICIPANTS[one] for one in note.participants)
    return [*row, took_part or "–", named.of(note.by), "ja" if note.shared else "nej"]


CAUSES = {
    "share": "Stor del av lektionerna",
    "unexcusedDays": "Ogiltig frånvaro flera dagar",
    "pattern": "Mönster",
    "longValid": "Lång giltig frånvaro",
    "proposed": "Föreslagen av mentor",
}
FIGURES = {
    "percent": "procent", "missed": "missade minuter", "offered": "erbjudna minuter", "days": "dagar",
    "minutes": "minuter", "times": "gånger", "lessons": "lektioner",
}  # fmt: skip
WEEKDAYS = {
    str(number): day
    for number, day in enumerate(
        ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"), start=1
    )
}
KINDS = {
    "step": "Steg", "meeting": "Möte", "finding": "Kartläggning", "measure": "Åtgärd",
    "plannedFollowUp": "Planerad uppföljning", "followUp": "Uppföljning",
}  # fmt: skip
CODES = {
    "surveying": "kartläggning", "analysing": "analys", "planning": "planering", "followingUp": "uppföljning",
    "survey": "kartläggning", "followUp": "uppföljning", "homeVisit": "hembesök", "phone": "telefonsamtal",
    "schoolEnvironment": "skolmiljö", "learning": "lärande", "relations": "relationer", "health": "hälsa",
    "home": "hem", "leisure": "fritid", "pupilsView": "elevens syn", "guardiansView": "vårdnadshavares syn",
    "contactPerson": "kontaktperson", "adjustedTimetable": "anpassad studiegång eller anpassat schema",
    "extraAdaptations": "extra anpassningar", "specialSupportInquiry": "utredning om särskilt stöd",
    "healthTeamContact": "kontakt med elevhälsan", "homeContact": "kontakt med hemmet",
    "environment": "förändrad miljö", "socialServicesTold": "anmälan till socialtjänsten",
    "otherActivity": "annan aktivitet", "improved": "förbättrad", "unchanged": "oförändrad",
    "worsened": "försämrad",
}  # fmt: skip
PARTICIPANTS = {
    "pupil": "elev", "guardians": "vårdnadshavare", "mentor": "mentor", "healthTeam": "elevhälsa",
    "principal": "rektor", "otherAuthority": "annan myndighet",
}  # fmt: skip
OUTCOMES = {
    "attendanceRestored": "eleven är åter i skolan", "supportGoesOn": "stödet fortsätter",
    "specialSupport": "särskilt stöd", "noCause": "ingen åtgärd behövs",
    "otherAuthority": "överlämnad till annan myndighet", "leftSchool": "eleven har slutat",
}  # fmt: skip
EFFECTS = {
    "improved": "har minskat", "unchanged": "är oförändrad", "worsened": "har ökat", "unknown": "är okänd",
}  # fmt: skip
