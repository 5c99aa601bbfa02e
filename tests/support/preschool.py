"""A preschool in the tables, and asking about it: two departments, two homes, a protected child."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.clock import local, stamp
from skolkit.types import PersonId, new_id
from tests.integration.test_attendance_day import at
from tests.support.areas import Answer, call
from tests.support.town import HERE, THERE, id_of
from tests.support.world import drop

MONDAY = date(2026, 11, 23)
SUN, MOON = id_of("Solen"), id_of("Månen")
KIM, SAM, HIDDEN = id_of("Kim"), id_of("Sam"), id_of("Dold")
ANNA, BO, STAFF, HEAD = id_of("Anna"), id_of("Bo"), id_of("Personal"), id_of("Rektor")
CLERK, TOWN = id_of("Kansli"), id_of("Stad")


def lay_preschool(tables: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit with two departments; Kim and Sam have two homes, and Dold is protected. Monday at six."""
    drop(
        tables, "organisation/units/units.csv",
        "skolenhetskod,name,huvudmannatyp,kommunkod,kommun,address,lat,lon,pupils\n"
        f"{HERE},Provskolan,kommunal,9999,Ekhamra,Provgatan 1,59.2,15.8,60\n"
        f"{THERE},Andra skolan,kommunal,9999,Ekhamra,Provgatan 2,59.2,15.8,60\n",
    )  # fmt: skip
    home = [{"person": p, "relationType": "Vårdnadshavare"} for p in (ANNA, BO)]
    place = {"enroledAt": HERE, "schoolType": "FS", "startDate": "2026-08-18"}

    def person(name: str, born: str, **more: Any) -> dict[str, Any]:
        return {"id": id_of(name), "givenName": name, "familyName": "Prov", "birthDate": born, **more}

    people = [
        *(person(n, "1985-05-05") for n in ("Anna", "Bo", "Personal", "Rektor", "Kansli", "Stad", "Annan")),
        person("Kim", "2022-05-04", enrolments=[place], responsibles=home),
        person("Sam", "2024-02-29", enrolments=[place], responsibles=home),
        person("Dold", "2022-01-02", enrolments=[place], responsibles=home[:1],
               securityMarking="Sekretessmarkering"),
        person("Skolbarn", "2014-03-04", responsibles=home, enrolments=[
            {"enroledAt": HERE, "schoolType": "GR", "schoolYear": 6, "startDate": "2026-08-18"},
            {**place, "schoolType": "FTH"},
        ]),
        person("Utan", "2016-03-04", responsibles=home, enrolments=[
            {"enroledAt": HERE, "schoolType": "GR", "schoolYear": 3, "startDate": "2026-08-18"},
        ]),
    ]  # fmt: skip
    assert drop(tables, "register/persons/p.jsonl", people)["failed"] == 0
    roles = [(STAFF, HERE, "preschool_staff"), (HEAD, HERE, "principal"), (CLERK, HERE, "administrator"),
             (TOWN, None, "administrator")]  # fmt: skip
    duties = [{"person": p, "unit": u, "role": r, "startDate": "2020-08-01"} for p, u, r in roles]
    assert drop(tables, "organisation/duties/d.jsonl", duties)["failed"] == 0
    groups = [
        {
            "id": group, "unit": HERE, "name": name, "groupType": "Avdelning", "teachers": [STAFF],
            "members": [{"person": p, "startDate": "2026-08-18"} for p in members],
        }
        for group, name, members in ((SUN, "Solen", (KIM, SAM, HIDDEN)), (MOON, "Månen", ()))
    ]  # fmt: skip
    assert drop(tables, "organisation/groups/g.jsonl", groups)["failed"] == 0
    clock(monkeypatch, 6)


def clock(monkeypatch: pytest.MonkeyPatch, hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    instant = local(day, time(hour, minute))
    at(monkeypatch, instant)
    return instant


def ask(name: str, person: PersonId, body: Any = None, *, version: int | None = None, key: str = "",
        query: dict[str, Any] | None = None, **path: str) -> Answer:  # fmt: skip
    over = {"if-match": f'"{version}"'} if version is not None else {}
    headers = {"idempotency-key": key or new_id(), **over}
    return call("attendance", name, person, path=path, body=body, headers=headers, query=query)


def placement(child: PersonId = KIM, form: str = "FS") -> str:
    seen = ask("read_care", CLERK, pupil=child).body["placements"]
    return next(str(place["id"]) for place in seen if place["schoolType"] == form)


def weeks(week: int, *, start: str = "08:00", end: str = "16:00", first: date = MONDAY + timedelta(days=14),
          child: PersonId = KIM, **more: Any) -> dict[str, Any]:  # fmt: skip
    """Monday to Friday of one of two weeks, odd (1) or even (2)."""
    entries = [{"week": week, "weekDay": n, "startTime": start, "endTime": end} for n in range(1, 6)]
    return {
        "placement": placement(child), "numberOfWeeks": 2, "byWeekNumber": True, "startDate": str(first),
        "endDate": "2027-06-30", "scheduleEntries": entries, **more,
    }  # fmt: skip


def say(child: PersonId, owner: PersonId, **more: Any) -> dict[str, Any]:
    """The office writes down a home's weeks from today on."""
    body = weeks(2, child=child, owner=owner, first=MONDAY, **more)
    made = ask("add_care_schedule", CLERK, body, pupil=child)
    assert (made.status, made.body["state"]) == (201, "Godkänt"), made.body
    return dict(made.body)


def change(child: PersonId, kind: str, *times: tuple[str, str], day: date = MONDAY, **more: Any) -> Any:
    hours = [{"startTime": a, "endTime": b} for a, b in times]
    return {
        "placement": placement(child), "startDate": str(day), "endDate": str(day), "kind": kind,
        "hours": hours, **more,
    }  # fmt: skip


def event(child: PersonId, kind: str, when: datetime, **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "child": child, "eventType": kind, "time": stamp(when), **more}


def check_in(*events: dict[str, Any], group: PersonId = SUN, key: str = "") -> list[str]:
    answer = ask("check_in", STAFF, {"events": list(events)}, group=group, key=key)
    assert answer.status == 200, answer.body
    return [row["outcome"] for row in answer.body["data"]]


def curve(group: PersonId = SUN, day: date = MONDAY, days: int = 1, by: PersonId = STAFF) -> dict[str, Any]:
    """Swedish clock time → [expected, actual, staff], of the quarters of the days asked for."""
    seen = ask("read_care_curve", by, query={"from": str(day), "days": days}, group=group)
    assert seen.status == 200, seen.body
    return {
        q["start"]: [q["expected"], q["actual"], q["staff"]] for d in seen.body["days"] for q in d["quarters"]
    }


def utc(hour: int, minute: int = 0, day: date = MONDAY) -> str:
    return stamp(local(day, time(hour, minute))).replace(".000Z", "Z")
