"""Marking without names (avidentifierad bedömning) and co-assessment (sambedömning) of a part of a national
test (process 31).

Every paper has a code. Two markers each assess it without seeing the other's mark until both have; where they
differ, they come to the same, or a third decides. Whose a paper is says only the key, which somebody who
marks nothing of it opens when all is marked [M: how a school arranges it is its own choice].
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NewType

from functions.assessment.domain.national_tests import Outcome, Part, check_outcome
from functions.assessment.domain.sittings import MarkingId, Result, Sealed, Sitting, SittingId, UnknownPart
from skolkit.errors import DomainError, Text
from skolkit.types import PersonId, UnitId

Code = NewType("Code", str)
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ23456789"  # none that is read as another
CODE_LENGTH = 4
FEWEST = 2  # papers: one alone is nobody's secret
State = Literal["preparing", "marking", "opened"]
How = Literal["alike", "agreed", "third", "lost"]


class TwoMarkers(DomainError):
    """Co-assessment is by two, and neither holds the key."""

    status = 422
    reason = Text(
        "Två olika personer bedömer, och ingen av dem ansvarar för nyckeln.",
        "Two different people mark, and neither of them is responsible for the key.",
    )
    advice = Text(
        "Välj andra bedömare eller en annan ansvarig.", "Choose other markers or another responsible."
    )


class Biased(DomainError):
    """Nobody marks their own child's paper (jäv, förvaltningslagen (2017:900) 16 §)."""

    status = 422
    reason = Text("En bedömare är jävig.", "A marker is disqualified.")
    advice = Text("Välj en annan bedömare.", "Choose another marker.")
    law = "förvaltningslagen 16 §"


class TooFewPapers(DomainError):
    """One paper alone is not without a name."""

    status = 422
    reason = Text(
        "Minst två prov behövs för anonym bedömning.", "At least two papers are needed without names."
    )
    advice = Text("Rapportera resultatet med namn.", "Report the result by name.")


class AlreadyMarked(DomainError):
    """A part is marked without names once, and not after it has results by name."""

    reason = Text("Delprovet bedöms redan, eller har resultat.", "The part is being marked, or has results.")
    advice = Text("Läs provgruppen på nytt.", "Read the sitting again.")


class NotNow(DomainError):
    """Labels are handed out before, marks given while, and names told after the marking."""

    reason = Text("Det går inte i det här skedet av bedömningen.", "Not at this stage of the marking.")
    advice = Text("Läs bedömningen på nytt.", "Read the marking again.")


class NotAllMarked(DomainError):
    """The key is opened when every paper has its mark."""

    reason = Text("{count} prov är inte färdigbedömda.", "{count} papers are not marked yet.")
    advice = Text(
        "Slutför bedömningen, eller låt en tredje avgöra.", "Finish the marking, or let a third decide."
    )


class UnknownCode(DomainError):
    """No paper has the code."""

    status = 422
    reason = Text("Inget prov har den koden.", "No paper has that code.")
    advice = Text("Kontrollera koden.", "Check the code.")


class Settled(DomainError):
    """A mark that holds is not changed by a marker."""

    reason = Text("Provet är redan färdigbedömt.", "The paper has its mark already.")
    advice = Text("Läs bedömningen på nytt.", "Read the marking again.")


class NotYourTurn(DomainError):
    """The third marks only what the two do not agree on."""

    reason = Text(
        "De två bedömarna är inte oeniga om provet.", "The two markers do not disagree on the paper."
    )
    advice = Text("Bedöm de prov där de är oeniga.", "Mark the papers they disagree on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """The marking of a part of a sitting. `papers`: how many codes there are."""

    id: MarkingId
    sitting: SittingId
    unit: UnitId
    name: str
    part: Part
    grades: tuple[str, ...]
    markers: tuple[PersonId, ...]
    papers: int
    third: PersonId | None = None
    state: State = "preparing"
    version: int | None = None

    @property
    def everybody(self) -> tuple[PersonId, ...]:
        return (*self.markers, *((self.third,) if self.third else ()))


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody gave a paper, when."""

    by: PersonId
    outcome: Outcome
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper by its code, with every mark it was given, in order, and what holds in the end."""

    code: Code
    marks: tuple[Mark, ...] = ()
    settled: Outcome | None = None
    how: How | None = None
    version: int | None = None

    def latest(self, by: PersonId) -> Outcome | None:
        """Somebody's own last mark."""
        return next((m.outcome for m in reversed(self.marks) if m.by == by), None)


def plan(
    sitting: Sitting,
    code: str,
    markers: tuple[PersonId, ...],
    pupils: Collection[PersonId],
    kin: Mapping[PersonId, Collection[PersonId]],
    results: Iterable[Result],
) -> Part:
    """The part that is to be marked without names. `pupils` are those who handed in, `kin` whose parent each
    marker is. Raises the refusals above.
    """
    part = sitting.paper.part(code)
    if part is None:
        raise UnknownPart(field="part", value=code)
    if code in sitting.sealed or any(_is_done(r, code) for r in results if r.pupil in pupils):
        raise AlreadyMarked(field="part", value=code)
    if not set(pupils) <= set(sitting.pupils):
        raise UnknownCode(field="students")
    if len(set(pupils)) < FEWEST:
        raise TooFewPapers(field="students", value=len(pupils))
    check_markers(sitting, markers, None, pupils, kin)
    return part


def _is_done(result: Result, code: str) -> bool:
    one = result.parts.get(code)
    return one is not None and one.state in ("done", "exempt")


def check_markers(
    sitting: Sitting,
    markers: tuple[PersonId, ...],
    third: PersonId | None,
    pupils: Collection[PersonId],
    kin: Mapping[PersonId, Collection[PersonId]],
) -> None:
    """Raises `TwoMarkers` or `Biased`."""
    everybody = (*markers, *((third,) if third else ()))
    if len(markers) != 2 or len(set(everybody)) < len(everybody) or sitting.responsible in everybody:
        raise TwoMarkers(field="markers")
    if any(person in pupils or set(kin.get(person, ())) & set(pupils) for person in everybody):
        raise Biased(field="markers")


def draw(count: int, letter: Callable[[str], str]) -> list[Code]:
    """So many different codes, each letter chosen by `letter`, in order, which tells nothing of whose they
    are.
    """
    found: set[Code] = set()
    while len(found) < count:
        found.add(Code("".join(letter(LETTERS) for _ in range(CODE_LENGTH))))
    return sorted(found)


def mark(marking: Marking, paper: Paper, by: PersonId, outcome: Outcome, at: datetime, field: str) -> Paper:
    """The paper with somebody's mark, and what holds when that settles it. Raises the refusals above."""
    if marking.state != "marking":
        raise NotNow(field=field)
    if paper.settled:
        raise Settled(field=field, value=paper.code)
    check_outcome(marking.part, outcome, marking.grades, field)
    before = [paper.latest(marker) for marker in marking.markers]
    if by == marking.third and not (all(before) and before[0] != before[1]):
        raise NotYourTurn(field=field, value=paper.code)
    new = replace(paper, marks=(*paper.marks, Mark(by, outcome, at)))
    given = [one for marker in marking.markers if (one := new.latest(marker))]
    if by == marking.third:
        return replace(new, settled=middle([*given, outcome], marking.grades), how="third")
    if len(given) == 2 and given[0] == given[1]:
        return replace(new, settled=outcome, how="agreed" if all(before) else "alike")
    return new


def middle(three: list[Outcome], grades: tuple[str, ...]) -> Outcome:
    """What a third marker's mark leads to: what two of them gave, else the one between the others."""
    return sorted(three, key=lambda one: -grades.index(one.grade) if one.grade else one.points or 0)[1]


def lose(marking: Marking, paper: Paper) -> Paper:
    """A paper that cannot be found any more. Raises `NotNow`, `Settled`."""
    if marking.state != "marking":
        raise NotNow(field="state")
    if paper.settled:
        raise Settled(field="code", value=paper.code)
    return replace(paper, settled=Outcome("lost"), how="lost")


def seen_by(marking: Marking, paper: Paper, caller: PersonId) -> dict[PersonId, Outcome]:
    """The marks that somebody may see: all when both have marked, before that one's own only."""
    both = all(paper.latest(marker) for marker in marking.markers) or paper.settled is not None
    seen = {who: one for who in marking.everybody if (one := paper.latest(who))}
    return seen if both else {who: one for who, one in seen.items() if who == caller}


def begin(marking: Marking) -> Marking:
    """Let the marking begin: from now on nobody is told whose a paper is. Raises `NotNow`."""
    if marking.state != "preparing":
        raise NotNow(field="state")
    return replace(marking, state="marking")


def open_key(marking: Marking, papers: Collection[Paper]) -> Marking:
    """Let it be told whose each paper is. Raises `NotNow`, `NotAllMarked`."""
    if marking.state != "marking":
        raise NotNow(field="state")
    left = sum(paper.settled is None for paper in papers)
    if left or len(papers) != marking.papers:
        raise NotAllMarked(field="state", count=left or marking.papers - len(papers))
    return replace(marking, state="opened")


def sealed(sitting: Sitting, marking: Marking) -> Sitting:
    """The sitting that knows of the marking as it is."""
    one = Sealed(marking.id, marking.everybody, opened=marking.state == "opened")
    return replace(sitting, sealed={**sitting.sealed, marking.part.code: one})
