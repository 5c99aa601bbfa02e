"""A unit's national test (process 31): who writes it, when its parts are held, what came of it, and from
which parts the principal has exempted somebody (SkolF 9:20–21).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, NewType

from functions.assessment.domain.national_tests import (
    NationalTest,
    Outcome,
    TestId,
    check_given_grade,
    check_outcome,
    whole_grade,
)
from functions.assessment.domain.writers import Admission
from skolkit.clock import LOCAL
from skolkit.errors import ChangedMeanwhile, DomainError, Text
from skolkit.types import GroupId, PersonId, UnitId

SittingId = NewType("SittingId", str)
MarkingId = NewType("MarkingId", str)
MOST_PUPILS = 45  # with a result and a trace each they are written by one transaction


class UnknownTest(DomainError):
    """The test is not in the calendar."""

    status = 422
    reason = Text("Provet finns inte i provkalendern.", "The test is not in the calendar.")
    advice = Text("Välj ett prov ur listan.", "Choose a test from the list.")


class UnknownGroup(DomainError):
    """The group is not at the unit, or those who are to write are not in it."""

    status = 422
    reason = Text(
        "Gruppen eller eleverna finns inte vid enheten.", "The group or the pupils are not at the unit."
    )
    advice = Text(
        "Välj en grupp vid enheten och elever i den.", "Choose a group of the unit and pupils of it."
    )


class NotStaffHere(DomainError):
    """Whoever is responsible for a test, or marks it, is employed for it."""

    status = 422
    reason = Text("Personen har ingen tjänst som gör det möjligt.", "The person has no duty that allows it.")
    advice = Text("Välj någon som är anställd.", "Choose somebody who is employed.")


class TooManyPupils(DomainError):
    """A sitting is saved in one go."""

    status = 422
    reason = Text("Högst 45 elever i en provgrupp.", "At most 45 pupils in a test group.")
    advice = Text("Dela gruppen.", "Divide the group.")


class AlreadySitting(DomainError):
    """A pupil writes a test once."""

    reason = Text(
        "En elev skriver redan provet i en annan provgrupp.", "A pupil already writes the test elsewhere."
    )
    advice = Text("Ta bort eleven ur den andra provgruppen.", "Take the pupil out of the other test group.")


class OutsideTheDays(DomainError):
    """A part is held on a day that Skolverket has set."""

    status = 422
    reason = Text("Delprov {part} hålls {first}–{last}.", "Part {part} is held {first}–{last}.")
    advice = Text("Välj en tid inom provperioden.", "Choose a time within the period of the test.")
    law = "SkolF 9:21"


class UnknownPart(DomainError):
    """The test has no such part."""

    status = 422
    reason = Text("Provet har inte det delprovet.", "The test has no such part.")
    advice = Text("Välj ett delprov ur provet.", "Choose a part of the test.")


class NotInTheSitting(DomainError):
    """Results are of those who write the test in the group."""

    status = 422
    reason = Text(
        "Eleven skriver inte provet i den här gruppen.", "The pupil does not write the test in this group."
    )
    advice = Text("Läs gruppen på nytt.", "Read the group again.")


class SealedPart(DomainError):
    """A part that is marked without names has no result of anybody until its key is opened."""

    reason = Text(
        "Delprovet bedöms anonymt; nyckeln är inte öppnad.",
        "The part is marked without names; its key is shut.",
    )
    advice = Text("Öppna nyckeln när bedömningen är klar.", "Open the key when the marking is done.")


class ExemptPart(DomainError):
    """The principal has exempted the pupil from the part."""

    reason = Text("Eleven är befriad från delprovet.", "The pupil is exempt from the part.")
    advice = Text("Rektor kan upphäva befrielsen.", "The principal can lift the exemption.")
    law = "SkolF 9:20"


class HasResult(DomainError):
    """What has a result has been written: nobody is exempted from it, or taken out, afterwards."""

    reason = Text("Det finns redan ett resultat.", "There is already a result.")
    advice = Text("Rätta resultatet först.", "Correct the result first.")


class WrongDecision(DomainError):
    """A decision on exemption has a ground of its kind, and changes something."""

    status = 422
    reason = Text(
        "Beslutet går inte ihop med skälet, eller ändrar inget.",
        "The ground does not go with the decision, or nothing changes.",
    )
    advice = Text("Välj ett skäl för just det beslutet.", "Choose a ground of that very decision.")
    law = "SkolF 9:20"


class OwnCase(DomainError):
    """Nobody decides about their own child, or reports its results (jäv, förvaltningslagen (2017:900)
    16 §).
    """

    reason = Text("Du är jävig i ärendet.", "You are disqualified in the case.")
    advice = Text("Låt någon annan göra det.", "Let somebody else do it.")
    law = "förvaltningslagen 16 §"


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where a part is held."""

    start: datetime
    room: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """That a part is marked without names: by whom, and whether the key has been opened."""

    marking: MarkingId
    markers: tuple[PersonId, ...]
    opened: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A test of a group. `paper` is the test in the edition it is held in; `special` are pupils with special
    arrangements, that there are any and never why; `admitted` those of other years, as the principal decided;
    `begun`: somebody has a result; `sealed` by part.
    """

    id: SittingId
    unit: UnitId
    group: GroupId
    paper: NationalTest
    responsible: PersonId
    pupils: tuple[PersonId, ...]
    special: frozenset[PersonId] = frozenset()
    admitted: Mapping[PersonId, Admission] = field(default_factory=dict)
    slots: Mapping[str, Slot] = field(default_factory=dict)
    begun: bool = False
    sealed: Mapping[str, Sealed] = field(default_factory=dict)
    version: int | None = None

    @property
    def markers(self) -> frozenset[PersonId]:
        """Those who mark something here without knowing whose it is."""
        return frozenset(p for one in self.sealed.values() if not one.opened for p in one.markers)

    def is_sealed(self, part: str) -> bool:
        one = self.sealed.get(part)
        return one is not None and not one.opened


def check(sitting: Sitting, members: Collection[PersonId], others: Iterable[Sitting]) -> Sitting:
    """The sitting, if its pupils are of the group and write the test nowhere else, and its times are in the
    test's days. Raises the refusals above.
    """
    pupils = set(sitting.pupils)
    if not pupils <= set(members) or not sitting.special <= pupils:
        raise UnknownGroup(field="students")
    if len(pupils) > MOST_PUPILS:
        raise TooManyPupils(field="students", value=len(pupils))
    elsewhere = (o for o in others if o.id != sitting.id and o.paper.id == sitting.paper.id)
    if any(pupils & set(other.pupils) for other in elsewhere):
        raise AlreadySitting(field="students")
    for code, slot in sitting.slots.items():
        part = sitting.paper.part(code)
        if part is None:
            raise UnknownPart(field="slots", value=code)
        if not part.first <= slot.start.astimezone(LOCAL).date() <= part.last:
            raise OutsideTheDays(field="slots", value=code, part=code, first=part.first, last=part.last)
    return sitting


# Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a test for a pupil. `given` is the test grade that somebody gave, `grade` the one that
    holds; `version` None until it is stored.
    """

    pupil: PersonId
    sitting: SittingId | None
    paper: NationalTest
    unit: UnitId
    parts: Mapping[str, Outcome] = field(default_factory=dict)
    given: str | None = None
    grade: str | None = None
    by: PersonId | None = None
    at: datetime | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What is reported of one pupil over the version read; a part that is None has no result any more."""

    pupil: PersonId
    version: int
    parts: Mapping[str, Outcome | None]
    given: str | None = None


def report(
    sitting: Sitting, old: Result | None, change: Change, by: PersonId, at: datetime, number: int
) -> Result:
    """A pupil's result with what somebody reports by name. Raises the refusals above and `ChangedMeanwhile`;
    `number` is the row's.
    """
    field, paper = f"rows.{number}", sitting.paper
    if change.pupil not in sitting.pupils:
        raise NotInTheSitting(field=f"{field}.student")
    known = old or Result(pupil=change.pupil, sitting=sitting.id, paper=paper, unit=sitting.unit)
    if (known.version or 0) != change.version:
        raise ChangedMeanwhile(field=f"{field}.version", value=change.version)
    parts = dict(known.parts)
    for code, outcome in change.parts.items():
        part = paper.part(code)
        if part is None or (outcome and outcome.state == "exempt"):
            raise UnknownPart(field=f"{field}.parts", value=code)
        if sitting.is_sealed(code):
            raise SealedPart(field=f"{field}.parts", value=code)
        if code in parts and parts[code].state == "exempt":
            raise ExemptPart(field=f"{field}.parts", value=code)
        parts.pop(code, None)
        if outcome:
            parts[code] = check_outcome(part, outcome, paper.grades, f"{field}.parts")
    given = check_given_grade(paper, change.given, f"{field}.testGrade")
    return with_parts(
        replace(known, sitting=sitting.id, paper=paper, unit=sitting.unit, given=given), parts, by, at
    )


def with_parts(one: Result, parts: Mapping[str, Outcome], by: PersonId, at: datetime) -> Result:
    """The result with other outcomes, and the test grade they make."""
    return replace(one, parts=parts, grade=whole_grade(one.paper, parts, one.given), by=by, at=at)


# Exemption

Ruling = Literal["exempt", "refused", "lifted"]
Ground = Literal["newlyArrived", "cannotBeAdapted", "otherSpecialReasons", "noSpecialReasons", "reasonsGone"]
"""Why: special reasons (särskilda skäl) of three kinds, that there are none, that they are there no longer.
Never what somebody suffers from."""
GROUNDS: Mapping[Ruling, frozenset[Ground]] = {
    "exempt": frozenset({"newlyArrived", "cannotBeAdapted", "otherSpecialReasons"}),
    "refused": frozenset({"noSpecialReasons"}),
    "lifted": frozenset({"reasonsGone"}),
}
RULES = "exemption-2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A decision of the principal on exemption from parts of a test; never changed, the next one holds."""

    pupil: PersonId
    test: TestId
    number: int
    parts: tuple[str, ...]
    ruling: Ruling
    ground: Ground
    motivation: str
    by: PersonId
    role: Literal["principal", "delegate"]
    at: datetime
    delegation: str | None = None
    rules: str = RULES


def decide(old: Result, made: Sequence[Exemption], new: Exemption) -> tuple[Result, Exemption]:
    """The pupil's result and the decision, numbered. Raises `WrongDecision`, `UnknownPart`, `HasResult`."""
    if new.ground not in GROUNDS[new.ruling]:
        raise WrongDecision(field="ground", value=new.ground)
    unknown = [code for code in new.parts if old.paper.part(code) is None]
    if unknown or not new.parts:
        raise UnknownPart(field="parts", value=unknown[0] if unknown else None)
    parts = dict(old.parts)
    exempt = {code for code, one in parts.items() if one.state == "exempt"}
    for code in new.parts:
        if new.ruling == "exempt":
            if code in parts and parts[code].state == "done":
                raise HasResult(field="parts", value=code)
            parts[code] = Outcome("exempt")
        elif new.ruling == "lifted":
            parts.pop(code, None)
    now_exempt = {code for code, one in parts.items() if one.state == "exempt"}
    if new.ruling != "refused" and now_exempt == exempt:
        raise WrongDecision(field="parts")
    if new.ruling == "lifted" and not set(new.parts) <= exempt:
        raise WrongDecision(field="parts")
    return with_parts(old, parts, new.by, new.at), replace(new, number=len(made) + 1)
