"""Setting grades (betygssättning): the sheet of a class in a subject, who decides when several teachers
teach, and what becomes a decision in the catalogue (skollagen 3:13–18, 10:15–22,
15:22–27; skolförordningen 6:3–4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from functions.grades.domain.catalogue import Choice, Decider
from functions.grades.domain.grading_refusals import (
    DecidedAlready,
    LinesChanged,
    NoCertifiedTeacher,
    NotADecider,
    NotForThePrincipal,
    NothingProposed,
    NotInGroup,
    NotReadAndGraded,
    NotToAppoint,
    SupportMissing,
    TitleMissing,
    TooManyDecisions,
)
from functions.grades.domain.orders import Vouched
from functions.grades.domain.scales import DASH, Scale
from skolkit.errors import Fault
from skolkit.types import GroupId, PersonId, UnitId

MOST_AT_ONCE = 45
"""Pupils decided on in one transaction: an entry and a head each, and a few rows more."""

ALONE: frozenset[str] = frozenset()
"""Subjects (codes) whose teachers decide without certification (skollagen 2:17 lets some teach so): whether
they may grade alone is [M], so none does until the municipality says so.
"""

Standing = Literal["empty", "notRead", "proposed", "awaitsColleague", "awaitsPrincipal", "decided"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grader:
    """A teacher who sets grades in the group, certified and qualified in the subject today or not."""

    person: PersonId
    certified: bool = False
    qualified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A pupil on the sheet. `proposals` are the teachers' grades; `signed` are those who have decided on
    theirs and on what else the line says, and with which sign-in; `reads` is False for who does not read the
    subject; `finished` None follows the period; `choice` and `language` of a modern language; `value` and
    `entry` are what has been decided; `version` counts the line's changes.
    """

    pupil: PersonId
    proposals: Mapping[PersonId, str] = field(default_factory=dict)
    signed: Mapping[PersonId, Vouched] = field(default_factory=dict)
    reads: bool = True
    finished: bool | None = None
    choice: Choice | None = None
    language: str | None = None
    adapted: str = ""
    remark: str = ""
    support: str = ""
    title: str = ""
    value: str | None = None
    entry: str | None = None
    version: int = 0

    @property
    def done(self) -> bool:
        """Whether there is nothing left to decide."""
        return self.entry is not None or not self.reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a teacher says of a pupil: everything on the line, `value` as the teacher's own proposal
    (None: none); `version` is the one of the line that was seen.
    """

    pupil: PersonId
    version: int
    value: str | None
    reads: bool = True
    finished: bool | None = None
    choice: Choice | None = None
    language: str | None = None
    adapted: str = ""
    remark: str = ""
    support: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The lines of an activity in a period; those nobody has written on are left out. `appointed` decides
    together with teachers none of whom is certified.
    """

    period: str
    activity: str
    unit: UnitId
    groups: tuple[GroupId, ...]
    lines: Mapping[PersonId, Line] = field(default_factory=dict)
    appointed: PersonId | None = None
    version: int | None = None

    def line(self, pupil: PersonId) -> Line:
        return self.lines.get(pupil) or Line(pupil=pupil)


def save(
    sheet: Sheet, changes: Sequence[Change], by: PersonId, members: Collection[PersonId], scale: Scale
) -> Sheet:
    """The sheet with one teacher's changes, all of them or none. What says nothing new leaves its line as it
    is, whichever version was seen, so that a repeat does no harm.

    Raises `NotInGroup`, `DecidedAlready`, `IllegalValue`, `NotReadAndGraded`, `LinesChanged` (which names the
    pupils).
    """
    lines, stale = dict(sheet.lines), list[Fault]()
    for change in changes:
        old = sheet.line(change.pupil)
        new = _changed(old, change, by)
        if new == old:
            continue
        _check(change, old, members, scale)
        if change.version != old.version:
            stale.append(
                Fault(f"lines.{change.pupil}", LinesChanged.reason, LinesChanged.advice, old.version)
            )
        lines[change.pupil] = replace(new, version=old.version + 1)
    if stale:
        raise LinesChanged(field="lines", faults=tuple(stale))
    return replace(sheet, lines=lines)


def _changed(old: Line, change: Change, by: PersonId) -> Line:
    """The line as the change says. Whoever had decided did so on what the line said: it is to be decided anew
    when what all share changes, and by the teacher whose own proposal changes.
    """
    proposals = {person: value for person, value in old.proposals.items() if person != by}
    if change.value is not None:
        proposals[by] = change.value
    new = replace(
        old, proposals=proposals, reads=change.reads, finished=change.finished, choice=change.choice,
        language=change.language, adapted=change.adapted, remark=change.remark, support=change.support,
        title=change.title,
    )  # fmt: skip
    if replace(new, proposals=old.proposals) != old:
        return replace(new, signed={})
    if proposals == old.proposals:
        return new
    return replace(new, signed={person: how for person, how in old.signed.items() if person != by})


def _check(change: Change, old: Line, members: Collection[PersonId], scale: Scale) -> None:
    if change.pupil not in members:
        raise NotInGroup(field="lines", value=change.pupil)
    if old.entry is not None:
        raise DecidedAlready(field="lines", value=change.pupil)
    if change.value is not None:
        scale.worth(change.value)
        if not change.reads:
            raise NotReadAndGraded(field="lines", value=change.pupil)


def deciders(graders: Iterable[Grader], appointed: Grader | None, alone: bool = False) -> tuple[Grader, ...]:
    """Who decides: of several teachers those who are certified (skolförordningen 6:3); when none is, the
    teachers together with a certified one whom the principal has appointed (skollagen 3:16). `alone`: the
    subject is one that may be taught and graded without certification.

    Raises `NoCertifiedTeacher`.
    """
    teaching = tuple(sorted(graders, key=lambda g: g.person))
    certified = tuple(g for g in teaching if g.certified)
    if certified or (alone and teaching):
        return certified or teaching
    if teaching and appointed and appointed.certified:
        return (*teaching, appointed)
    raise NoCertifiedTeacher(field="activity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the deciders' grades come to: a value and whose decision it is, or who is waited for; neither when
    it is for the principal.
    """

    value: str | None = None
    by: tuple[Grader, ...] = ()
    waits_for: tuple[PersonId, ...] = ()


def verdict(who: Sequence[Grader], line: Line) -> Verdict:
    """What the line comes to when all have decided: what they agree on; else what those of them say who are
    both certified and qualified in the subject, if those agree; else the principal decides (skollagen 3:16,
    skolförordningen 6:4).
    """
    waits = tuple(g.person for g in who if g.person not in line.signed)
    if waits:
        return Verdict(waits_for=waits)
    values = {line.proposals[g.person] for g in who}
    if len(values) == 1:
        return Verdict(value=values.pop(), by=tuple(who))
    qualified = tuple(g for g in who if g.certified and g.qualified)
    theirs = {line.proposals[g.person] for g in qualified}
    return Verdict(value=theirs.pop(), by=qualified) if len(theirs) == 1 else Verdict()


def standing_of(line: Line, who: Sequence[Grader]) -> Standing:
    """Where a line stands."""
    if line.entry is not None:
        return "decided"
    if not line.reads:
        return "notRead"
    if not line.signed:
        return "proposed" if line.proposals else "empty"
    found = verdict(who, line) if line.signed.keys() >= {g.person for g in who} else None
    return "awaitsPrincipal" if found and found.value is None else "awaitsColleague"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A line that has got its grade, who decided, and with which sign-in each of them did."""

    line: Line
    value: str
    deciders: tuple[Decider, ...]
    vouched: Mapping[PersonId, Vouched]
    reason: str = ""


def decide(
    sheet: Sheet, pupils: Sequence[PersonId], by: PersonId, vouched: Vouched, who: Sequence[Grader],
    members: Collection[PersonId], finished: Mapping[PersonId, bool], *, work: bool,
) -> tuple[Sheet, list[Decided]]:  # fmt: skip
    """The sheet when a teacher decides on own grades of some pupils, and the lines that got their grade by
    it; others wait for a colleague or for the principal. What the teacher has decided on before stays as it
    is, unless nobody is waited for any more: a colleague has left.

    Raises `NotADecider`, `NotInGroup`, `DecidedAlready`, `NothingProposed`, `SupportMissing`, `TitleMissing`,
    `TooManyDecisions`.
    """
    if by not in {g.person for g in who}:
        raise NotADecider(field="activity")
    if len(pupils) > MOST_AT_ONCE:
        raise TooManyDecisions(field="students", value=len(pupils))
    lines, made = dict(sheet.lines), list[Decided]()
    for pupil in dict.fromkeys(pupils):
        line = _to_decide(sheet, pupil, members)
        if by not in line.proposals:
            raise NothingProposed(field="students", value=pupil)
        if by in line.signed and verdict(who, line).value is None:
            continue
        signed = replace(line, signed={**line.signed, by: vouched}, version=line.version + 1)
        found = verdict(who, signed)
        if found.value is not None:
            check_whole(signed, found.value, finished=finished[pupil], work=work)
            made.append(_decided(signed, found.value, found.by))
        lines[pupil] = signed
    return replace(sheet, lines=lines), made


def _decided(line: Line, value: str, by: Sequence[Grader]) -> Decided:
    vouched = {grader.person: line.signed[grader.person] for grader in by}
    return Decided(line=line, value=value, deciders=_named(by), vouched=vouched)


Hindrance = Literal["disagreement", "hindered"]


def decide_as_principal(
    sheet: Sheet, pupil: PersonId, value: str, reason: Hindrance, by: PersonId, vouched: Vouched,
    who: Sequence[Grader], members: Collection[PersonId], *, finished: bool, work: bool, scale: Scale,
) -> Decided:  # fmt: skip
    """The principal's decision, the principal's alone, where the teachers cannot agree (skollagen 3:16,
    skolförordningen 6:4), or where whoever was to decide is hindered ([M]: by analogy with 3:20). Raises also
    `NotForThePrincipal`, `IllegalValue`.
    """
    line = _to_decide(sheet, pupil, members)
    scale.worth(value)
    everybody = line.signed.keys() >= {g.person for g in who}
    disagree = everybody and bool(who) and verdict(who, line).value is None
    if (reason == "disagreement") != disagree:
        raise NotForThePrincipal(field="reason", value=reason)
    check_whole(line, value, finished=finished, work=work)
    principal = Decider(person=by, role="principal")
    return Decided(
        line=replace(line, version=line.version + 1),
        value=value,
        deciders=(principal,),
        vouched={by: vouched},
        reason=reason,
    )


def _to_decide(sheet: Sheet, pupil: PersonId, members: Collection[PersonId]) -> Line:
    line = sheet.line(pupil)
    if line.entry is not None:
        raise DecidedAlready(field="students", value=pupil)
    if pupil not in members:
        raise NotInGroup(field="students", value=pupil)
    if not line.reads:
        raise NotReadAndGraded(field="students", value=pupil)
    return line


def check_whole(line: Line, value: str, *, finished: bool, work: bool) -> None:
    """What a decision must come with: `SupportMissing`, `TitleMissing`."""
    if value == "F" and finished and len(line.support.strip()) < 20:
        raise SupportMissing(field="support", value=line.pupil)
    if work and value != DASH and not line.title.strip():
        raise TitleMissing(field="title", value=line.pupil)


def _named(graders: Iterable[Grader]) -> tuple[Decider, ...]:
    return tuple(Decider(person=g.person, certified=g.certified, qualified=g.qualified) for g in graders)


def check_appointed(person: PersonId, fits: bool) -> None:
    """Raises `NotToAppoint`."""
    if not fits:
        raise NotToAppoint(field="teacher", value=person)


def with_line(sheet: Sheet, line: Line) -> Sheet:
    """The sheet with one line changed."""
    return replace(sheet, lines={**sheet.lines, line.pupil: line})


def put(sheet: Sheet, entries: Mapping[PersonId, tuple[str, str]]) -> Sheet:
    """The sheet with the entries (id and value) that its lines got in the catalogue."""
    lines = {
        pupil: replace(line, entry=entries[pupil][0], value=entries[pupil][1]) if pupil in entries else line
        for pupil, line in sheet.lines.items()
    }
    return replace(sheet, lines=lines)


def undecided(sheet: Sheet | None, members: Collection[PersonId]) -> int:
    """How many of a group's pupils have nothing decided and are not marked as not reading the subject."""
    return sum(not (sheet.line(pupil).done if sheet else False) for pupil in members)
