"""Who has read and changed what the school knows of somebody (process 36; GDPR art. 15, C-579/21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from functions.access import guard
from functions.access.domain import words
from functions.access.schemas import DeedView, TrailPage, TrailQuery
from functions.access.store import trail as store
from functions.access.store.trail import Row, Source
from functions.organisation import queries as organisation
from functions.organisation.queries import DutySpan, UnitRecord
from functions.register import queries as register
from functions.register.queries import PersonName, PupilRecord
from skolkit.audit import Trace, record_read
from skolkit.clock import today
from skolkit.cursor import seal, unseal
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import PersonId

_ORDER = (
    "principal", "administrator", *sorted(guard.ATTENDING), "attendance_officer", "activity_officer",
    "preschool_staff", "mentor", "teacher",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actors:
    """What is known of those in the rows: duties of all times, names, units. `open`: whether staff may be
    named to the caller.
    """

    spans: Mapping[str, Sequence[DutySpan]]
    names: Mapping[PersonId, PersonName]
    units: Mapping[str, UnitRecord]
    open: bool


def list_reads(caller: Caller, person: PersonId, query: TrailQuery) -> TrailPage:
    """A page of it, newest first. Round trips: the person, their groups, one per group, one per member of the
    staff in it, names with units, audit row; two or three more for administrators.
    """
    record = register.pupil(person)
    if record:
        register.require_relation(caller, "access:read_trail", record)
    else:
        guard.require(caller, "access:read_trail", guard.Person(person))
    place = unseal(query.cursor, caller.seal, "reads", person)
    before = place["before"]["S"] if place else None
    rows = store.newest(_sources(person), before, query.limit)
    actors = _actors(caller, record, rows)
    record_read(Trace(caller.person_id, "read_trail", person))
    last = {"before": {"S": rows[-1].place}} if len(rows) == query.limit else None
    return TrailPage(
        data=[_view(row, person, record, actors) for row in rows],
        cursor=seal(last, caller.seal, "reads", person),
    )


def _sources(person: PersonId) -> list[Source]:
    """The person, and each group for as long as they were a member."""
    (parts,) = fetch(organisation.wanted_parts([person]))
    groups = [Source(p.group, p.start, p.end) for p in parts[person] if p.part == "member"]
    return [Source(person), *groups]


def _actors(caller: Caller, record: PupilRecord | None, rows: Sequence[Row]) -> Actors:
    family = {record.id, *record.guardians} if record else {caller.person_id}
    others = sorted({row.actor for row in rows if not row.actor.startswith("system:")} - family)
    spans = {actor: organisation.duty_history(PersonId(actor)) for actor in others}
    staff = [PersonId(actor) for actor in others if spans[actor]]
    places = sorted({span.duty.unit for actor in staff for span in spans[actor] if span.duty.unit})
    names, units = fetch(register.wanted_names(staff), organisation.wanted_units(places))
    # Where a protected pupil's staff works is where the pupil is; the home may not learn it from here.
    may_know = not (record and record.protected) or caller.person not in family
    return Actors(spans, names, units, may_know)


def _view(row: Row, person: PersonId, record: PupilRecord | None, actors: Actors) -> DeedView:
    role, span = _role(row, person, record, actors)
    name = actors.names.get(PersonId(row.actor))
    shown = name if span and name and actors.open and not name.protected else None
    unit = actors.units.get(span.duty.unit) if span and span.duty.unit and shown else None
    deed = words.DEEDS.get(row.action, words.OTHER)
    return DeedView(
        at=row.at,
        kind="change" if deed.change else "read",
        operation=row.action,
        what_sv=deed.said.sv,
        what_en=deed.said.en,
        list_of="person" if row.about == person else "group",
        role=role,
        role_sv=words.WHO[role].sv,
        role_en=words.WHO[role].en,
        name=f"{shown.given_name} {shown.family_name}" if shown else None,
        unit=unit.name if unit else None,
    )


def _role(
    row: Row, person: PersonId, record: PupilRecord | None, actors: Actors
) -> tuple[str, DutySpan | None]:
    """What the actor was to the person when it was done, and the duty they had then."""
    if row.actor.startswith("system:"):
        return "system", None
    if row.actor == person:
        return "self", None
    if record and row.actor in record.guardians:
        return "guardian", None
    held = [span for span in actors.spans.get(row.actor, ()) if span.covers(today(row.at))]
    if not held:
        return ("staff" if actors.spans.get(row.actor) else "other"), None
    unit = record.unit if record else None
    chosen = min(held, key=lambda span: (span.duty.unit != unit, _ORDER.index(span.duty.role)))
    return chosen.duty.role, chosen
