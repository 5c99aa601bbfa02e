"""Duties, certification, activities, warnings and workload over HTTP."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from functions.access.guard import Duty
from functions.organisation import queries
from functions.organisation.queries import MUNICIPALITY
from infra.local.cloud import Cloud
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import fetch
from skolkit.types import GroupId, PersonId, UnitId, new_id, stable_id
from tests.support.areas import Answer, audit_rows, call, outbox
from tests.support.world import UNITS_TABLE, drop

HERE, THERE = (UnitId(stable_id("unit", code)) for code in ("99990017", "99990025"))
OFFICE, RECTOR, ANNA, BO, EVA = (
    PersonId(stable_id("person", name)) for name in ("office", "rector", "anna", "bo", "eva")
)
CLASS, FAR = GroupId(stable_id("8A")), GroupId(stable_id("far"))
YEAR = SchoolYear.of(today())
TABLE = UNITS_TABLE.splitlines()


@pytest.fixture
def school(tables: Cloud) -> Cloud:
    """Two units, one with a principal; people without duties."""
    rows = (TABLE[1].format(code=code, name=code, address="G", pupils=1) for code in (99990017, 99990025))
    drop(tables, "organisation/units/u.csv", "\n".join([TABLE[0], *rows]))
    people: list[dict[str, Any]] = [
        {"id": id, "givenName": name, "familyName": "Test", "birthDate": "1980-01-31"}
        for name, id in {"Office": OFFICE, "Rector": RECTOR, "Anna": ANNA, "Bo": BO}.items()
    ]
    protected: dict[str, Any] = {
        "id": EVA,
        "givenName": "Eva",
        "familyName": "Hemlig",
        "birthDate": "1980-01-31",
    }
    drop(tables, "register/persons/p.jsonl", [*people, protected | {"securityMarking": "Sekretessmarkering"}])
    rows_of_duties: list[dict[str, Any]] = [
        {"person": OFFICE, "unit": None, "role": "administrator", "startDate": "2020-08-01"},
        {"person": RECTOR, "unit": HERE, "dutyRole": "Rektor", "startDate": "2020-08-01"},
    ]
    assert drop(tables, "organisation/duties/d.jsonl", rows_of_duties)["failed"] == 0
    groups: list[dict[str, Any]] = [
        {"id": g, "unit": u, "name": "G", "groupType": "Klass"} for g, u in ((CLASS, HERE), (FAR, THERE))
    ]
    drop(tables, "organisation/groups/g.jsonl", groups)
    return tables


def post(name: str, by: PersonId, body: dict[str, Any], unit: str = HERE) -> Answer:
    headers = {"idempotency-key": new_id()}
    return call("organisation", name, by, path={"unit": unit}, body=body, headers=headers)


def put(name: str, by: PersonId, version: int, body: dict[str, Any], **path: str) -> Answer:
    path = {"unit": HERE} | path
    headers = {"if-match": f'"{version}"'}
    return call("organisation", name, by, path=path, body=body, headers=headers)


def get(name: str, by: PersonId = RECTOR, unit: str = HERE, **query: Any) -> Any:
    answer = call("organisation", name, by, path={"unit": unit}, query=query)
    assert answer.status == 200, answer.body
    return answer.body


def duty(person: PersonId, by: PersonId = RECTOR, unit: str = HERE, **more: Any) -> str:
    body = {"person": person, "dutyRole": "Lärare", "startDate": str(YEAR.start)} | more
    made = post("create_duty", by, body, unit)
    assert made.status == 201, made.body
    return str(made.body["id"])


def lesson(*duties: str, **more: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "displayName": "Matematik 8A", "activityType": "Undervisning", "startDate": str(YEAR.start),
        "endDate": str(YEAR.end), "groups": [CLASS], "subject": "MA", "schoolForm": "GR", "year": 8,
        "teachers": [{"duty": id, "minutesPlanned": 6000} for id in duties],
    }  # fmt: skip
    return plain | more


def activity(*duties: str, **more: Any) -> str:
    made = post("create_activity", RECTOR, lesson(*duties, **more))
    assert made.status == 201, made.body
    return str(made.body["id"])


def certify(person: PersonId, *subjects: str, version: int = 0) -> None:
    body = {
        "certified": True, "since": "2015-06-01",
        "qualifications": [
            {"subject": s, "schoolForm": "GR", "firstYear": 7, "lastYear": 9} for s in subjects
        ],
    }  # fmt: skip
    answer = put("change_certification", RECTOR, version, body, employee=person)
    assert (answer.status, answer.body["version"]) == (200, version + 1), answer.body


def test_a_duty_opens_what_its_role_does_until_it_ends(school: Cloud) -> None:
    assert queries.duties_of(RECTOR) == (Duty("principal", HERE),)
    teacher = duty(ANNA, dutyPercent=80, signature="AT", assignmentRole=[
        {"assignmentRoleType": "Mentor", "group": CLASS}
    ])  # fmt: skip
    duty(BO, dutyRole="Bibliotekarie")
    assert (queries.duties_of(ANNA), queries.duties_of(BO)) == ((Duty("teacher", HERE),), ())
    shown = {found["id"]: found for found in get("list_duties")["data"]}
    assert (shown[teacher]["dutyPercent"], shown[teacher]["opens"], shown[teacher]["dutyAt"]) == (
        80,
        "teacher",
        HERE,
    )
    last = str(max(YEAR.start, today() - timedelta(days=1)))
    ended = put("change_duty", RECTOR, 1, {"endDate": last}, duty=teacher)
    assert (ended.status, ended.headers["etag"]) == (200, '"2"')
    if last < str(today()):
        assert queries.duties_of(ANNA) == ()
        assert teacher not in {found["id"] for found in get("list_duties")["data"]}
    assert teacher in {found["id"] for found in get("list_duties", ended="true")["data"]}
    assert put("change_duty", RECTOR, 1, {}, duty=teacher).status == 412
    assert put("change_duty", RECTOR, 2, {"endDate": "2001-01-01"}, duty=teacher).status == 422
    assert [row["action"] for row in audit_rows(ANNA)] == ["create_duty", "change_duty"]
    kinds = [f["data"] for f in outbox("organisation") if f["type"] == "organisation.DutyChanged.v1"]
    assert kinds[-1] == {"duty": teacher, "person": ANNA, "unit": HERE}


def test_nobody_gives_themselves_more_than_they_have(school: Cloud) -> None:
    """Skollagen 2:9–10: the organiser appoints principals."""
    for role in ("Rektor", "Skoladministratör", "Förskolechef"):
        body = {"person": RECTOR, "dutyRole": role, "startDate": str(YEAR.start)}
        assert post("create_duty", RECTOR, body).status == 404
        assert post("create_duty", OFFICE, body).status == 201
    body = {"person": ANNA, "dutyRole": "Lärare", "startDate": str(YEAR.start)}
    assert post("create_duty", RECTOR, body, THERE).status == 404
    assert post("create_duty", RECTOR, body, MUNICIPALITY).status == 404
    unknown = post("create_duty", RECTOR, body | {"person": new_id()})
    assert unknown.body["type"].endswith(":unknown-person")
    own = next(d["id"] for d in get("list_duties")["data"] if d["dutyRole"] == "Rektor")
    assert put("change_duty", RECTOR, 1, {"endDate": None, "dutyPercent": 100}, duty=own).status == 404
    elsewhere = duty(BO, OFFICE, THERE)
    assert put("change_duty", RECTOR, 1, {}, duty=elsewhere).status == 404


def test_certification_is_for_those_employed_there(school: Cloud) -> None:
    duty(ANNA)
    certify(ANNA, "MA")
    assert queries.is_certified(ANNA, "MA", SchoolForm.COMPULSORY, 8)
    assert not queries.is_certified(ANNA, "MA", SchoolForm.COMPULSORY, 6)
    assert not queries.is_certified(ANNA, "SV", SchoolForm.COMPULSORY)
    assert not queries.is_certified(BO, "MA", SchoolForm.COMPULSORY)
    assert put("change_certification", RECTOR, 0, {"certified": True}, employee=BO).status == 404
    assert put("change_certification", RECTOR, 0, {"certified": True}, employee=ANNA).status == 412
    (held,) = fetch(queries.wanted_certifications([ANNA, BO]))
    assert set(held) == {ANNA}
    assert [row["action"] for row in audit_rows(ANNA)][-1] == "change_certification"


def test_an_activity_is_known_from_its_groups_and_teachers(school: Cloud) -> None:
    one, two = duty(ANNA), duty(BO)
    made = activity(one, two)
    of_groups, taught = fetch(
        queries.wanted_activities_of_groups([CLASS, FAR]), queries.wanted_taught([ANNA, EVA])
    )
    assert (of_groups, taught[EVA]) == ({CLASS: (made,), FAR: ()}, ())
    assert [(part.activity, part.duty, part.minutes) for part in taught[ANNA]] == [(made, one, 6000)]
    changed = put("change_activity", RECTOR, 1, lesson(two, displayName="Ny"), activity=made)
    assert (changed.status, changed.body["version"]) == (200, 2), changed.body
    (taught,) = fetch(queries.wanted_taught([ANNA, BO]))
    assert (taught[ANNA], [part.activity for part in taught[BO]]) == ((), [made])
    assert [found["displayName"] for found in get("list_activities")["data"]] == ["Ny"]
    assert [f["data"]["activity"] for f in outbox("organisation") if "Activity" in f["type"]] == [made] * 2
    ended = put("change_activity", RECTOR, 2, lesson(two, endDate=str(YEAR.start)), activity=made)
    assert ended.status == 200
    if today() > YEAR.start:
        assert get("list_activities")["data"] == []
    assert [found["id"] for found in get("list_activities", ended="true")["data"]] == [made]
    assert queries.activity(made) is not None


def test_what_an_activity_refers_to_is_there(school: Cloud) -> None:
    for more, field in (
        ({"groups": [FAR]}, "groups.0"),
        ({"groups": [stable_id("no group")]}, "groups.0"),
        ({"teachers": [{"duty": stable_id("no duty")}]}, "teachers.0.duty"),
        ({"parentActivity": stable_id("nothing")}, "parentActivity"),
        ({"groups": []}, "groups"),
        ({"endDate": "2001-01-01"}, "endDate"),
    ):
        refused = post("create_activity", RECTOR, lesson(**more))
        assert (refused.status, refused.body["errors"][0]["field"]) == (422, field), refused.body


def test_warnings_go_when_they_are_mended(school: Cloud) -> None:
    made = activity(duty(ANNA), activityType="Undervisning")
    far = activity(duty(BO, OFFICE, THERE))
    empty = activity()

    def warned() -> set[tuple[str, str]]:
        return {(w["activity"], w["kind"]) for w in get("list_staffing_warnings")["data"]}

    assert warned() == {
        (made, "notCertified"), (made, "noQualifiedTeacher"), (empty, "noTeacher"), (far, "dutyElsewhere"),
        (far, "notCertified"), (far, "noQualifiedTeacher"),
    }  # fmt: skip
    certify(ANNA, "SV")
    assert {kind for id, kind in warned() if id == made} == {"notQualified", "noQualifiedTeacher"}
    certify(ANNA, "SV", "MA", version=1)
    assert not {kind for id, kind in warned() if id == made}
    pages, cursor = 0, dict[str, Any]()
    while True:
        page = get("list_staffing_warnings", limit=1, **cursor)
        pages += 1
        if page["cursor"] is None:
            break
        cursor = {"cursor": page["cursor"]}
    assert pages >= 3


def test_workload_is_planned_minutes_against_hours_and_percent(school: Cloud) -> None:
    half = duty(ANNA, dutyPercent=50, hoursPerYear=1000)
    full, hidden = duty(BO), duty(EVA)
    activity(half)
    activity(half, full, subject="SV")
    rows = {row["duty"]: row for row in get("list_workload")["data"]}
    of = {
        id: (rows[id]["minutesHeld"], rows[id]["minutesPlanned"], rows[id]["minutesLeft"])
        for id in (half, full)
    }
    assert of == {half: (30_000, 12_000, 18_000), full: (1360 * 60, 6000, 1360 * 60 - 6000)}
    assert (rows[half]["givenName"], rows[hidden]["givenName"]) == ("Anna", None)
    later = get("list_workload", schoolYear=str(SchoolYear(YEAR.start_year + 1)))["data"]
    assert {row["minutesPlanned"] for row in later} == {0}
    mine = call("organisation", "read_my_staffing", EVA).body
    assert (mine["workload"][0]["givenName"], mine["activities"], len(mine["duties"])) == ("Eva", [], 1)
    mine = call("organisation", "read_my_staffing", ANNA).body
    assert [part["displayName"] for part in mine["activities"]] == ["Matematik 8A"] * 2
    assert mine["rules"] == "teachers-1360"


def test_files_of_duties_say_all_of_ss12000_and_older_ones_still_hold(school: Cloud) -> None:
    whole: dict[str, Any] = {
        "id": stable_id("d1"), "person": ANNA, "unit": "99990017", "dutyRole": "Förstelärare",
        "startDate": "2024-08-01", "dutyPercent": 75, "hoursPerYear": 1767, "signature": "ANT",
        "description": "Ma/No", "assignmentRole": [{"assignmentRoleType": "Mentor", "group": CLASS}],
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        whole,
        {"person": BO, "unit": "99990017", "role": "mentor", "startDate": "2024-08-01"},
        {"person": BO, "unit": "99990017", "role": "mentor", "dutyRole": "Lärare", "startDate": "2024-08-01"},
        {"person": BO, "unit": "99990017", "startDate": "2024-08-01"},
        {"person": BO, "unit": None, "role": "teacher", "startDate": "2024-08-01", "endDate": "2024-07-01"},
    ]
    report = drop(school, "organisation/duties/new.jsonl", rows)
    assert [fault["line"] for fault in report["faults"]] == [3, 4, 5]
    assert (queries.duties_of(ANNA), queries.duties_of(BO)) == (
        (Duty("teacher", HERE),),
        (Duty("mentor", HERE),),
    )
    facts = len(outbox("organisation"))
    drop(school, "organisation/duties/again.jsonl", rows[:2])
    assert [f["type"] for f in outbox("organisation")[facts:]] == ["organisation.ImportFinished.v1"]
    drop(school, "organisation/duties/less.jsonl", [whole | {"dutyPercent": 60}])
    (found,) = fetch(queries.wanted_duties([whole["id"]]))
    assert (found[whole["id"]].percent, found[whole["id"]].start) == (60, date(2024, 8, 1))
    report = drop(school, "organisation/duties/taken.jsonl", [whole | {"person": BO}])
    assert [fault["field"] for fault in report["faults"]] == ["id"]
    assert len([d for d in get("list_duties")["data"] if d["id"] == whole["id"]]) == 1
