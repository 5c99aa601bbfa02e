"""Two small units, a few people with names one can follow, a clerk of each and one of the municipality."""

from __future__ import annotations

from typing import Any

from infra.local.cloud import Cloud
from skolkit.sweden.codes import check_digit
from skolkit.types import PersonId, UnitId, stable_id
from tests.support.world import drop

UNITS = (
    "skolenhetskod,name,huvudmannatyp,kommunkod,kommun,address,lat,lon,pupils\n"
    "99990017,Provskolan,kommunal,9999,Ekhamra,Provgatan 1,59.2,15.8,60\n"
    "99990025,Andra skolan,kommunal,9999,Ekhamra,Provgatan 2,59.2,15.8,60\n"
)
HERE, THERE = "99990017", "99990025"
MARGARETA = "198112189876"  # in Skatteverket's list of test numbers


def id_of(name: str) -> PersonId:
    """The id of one of them."""
    return PersonId(stable_id("test person", name))


def unit_of(code: str) -> UnitId:
    """The id of a unit."""
    return UnitId(stable_id("unit", code))


def number(serial: int, day: str = "20160504") -> str:
    """An identity number of nobody."""
    nine = f"{day[2:]}{serial:03}"
    return f"{day}{serial:03}{check_digit(nine)}"


def adult(name: str, **more: Any) -> dict[str, Any]:
    """A row of an adult."""
    row = {"id": id_of(name), "givenName": name, "familyName": "Vuxen", "birthDate": "1980-01-31"}
    return row | more


def pupil(name: str, unit: str, **more: Any) -> dict[str, Any]:
    """A row of a pupil of year 3."""
    enrolled = {"enroledAt": unit, "schoolType": "GR", "schoolYear": 3, "startDate": "2026-08-18"}
    row = {"id": id_of(name), "givenName": name, "familyName": "Elev", "birthDate": "2017-02-03"}
    return row | {"enrolments": [enrolled], "email": f"{len(name)}@example.org"} | more


def lay_town(tables: Cloud) -> None:
    """Take the town in."""
    drop(tables, "organisation/units/units.csv", UNITS)
    home = [{"person": id_of("Margareta"), "relationType": "Vårdnadshavare"}]
    people = [
        adult("Margareta", civicNo=MARGARETA, birthDate="1981-12-18"),
        *(adult(name) for name in ("Stad", "Här", "Där", "Lärare", "Utomstående")),
        pupil("Asa", HERE, responsibles=home), pupil("Ella", HERE), pupil("Fjärran", THERE),
        pupil("Gömd", HERE, securityMarking="Sekretessmarkering", phone="+46701740699"),
    ]  # fmt: skip
    assert drop(tables, "register/persons/p.jsonl", people)["failed"] == 0
    klass: dict[str, Any]
    duty: dict[str, Any] = {"role": "administrator", "startDate": "2020-08-01"}
    duties = [
        {"person": id_of(n), "unit": u} | duty for n, u in (("Stad", None), ("Här", HERE), ("Där", THERE))
    ]
    duties.append({"person": id_of("Lärare"), "unit": HERE} | duty | {"role": "teacher"})
    assert drop(tables, "organisation/duties/d.jsonl", duties)["failed"] == 0
    klass = {"id": id_of("3A"), "unit": HERE, "name": "3A", "groupType": "Klass"}
    klass |= {"members": [{"person": id_of("Ella"), "startDate": "2026-08-18"}], "mentors": [id_of("Lärare")]}
    assert drop(tables, "organisation/groups/g.jsonl", [klass])["failed"] == 0
