"""Columns of the organisation's tables (processes 13 and 15), and what a row of each says."""

from __future__ import annotations

from datetime import date

from functions.organisation.domain.groups import DatedGroup, Part
from functions.organisation.domain.staffing import DutyRecord
from skolkit.tables.columns import Column

PARTS: dict[str, Part] = {
    "elev": "member", "medlem": "member", "member": "member", "mentor": "mentor", "lärare": "teacher",
    "teacher": "teacher",
}  # fmt: skip
PART_NAMES: dict[Part, str] = {"member": "elev", "mentor": "mentor", "teacher": "lärare"}
MUNICIPAL = "kommunen"
"""What a cell says of a duty for the whole municipality; an empty one leaves what there is."""

# The number of the example is none, so that a template sent with its example still in it is refused.
_WHO = (
    Column("person", "Person-id", "Person id", "", ("personId",)),
    Column("civicNo", "Personnummer", "Identity number", "19811218-9877", ("personnr", "pnr", "civic")),
    Column("givenName", "Förnamn", "Given name", shown=True),
    Column("familyName", "Efternamn", "Family name", shown=True),
)
_TIME = (
    Column("startDate", "Startdatum", "Start date", "2026-08-18", ("start", "från")),
    Column("endDate", "Slutdatum", "End date", "", ("slut", "till")),
)
GROUPS = (
    Column("group", "Grupp-id", "Group id", "", ("groupId",)),
    Column("unit", "Skolenhet", "School unit", "99990017", ("skolenhetskod", "enhet")),
    Column("name", "Grupp", "Group", "7A", ("klass", "gruppnamn")),
    Column("groupType", "Grupptyp", "Group type", "Klass"),
    Column("schoolType", "Skolform", "School type", "GR"),
    Column("year", "Årskurs", "School year", "7", ("åk",)),
    *_WHO,
    Column("part", "Roll", "Part", "elev"),
    *_TIME,
)
STAFF = (
    Column("duty", "Tjänst-id", "Duty id", "", ("dutyId",)),
    *_WHO,
    Column("unit", "Skolenhet", "School unit", "99990017", ("skolenhetskod", "enhet")),
    Column("dutyRole", "Befattning", "Duty role", "Lärare", ("tjänst", "roll")),
    *_TIME,
    Column("dutyPercent", "Tjänstgöringsgrad", "Duty percent", "100", ("procent",)),
    Column("hoursPerYear", "Timmar per år", "Hours per year"),
    Column("signature", "Signatur", "Signature"),
    Column("description", "Beskrivning", "Description"),
)


def group_cells(group: DatedGroup) -> dict[str, object]:
    """What a row says of the group itself."""
    return {
        "group": group.id,
        "unit": group.unit,
        "name": group.name,
        "groupType": group.kind.capitalize(),
        "schoolType": group.school_form and group.school_form.value,
        "year": group.year,
    }


def part_cells(part: Part, start: date | None, end: date | None) -> dict[str, object]:
    """What a row says of somebody's part in a group."""
    days = {"startDate": start and start.isoformat(), "endDate": end and end.isoformat()}
    return {"part": PART_NAMES[part], **days}


def duty_cells(duty: DutyRecord) -> dict[str, object]:
    """A duty's row."""
    return {
        "duty": duty.id,
        "person": duty.person,
        "unit": duty.unit or MUNICIPAL,
        "dutyRole": duty.duty_role,
        "startDate": duty.start.isoformat(),
        "endDate": duty.end and duty.end.isoformat(),
        "dutyPercent": duty.percent,
        "hoursPerYear": duty.hours,
        "signature": duty.signature,
        "description": duty.description,
    }
