"""Cases about a decided grade (process 33): rättelse of what is evidently a slip (skollagen 3:19), ändring of
what new circumstances show to be evidently wrong (3:20), and withdrawal of what a file brought by mistake.

Nothing is overwritten: what is decided becomes a new entry in the place of the one that it replaces.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar

from functions.grades.domain import case_refusals as refusals
from functions.grades.domain import subjects
from functions.grades.domain.catalogue import Choice, Decider, Entry
from functions.grades.domain.grading import Line, check_whole
from functions.grades.domain.orders import Vouched
from functions.grades.domain.scales import BY_ID
from skolkit.types import PersonId, UnitId

Kind = Literal["correction", "change", "withdrawal"]
Flaw = Literal["miswriting", "miscount", "otherEvident", "newCircumstances", "otherReason", "wrongImport"]
"""Skrivfel, räknefel, liknande förbiseende; nya omständigheter, annan anledning; fel i det inlästa."""

Outcome = Literal["approved", "refused"]
State = Literal["open", "approved", "refused"]
Ground = Literal["notEmployed", "partlyGone", "disagreement", "hindered"]
"""Why a change is the principal's: nobody who decided is left, not all are, they disagree, hindered."""

FLAWS: dict[Kind, frozenset[Flaw]] = {
    "correction": frozenset({"miswriting", "miscount", "otherEvident"}),
    "change": frozenset({"newCircumstances", "otherReason"}),
    "withdrawal": frozenset({"wrongImport"}),
}
HEARING = timedelta(days=14)
"""How long the home may comment; the law says no number [M]."""
REMINDED = timedelta(days=3)
"""How long before the end of that time it is reminded."""
MOST_COMMENTS = 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an entry is to say instead; None leaves a thing as it is."""

    value: str | None = None
    finished: bool | None = None
    choice: Choice | None = None
    language: str | None = None
    adapted: str | None = None
    remark: str | None = None
    support: str | None = None
    title: str | None = None

    def on(self, entry: Entry) -> Entry:
        """The entry as it would say. Language and choice only where the subject has them."""
        known = subjects.subject_of(entry.subject.code)
        many, modern = known and known.kind == "language", known and known.designation == "M"

        def new(said: T | None, old: T) -> T:
            return old if said is None else said

        subject = replace(
            entry.subject, choice=new(self.choice if modern else None, entry.subject.choice),
            language=new(self.language if many else None, entry.subject.language),
        )  # fmt: skip
        return replace(
            entry, subject=subject, value=new(self.value, entry.value),
            finished=new(self.finished, entry.finished), adapted=new(self.adapted, entry.adapted),
            remark=new(self.remark, entry.remark), support=new(self.support, entry.support),
            title=new(self.title, entry.title),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody of the home says of a case."""

    by: PersonId
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one of those who decided on the grade wants it changed, said with a fresh sign-in."""

    by: PersonId
    agrees: bool
    vouched: Vouched


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a case ended. `ground`: why a change was the principal's; `unheard`: why it was unnecessary to hear
    the home; `entry`: what came in the old one's place.
    """

    outcome: Outcome
    by: PersonId
    at: datetime
    motivation: str = ""
    ground: Ground | None = None
    unheard: str = ""
    entry: str | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """A pupil and who has custody of the pupil today."""

    pupil: PersonId
    guardians: frozenset[PersonId]

    @property
    def all(self) -> frozenset[PersonId]:
        return self.guardians | {self.pupil}

    @property
    def heard(self) -> frozenset[PersonId]:
        """Whose comments are waited for: the guardians', or those of a pupil without."""
        return self.guardians or frozenset({self.pupil})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case about an entry of the catalogue. `pupil` is the record that the entry is in, `unit` whose
    principal it is for, `noticed_by` who noticed, `hear_until` the last day for comments (None: there is
    nothing to hear the home about).
    """

    id: str
    pupil: PersonId
    entry: str
    unit: UnitId
    kind: Kind
    flaw: Flaw
    reason: str
    noticed_by: PersonId
    opened: datetime
    proposal: Proposal = Proposal()
    hear_until: date | None = None
    comments: tuple[Comment, ...] = ()
    answers: tuple[Answer, ...] = ()
    verdict: Verdict | None = None
    version: int | None = None

    @property
    def state(self) -> State:
        return self.verdict.outcome if self.verdict else "open"

    def heard(self, home: Home, today: date) -> bool:
        """Whether the home has had its say: the time is over, or everybody has commented."""
        said = {comment.by for comment in self.comments}
        return self.hear_until is None or today > self.hear_until or said >= home.heard


def is_replaced(entry: Entry, known: Iterable[Entry]) -> bool:
    """Whether another entry is in this one's place, or it withdraws one itself."""
    return entry.kind == "withdrawal" or any(other.replaces == entry.id for other in known)


def check_case(case: Case, entry: Entry, known: Iterable[Entry], *, taken: bool) -> Case:
    """A case that may be opened; `taken`: the entry has an open one.

    Raises `AlreadyReplaced`, `CaseOpen`, `WrongFlaw`, `NothingToCorrect`, `OnlyTheGrade`, `GradeLowered`,
    `IllegalValue`, `SupportMissing`, `TitleMissing`, `LanguageMissing`.
    """
    if is_replaced(entry, known):
        raise refusals.AlreadyReplaced(field="entry", value=entry.id)
    if taken:
        raise refusals.CaseOpen(field="entry", value=entry.id)
    if case.flaw not in FLAWS[case.kind] or (case.kind == "withdrawal" and not entry.source):
        raise refusals.WrongFlaw(field="flaw", value=case.flaw)
    if case.kind == "withdrawal":
        return replace(case, proposal=Proposal())
    new = case.proposal.on(entry)
    if new == entry:
        raise refusals.NothingToCorrect(field="proposal")
    if case.kind == "change":
        _check_change(entry, new)
    _check_whole(entry, new)
    return case


def _check_change(entry: Entry, new: Entry) -> None:
    """Only the grade, and with an F its assessment, and never lower (skollagen 3:20)."""
    if replace(new, value=entry.value, support=entry.support) != entry:
        raise refusals.OnlyTheGrade(field="proposal")
    if new.value == entry.value:
        raise refusals.NothingToCorrect(field="proposal.value", value=new.value)
    BY_ID[entry.scale].worth(new.value)
    if new.rank < entry.rank:
        raise refusals.GradeLowered(field="proposal.value", value=new.value)


def _check_whole(entry: Entry, new: Entry) -> None:
    BY_ID[entry.scale].worth(new.value)
    subjects.check_named(new.subject, entry.pupil)
    if (new.value, new.finished) != (entry.value, entry.finished) or new.support != entry.support:
        line = Line(pupil=entry.pupil, support=new.support, title=new.title)
        check_whole(line, new.value, finished=new.finished, work=new.subject.work)


def comment(case: Case, by: PersonId, text: str, now: datetime) -> Case:
    """The case with something that the home says. Raises `CaseClosed`, `CommentsFull`."""
    _require_open(case)
    if len(case.comments) >= MOST_COMMENTS:
        raise refusals.CommentsFull(field="text", most=MOST_COMMENTS)
    return replace(case, comments=(*case.comments, Comment(by, now, text)))


def teachers_of(entry: Entry) -> tuple[PersonId, ...]:
    """Who decided on a grade as teachers."""
    return tuple(d.person for d in entry.deciders if d.role == "teacher")


def ground_of(case: Case, entry: Entry, employed: Collection[PersonId]) -> Ground | None:
    """Why a change is the principal's, of those who decided and those of them who are still employed at the
    unit; None when it is theirs. What the principal decided, or a file brought, is nobody else's.
    """
    teachers = teachers_of(entry)
    if not set(teachers) & set(employed):
        return "notEmployed"
    if not set(teachers) <= set(employed):
        return "partlyGone"
    return "disagreement" if any(not answer.agrees for answer in case.answers) else None


def answer(
    case: Case, entry: Entry, by: PersonId, home: Home, employed: Collection[PersonId], vouched: Vouched, *,
    agrees: bool,
) -> tuple[Case, bool]:  # fmt: skip
    """The case with the answer of one who decided on the grade, and whether all of them want it changed now
    (skollagen 3:20). Raises `CaseClosed`, `OwnGrade`, `NotToAnswerChange`.
    """
    _require_open(case)
    if by in home.all:
        raise refusals.OwnGrade(field="case", value=case.id)
    answered = {one.by for one in case.answers}
    if case.kind != "change" or by not in teachers_of(entry) or by not in employed or by in answered:
        raise refusals.NotToAnswerChange(field="case", value=case.id)
    answered_now = replace(case, answers=(*case.answers, Answer(by, agrees, vouched)))
    everybody = {one.by for one in answered_now.answers} >= set(teachers_of(entry))
    return answered_now, everybody and ground_of(answered_now, entry, employed) is None


def decide(
    case: Case, entry: Entry, verdict: Verdict, home: Home, employed: Collection[PersonId], today: date
) -> Case:
    """The case as the principal decides it.

    Raises `CaseClosed`, `OwnGrade`, `MotivationMissing`, `NotHeard`, `GroundMissing`,
    `NotForThePrincipalToChange`.
    """
    _require_open(case)
    if verdict.by in home.all:
        raise refusals.OwnGrade(field="case", value=case.id)
    if verdict.outcome == "refused":
        if len(verdict.motivation.strip()) < 10:
            raise refusals.MotivationMissing(field="motivation")
        return replace(case, verdict=verdict)
    if case.kind == "change":
        _check_ground(case, entry, verdict, employed)
    elif not case.heard(home, today) and len(verdict.unheard.strip()) < 10:
        raise refusals.NotHeard(field="unheard", day=f"{case.hear_until}")
    return replace(case, verdict=verdict)


def _check_ground(case: Case, entry: Entry, verdict: Verdict, employed: Collection[PersonId]) -> None:
    if verdict.ground is None:
        raise refusals.GroundMissing(field="ground")
    found = ground_of(case, entry, employed)
    if verdict.ground != (found or "hindered"):
        raise refusals.NotForThePrincipalToChange(field="ground", value=verdict.ground, ground=verdict.ground)


def _require_open(case: Case) -> None:
    if case.verdict is not None:
        raise refusals.CaseClosed(field="case", value=case.id)


def entry_after(
    case: Case, entry: Entry, deciders: tuple[Decider, ...], by: PersonId, id: str, now: datetime
) -> Entry:
    """What goes into the catalogue in the old entry's place."""
    new = entry if case.kind == "withdrawal" else case.proposal.on(entry)
    return replace(
        new, id=id, kind=case.kind, at=now, deciders=deciders, registered_by=by, replaces=entry.id,
        reason=case.flaw, number=0, previous="",
    )  # fmt: skip
