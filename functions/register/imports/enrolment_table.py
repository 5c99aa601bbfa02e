"""The table of enrolments (process 3): what each row would write.

A row is the pupil's enrolment with its unit, school form and first day, which it corrects or cancels; or one
that there is not yet, which is made. The rows of a pupil are judged in their order, so that a file may end
one enrolment and begin the next; each is what the same request over HTTP would be, facts and notices too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import AfterValidator

from functions.organisation import queries as organisation
from functions.organisation.queries import UnitRecord
from functions.register.domain import enrolment as rules
from functions.register.domain.enrolment import Enrolment, EnrolmentChange
from functions.register.domain.notices import Notice, started
from functions.register.domain.people import PersonCard, PupilRecord
from functions.register.domain.tables import enrolment_cells
from functions.register.events import NoticeDrawnUp
from functions.register.imports.people import PEOPLE, EnrolmentRow, Id
from functions.register.imports.person_table import NotInRegister, number_in, owners_of
from functions.register.imports.rights import Rights
from functions.register.store import people as store
from functions.register.store.enrolments import enrolment_of, enrolment_writes
from functions.register.store.items import EnrolmentItem, PersonItem
from functions.register.store.matters import notice_writes
from functions.register.usecases.enrolment import changed_fact, ended, enrolled
from skolkit.clock import now, today
from skolkit.errors import DomainError, NotFound, Text
from skolkit.events import Fact
from skolkit.imports import validated
from skolkit.sweden.identity_numbers import parse_identity_number
from skolkit.table import Erase, Item, Remove, Write, fetch
from skolkit.tables.items import Image
from skolkit.tables.plans import Asker, Back, Line, Plan, Planned, changes, refused
from skolkit.types import PersonId, UnitId, is_id, stable_id

_YES_NO = {"ja": "true", "nej": "false", "sant": "true", "falskt": "false"}


class EnrolmentLine(EnrolmentRow):
    """An enrolment of somebody in the register, by id or identity number."""

    id: Id | None = None
    civic_no: Annotated[str, AfterValidator(lambda text: parse_identity_number(text).value)] | None = None


class NoSuchEnrolment(DomainError):
    """A cancelled row names an enrolment that there is."""

    status = 422
    reason = Text("Det finns ingen sådan inskrivning.", "There is no such enrolment.")
    advice = Text(
        "Kontrollera skolenhet, skolform och startdatum.", "Check school unit, school form and start date."
    )


def begin(asker: Asker, lines: Sequence[Line]) -> Callable[[Sequence[Line]], Plan]:
    """Plans of rows of enrolments. Three round trips for a piece, one per pupil."""
    wanted = set()
    for line in lines:
        try:
            wanted.add(organisation.unit_named(line.get("enroledAt")))
        except ValueError:
            continue
    units = fetch(organisation.wanted_units(sorted(wanted)), consistent=True)[0]
    return _Enrolments(Rights.of(asker.caller), owners_of(lines, ("civicNo",)), units).plan


@dataclass
class _State:
    """A pupil while the rows are judged: `card` is as the rows so far leave it."""

    item: PersonItem
    before: PersonCard
    card: PersonCard
    notices: list[Notice] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)

    @property
    def writes(self) -> list[Write]:
        id, old = self.card.id, self.before.enrolments
        changed = [e for e in self.card.enrolments if e not in old]
        if not changed:
            return []
        writes = [self.item, *enrolment_writes(id, changed, old)]
        return writes + [write for notice in self.notices for write in notice_writes(id, notice)]


@dataclass(frozen=True)
class _Enrolments:
    rights: Rights
    owners: Mapping[str, PersonId]
    units: Mapping[UnitId, UnitRecord]

    def plan(self, lines: Sequence[Line]) -> Plan:
        person = self._person(lines[0])
        found = store.find_person(person) if person else None
        if found is None or found[1].merged_into or not self._sees(found[1]):
            return Plan(
                [_refusal(line, NotInRegister(field=_named(line)), "", person or "") for line in lines]
            )
        state = _State(*found, found[1])
        rows = [self._row(state, line) for line in lines]
        return Plan(rows, state.card.id, state.writes, state.facts)

    def _sees(self, card: PersonCard) -> bool:
        """Whether the caller may know of a person: a pupil of theirs, or somebody nobody has placed."""
        if self.rights.may_enrol(card, {e.unit for e in card.enrolments}):
            return True
        return not card.protected and not PupilRecord.of(card, today()).unit

    def _row(self, state: _State, line: Line) -> Planned:
        id, hidden = state.card.id, state.card.protected
        values = {n: _YES_NO.get(v.casefold(), v) if n == "cancelled" else v for n, v in line.values.items()}
        row, faults = validated(line.line, lambda: EnrolmentLine.model_validate(values), PEOPLE.shown)
        if row is None:
            return Planned(line.line, who=id, faults=tuple(faults), hidden=hidden)
        try:
            return self._judged(state, line, row)
        except (NotFound, NotInRegister):
            return _refusal(line, NotInRegister(field=_named(line)), "", id)
        except DomainError as refusal:
            return replace(_refusal(line, refusal, id, id), hidden=hidden)

    def _judged(self, state: _State, line: Line, row: EnrolmentLine) -> Planned:
        card, asked = state.card, row.enrolment()
        known = rules.recognised(card.id, replace(asked, cancelled=False), card.enrolments)
        old = next((e for e in card.enrolments if e.id == known.id), None)
        if old is None:
            new = self._made(state, asked)
        elif not self.rights.may_enrol(card, [old.unit]):
            raise NotInRegister
        else:
            new = _corrected(state, old, line, asked)
        state.card = replace(card, enrolments=tuple(rules.replaced(card.enrolments, [new])))
        if old and new != old:
            state.facts += _facts(state.card, old, new)
        differ = changes(enrolment_cells(card, old) if old else {}, enrolment_cells(card, new))
        return Planned(
            line.line, card.id, created=old is None, changes=differ, hidden=card.protected
        )  # fmt: skip

    def _made(self, state: _State, asked: Enrolment) -> Enrolment:
        """As `enrol_pupil`."""
        card = state.card
        record = PupilRecord.of(card, today())
        there = [record.unit] if record.unit else []
        if not self.rights.may_enrol_at(asked.unit):
            raise NotInRegister
        if (there or card.protected) and not self.rights.may_enrol(card, there):
            raise NotInRegister
        if asked.cancelled:
            raise NoSuchEnrolment(field="cancelled")
        unit = self.units.get(asked.unit)
        if unit is None:
            raise rules.UnknownUnit(field="enroledAt", value=asked.unit)
        if unit.status in {"UPPHORT", "VILANDE"}:
            raise rules.ClosedUnit(field="enroledAt", value=asked.unit)
        new = rules.identified(card.id, rules.enrol(card.enrolments, asked, card.birth_date), card.enrolments)
        by = self.rights.caller.person_id
        notice = started(stable_id("notice", new.id), card, new, str(unit.municipality_code), by, now())
        state.notices += [notice] if notice else []
        state.facts.append(enrolled(card.id, new))
        state.facts += [NoticeDrawnUp(pupil=card.id, notice=notice.id)] if notice else []
        return new

    def _person(self, line: Line) -> PersonId | None:
        id, owner = line.get("id"), self.owners.get(number_in(line.get("civicNo")) or "")
        if id and owner not in (None, id):
            return None
        return PersonId(id) if is_id(id) else owner


def _corrected(state: _State, old: Enrolment, line: Line, asked: Enrolment) -> Enrolment:
    """As `change_enrolment` without a day, or `cancel_enrolment`; empty cells leave what is stored."""
    card = state.card
    if asked.cancelled:
        return rules.cancel(card.enrolments, old.id)
    change = EnrolmentChange(
        asked.year if line.get("schoolYear") else old.year,
        asked.end if line.get("endDate") else old.end,
        asked.education_code or old.education_code,
        old.programme,
        asked.specification or old.specification,
    )
    (new,) = rules.change(card.id, card.enrolments, old.id, change, card.birth_date)
    return new


def _facts(card: PersonCard, old: Enrolment, new: Enrolment) -> list[Fact]:
    if new.cancelled:
        return [ended(card.id, new, list(card.enrolments))]
    facts: list[Fact] = [changed_fact(card.id, new)]
    if new.end is not None and new.end != old.end:
        facts.append(ended(card.id, new, list(card.enrolments)))
    return facts


def may_undo(asker: Asker, images: Sequence[Image]) -> bool:
    """Whether whoever asks may still change the enrolments of an import. Two round trips."""
    card = store.find_card(_pupil(images))
    rights = Rights.of(asker.caller)
    units = {
        UnitId(said["unit"]["S"])
        for image in images
        if str(image["sk"]).startswith("ENROLMENT#")
        for said in (image["before"], image["after"])
        if said
    }
    return card is not None and all(rights.may_enrol(card, [unit]) for unit in units)


def back(images: Sequence[Image], writes: Sequence[Write]) -> Back:
    """What an import made is cancelled, not removed: an enrolment never disappears. What it changed says what
    it said before, if no rule forbids that today: raises what `check_enrolments` does. One round trip.
    """
    made: list[Write] = []
    told: list[Enrolment] = []
    pupil = _pupil(images)
    for write in writes:
        item: Item = write.item if isinstance(write, Remove | Erase) else write  # type: ignore[assignment]
        if isinstance(item, EnrolmentItem):
            item.cancelled = item.cancelled or isinstance(write, Remove | Erase)
            told.append(enrolment_of(item))
            made.append(item)
        else:
            made.append(write)
    card = store.find_card(pupil)
    after = rules.replaced(card.enrolments if card else (), told)
    if card:
        rules.check_enrolments(after, card.birth_date)
    facts: list[Fact] = [ended(pupil, e, after) if e.cancelled else changed_fact(pupil, e) for e in told]
    return Back(made, facts)


def _pupil(images: Sequence[Image]) -> PersonId:
    return PersonId(next(str(i["pk"]) for i in images if i["sk"] == "PROFILE").removeprefix("PERSON#"))


def _named(line: Line) -> str:
    return "id" if line.get("id") else "civicNo"


def _refusal(line: Line, refusal: DomainError, about: str, who: str) -> Planned:
    return Planned(line.line, about, who, faults=(refused(line.line, refusal),))
