"""A unit's pupils on a day, with names and, if asked, guardians (process 3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from functions.access import guard
from functions.organisation import queries as organisation
from functions.register import queries
from functions.register.domain.people import PersonName
from functions.register.schemas.enrolment import GuardianRow, PupilsQuery, UnitPupils, UnitPupilView
from functions.register.store.enrolments import UnitPupil, page_of_pupils
from skolkit.audit import Trace, recording
from skolkit.clock import today
from skolkit.identity import Caller
from skolkit.table import fetch
from skolkit.types import PersonId, UnitId


def list_unit_pupils(caller: Caller, unit: UnitId, query: PupilsQuery) -> UnitPupils:
    """A page of a unit's pupils. Three round trips: duties, list, names beside the audit row; a fourth for
    the guardians' names, and one per protected pupil.
    """
    duties = organisation.duties_of(caller.person_id)
    guard.require(caller, "register:list_pupils", guard.Unit(unit), duties)
    day, year = query.date or today(), query.year
    rows, cursor = page_of_pupils(
        unit, day, year, query.cursor, query.limit, caller.seal, "pupils", unit, str(day), str(year)
    )
    ids = list(dict.fromkeys(row.person for row in rows))
    trace = Trace(caller.person_id, "list_unit_pupils", unit, changes=f"{day} {len(ids)} pupils")
    with recording(trace):
        names, guardians = fetch(
            queries.wanted_names(ids), queries.wanted_guardians(ids if query.guardians else [])
        )
        shown = queries.shown_names(caller, names, teachers=frozenset(), mentors=frozenset(), duties=duties)
        adults = sorted({adult for pupil in shown for adult in guardians.get(pupil, ())})
        adult_names: dict[PersonId, PersonName] = fetch(queries.wanted_names(adults))[0] if adults else {}
    views = [_view(row, names.get(row.person), shown, guardians, adult_names) for row in rows]
    return UnitPupils(data=views, cursor=cursor)


def _view(
    row: UnitPupil,
    name: PersonName | None,
    shown: Collection[PersonId],
    guardians: Mapping[PersonId, tuple[PersonId, ...]],
    adults: Mapping[PersonId, PersonName],
) -> UnitPupilView:
    seen = name if name and row.person in shown else None
    kin = guardians.get(row.person, ()) if seen else ()
    return UnitPupilView(
        person=row.person,
        given_name=seen.given_name if seen else None,
        family_name=seen.family_name if seen else None,
        protected=bool(name and name.protected),
        enrolment=row.enrolment,
        school_form=row.school_form,
        year=row.year,
        start_date=row.start,
        end_date=row.end,
        education_code=row.education_code,
        guardians=[_guardian(adult, adults.get(adult)) for adult in kin],
    )


def _guardian(adult: PersonId, name: PersonName | None) -> GuardianRow:
    seen = name if name and not name.protected else None
    return GuardianRow(
        person=adult,
        given_name=seen.given_name if seen else None,
        family_name=seen.family_name if seen else None,
    )
