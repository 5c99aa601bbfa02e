"""National tests in-process (process 31): calendar, files, test groups, results, exemption, report data."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from functions.assessment import queries, tests_extract
from functions.assessment.store import sittings as store
from infra.local.cloud import Cloud
from skolkit.table import fetch
from skolkit.types import PersonId, new_id
from tests.integration.assessment.conftest import Held
from tests.support import national_tests as tests
from tests.support.areas import (
    TABLES_BUCKET,
    Answer,
    acting_as,
    audit_rows,
    call,
    deliver,
    outbox,
)
from tests.support.meter import metered
from tests.support.national_tests import ask, done, exemption, over, result, save
from tests.support.world import World, drop, make_world


def refusal(answer: Answer) -> tuple[int, str, str]:
    faults = answer.body.get("errors") or [{}]
    return answer.status, answer.body["type"].rpartition(":")[2], faults[0].get("field", "")


def rows_of(tested: Held, who: PersonId | None = None) -> dict[str, Any]:
    seen = done(ask("read_sitting", who or tested.responsible, sitting=tested.sitting))
    return {row["student"]: row for row in seen["rows"]}


def test_the_calendar_comes_in_a_file_and_what_a_unit_was_given_chooses_the_tests(
    school: World, tables: Cloud
) -> None:
    science = {"year": 9, "block": "NO", "combine": "given", "limits": None}
    rows = [
        tests.test_body(testActivity=new_id()),
        tests.test_body(subject="GRGRBIO01", name="Biologi", **science),
        tests.test_body(subject="GRGRFYS01", name="Fysik", **science),
        tests.test_body(subject="GRGRMAT01", name="Matematik", year=5),
        tests.test_body(subject="GRGRSVE01", name="Svenska", limits={"A": 1}),
    ]
    report = drop(tables, "assessment/tests/2026.jsonl", rows)
    assert [(f["line"], f["field"]) for f in report["faults"]] == [(4, "year"), (5, "limits")]
    code = str(school.population.unit.code)
    table = (
        f"unit,schoolYear,no,so\n{code},{tests.YEAR},GRGRBIO01,GRGRHIS01\n99999999,{tests.YEAR},GRGRBIO01,\n"
    )
    report = drop(tables, "assessment/given/2026.csv", table)
    assert [(f["line"], f["field"]) for f in report["faults"]] == [(3, "unit")]

    head, unit = school.staff("principal"), school.unit
    found = done(ask("list_unit_tests", head, unit=unit))
    assert [t["subject"] for t in found["tests"]] == ["GRGRENG01", "GRGRBIO01"]
    assert (found["no"], found["so"], found["version"]) == ("GRGRBIO01", "GRGRHIS01", 1)
    body = {"schoolYear": str(tests.YEAR), "no": "GRGRFYS01"}
    changed = done(ask("give_subjects", head, body, version=1, unit=unit))
    assert [t["subject"] for t in changed["tests"]] == ["GRGRENG01", "GRGRFYS01"]
    assert refusal(ask("give_subjects", head, body, version=1, unit=unit))[:2] == (412, "changed-meanwhile")

    again = drop(tables, "assessment/tests/again.jsonl", rows[:3])
    assert (again["rows"], again["failed"]) == (3, 0)
    page = done(ask("list_tests", head, query={"limit": 2}))
    rest = done(ask("list_tests", head, query={"limit": 2, "cursor": page["cursor"]}))
    assert [t["version"] for t in page["data"] + rest["data"]] == [1, 1, 1]  # nothing was written again
    biology = next(t["id"] for t in page["data"] + rest["data"] if t["subject"] == "GRGRBIO01")
    new = {"test": biology, "group": school.klass.id, "responsible": head}
    assert refusal(ask("plan_sitting", head, new, unit=unit)) == (422, "not-given", "test")


def test_a_changed_test_reaches_a_group_until_somebody_has_a_result(tested: Held) -> None:
    body = tests.test_body(name="Engelska, ny")
    assert ask("change_test", tested.office, body, version=1, test=tested.test).status == 200
    other = tests.test_body(subject="GRGRMAT01")
    assert ask("change_test", tested.office, other, version=2, test=tested.test).status == 404
    same = {"responsible": tested.responsible}
    state = done(ask("change_sitting", tested.head, same, version=1, sitting=tested.sitting))
    assert state["name"] == "Engelska, ny"
    done(save(tested.responsible, tested.sitting, result(tested.pupils[0], A="B")))
    done(ask("change_test", tested.office, tests.test_body(), version=2, test=tested.test))
    assert refusal(ask("change_sitting", tested.head, same, version=2, sitting=tested.sitting))[0] == 412
    state = done(ask("change_sitting", tested.head, same, version=3, sitting=tested.sitting))
    assert state["name"] == "Engelska, ny"


def test_who_writes_and_when_is_checked(tested: Held) -> None:
    new = {"test": tested.test, "group": tested.world.klass.id, "responsible": tested.responsible}
    unit, head = tested.world.unit, tested.head

    def refused(**more: Any) -> tuple[int, str, str]:
        return refusal(ask("plan_sitting", head, new | more, unit=unit))

    assert refused() == (409, "already-sitting", "students")
    assert refused(test=new_id()) == (422, "unknown-test", "test")
    assert refused(group=new_id()) == (422, "unknown-group", "group")
    assert refused(students=[new_id()]) == (422, "unknown-group", "students")
    assert refused(responsible=tested.pupils[0]) == (422, "not-staff-here", "responsible")
    late = {"part": "A", "startTime": "2030-01-01T08:00:00Z"}
    assert refused(students=[], slots=[late]) == (422, "outside-the-days", "slots")
    slots = [{"part": "A", "startTime": f"{tests.YEAR.end}T08:00:00Z", "room": "A1"}]
    body = {"responsible": tested.responsible, "slots": slots, "specialArrangements": [tested.pupils[0]]}
    done(ask("change_sitting", head, body, version=1, sitting=tested.sitting))
    seen = done(ask("read_sitting", tested.responsible, sitting=tested.sitting))
    assert [slot["room"] for slot in seen["slots"]] == ["A1"]
    special = [row["student"] for row in seen["rows"] if row["specialArrangements"]]
    assert special == [tested.pupils[0]]
    mine = done(ask("list_my_sittings", tested.responsible))["data"]
    listed = done(ask("list_sittings", head, unit=unit))["data"]
    assert [one["id"] for one in mine] == [one["id"] for one in listed] == [tested.sitting]
    done(save(tested.responsible, tested.sitting, result(tested.pupils[0], A="B")))
    without = body | {"students": list(tested.pupils[1:]), "specialArrangements": []}
    gone = ask("change_sitting", head, without, version=3, sitting=tested.sitting)
    assert refusal(gone) == (409, "has-result", "students")


def test_a_pupil_of_another_year_writes_only_as_the_principal_decides(tables: Cloud) -> None:
    school = make_world(tables)  # years 5 and 6
    office, head = school.staff("administrator"), school.staff("principal")
    teacher = next(s.id for s in school.population.staff if s.role == "teacher")
    sixth = next(g for g in school.population.groups if g.kind == "class" and g.years == (6,))
    fifth = next(g for g in school.population.groups if g.kind == "class" and g.years == (5,))
    test = tests.enter(office)["id"]
    child, classmate = (p for p in school.classmates()[:2])
    assert child.id in fifth.pupil_ids

    def planned(who: PersonId, **more: Any) -> Answer:
        body = {"test": test, "group": fifth.id, "responsible": teacher} | more
        return ask("plan_sitting", who, body, unit=school.unit)

    assert refusal(planned(head)) == (422, "wrong-year", "students")
    assert refusal(planned(office, students=[child.id])) == (422, "wrong-year", "students")
    ahead = [{"student": child.id, "why": "taughtInTheYear"}]
    assert refusal(planned(office, outsideTheYear=ahead)) == (409, "principal-decides", "outsideTheYear")
    other = [{"student": child.id, "why": "otherForm"}]
    assert refusal(planned(head, outsideTheYear=other)) == (422, "wrong-why", "outsideTheYear")
    left_out = planned(head, students=[], outsideTheYear=ahead)
    assert refusal(left_out) == (422, "unknown-group", "outsideTheYear")
    answer = done(planned(head, outsideTheYear=ahead))
    assert (answer["students"], answer["version"]) == (1, 1)
    seen = done(ask("read_sitting", teacher, sitting=answer["id"]))["rows"]
    assert [(row["student"], row["outsideTheYear"]) for row in seen] == [(child.id, "taughtInTheYear")]
    assert [row["reason"] for row in audit_rows(child.id) if row["action"] == "admit_to_test"] == [
        "taughtInTheYear"
    ]

    more = {"responsible": teacher, "students": [child.id, classmate.id]}
    path = {"version": 1, "sitting": answer["id"]}
    assert refusal(ask("change_sitting", office, more, **path)) == (422, "wrong-year", "students")
    both = more | {"outsideTheYear": [*ahead, {"student": classmate.id, "why": "newlyArrived"}]}
    assert refusal(ask("change_sitting", office, both, **path))[1] == "principal-decides"
    same = more | {"students": [child.id], "outsideTheYear": ahead}
    assert done(ask("change_sitting", office, same, **path))["version"] == 2
    assert done(ask("change_sitting", head, both, version=2, sitting=answer["id"]))["students"] == 2
    assert len([row for row in audit_rows(child.id) if row["action"] == "admit_to_test"]) == 1
    with acting_as("assessment"):
        sections = {s.title.sv: s for s in tests_extract.gather(child.id)}
    assert sections["Provgrupper där personen skriver"].rows[0][-1] == "taughtInTheYear"
    mixed = tests.plan(head, school.unit, test, sixth.id, teacher)
    assert mixed["students"] == len(sixth.pupil_ids)


def test_two_report_at_once_and_nothing_is_lost(tested: Held) -> None:
    one, other = tested.pupils[:2]
    first = done(save(tested.responsible, tested.sitting, result(one, A="B", B="C"), result(other, A="A")))
    assert [row["version"] for row in first["rows"]] == [1, 1]
    stale = save(tested.head, tested.sitting, result(other, 1, B="B"), result(one, 0, A="F"))
    assert refusal(stale) == (412, "changed-meanwhile", "rows.1.version")
    assert [p["part"] for p in rows_of(tested)[other]["parts"]] == ["A"]  # all or nothing
    last = done(save(tested.responsible, tested.sitting, result(one, 1, C=15)))
    assert last["rows"] == [{"student": one, "testGrade": "B", "version": 2}]
    wrong = save(tested.responsible, tested.sitting, result(other, 1, C=16))
    assert refusal(wrong) == (422, "wrong-result", "rows.0.parts")
    lost = done(save(tested.responsible, tested.sitting, result(one, 2, C="lost")))
    assert lost["rows"][0]["testGrade"] is None
    told = [e["data"]["pupils"] for e in outbox("assessment") if "TestResultsReported" in e["type"]]
    assert told == [[one, other], [one], [one]]
    assert [row["action"] for row in audit_rows(one)].count("save_results") == 3


def test_a_part_that_is_sealed_at_the_same_moment_takes_no_result_by_name(
    tested: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(save(tested.responsible, tested.sitting, result(tested.pupils[0], B="B")))
    read = store.results

    def seal(*args: Any) -> Any:
        """Somebody plans a marking after the sitting has been read and before anything is written."""
        monkeypatch.setattr(store, "results", read)
        found = read(*args)
        tests.marking(tested.responsible, tested.sitting, "A", tested.markers)
        return found

    monkeypatch.setattr(store, "results", seal)
    late = save(tested.responsible, tested.sitting, result(tested.pupils[1], A="A"))
    assert refusal(late) == (409, "sealed-part", "rows.0.parts")


def test_saving_again_with_the_same_key_saves_once(tested: Held) -> None:
    body, headers = {"rows": [result(tested.pupils[0], A="B")]}, tests.key()
    path = {"sitting": tested.sitting}
    answers = [
        call("assessment", "save_results", tested.responsible, path=path, body=body, headers=headers)
        for _ in range(2)
    ]
    assert answers[0].body == answers[1].body
    assert rows_of(tested)[tested.pupils[0]]["version"] == 1


def test_a_class_of_results_is_few_round_trips(tested: Held) -> None:
    rows = [result(pupil, A="C", B="C", C=9) for pupil in rows_of(tested)]
    with metered() as use:
        done(save(tested.responsible, tested.sitting, *rows))
    protected = sum(p.protection is not None for p in tested.world.population.pupils)
    assert len(use.operations) <= 7 + protected
    with acting_as("grades"):
        grades: dict[PersonId, str]
        (grades,) = fetch(queries.wanted_test_grades(tested.pupils, "GRGRENG01"))
        assert set(grades.values()) == {"C"}
        assert len(grades) == len(rows)
        assert fetch(queries.wanted_test_grades(tested.pupils, "GRGRMAT01")) == [{}]


def test_the_home_sees_what_came_of_it_page_by_page(tested: Held) -> None:
    pupil = tested.world.classmates()[0]
    home, other = pupil.guardians[0].guardian_id, tested.world.classmates()[1].guardians[0].guardian_id
    done(save(tested.responsible, tested.sitting, result(pupil.id, A="B", B="B", C="didNotTakePart")))
    (shown,) = done(ask("list_test_results", home, pupil=pupil.id))["data"]
    assert shown["testGrade"] is None
    assert [(p["part"], p["state"], p["grade"]) for p in shown["parts"]] == [
        ("A", "done", "B"), ("B", "done", "B"), ("C", "didNotTakePart", None)
    ]  # fmt: skip
    strangers = {other} - {g.guardian_id for g in pupil.guardians}
    assert all(ask("list_test_results", who, pupil=pupil.id).status == 404 for who in strangers)


def test_the_principal_exempts_and_every_decision_stays(tested: Held) -> None:
    pupil = tested.world.classmates()[0]
    home = pupil.guardians[0].guardian_id

    def decide(*parts: str, who: PersonId = tested.head, **more: str) -> Answer:
        return ask("decide_exemption", who, exemption(tested.test, *parts, **more), pupil=pupil.id)

    assert decide("A", who=tested.responsible).status == 404
    assert decide("A", who=home).status == 404
    first = done(decide("A", "B"))
    assert (first["number"], first["role"], first["rules"]) == (1, "principal", "exemption-2026")
    assert refusal(decide("A")) == (422, "wrong-decision", "parts")
    assert refusal(decide("A", ground="noSpecialReasons")) == (422, "wrong-decision", "ground")
    exempt = save(tested.responsible, tested.sitting, result(pupil.id, 1, A="B"))
    assert refusal(exempt) == (409, "exempt-part", "rows.0.parts")
    done(decide("A", ruling="lifted", ground="reasonsGone"))
    done(save(tested.responsible, tested.sitting, result(pupil.id, 2, A="B")))
    assert refusal(decide("A")) == (409, "has-result", "parts")
    shown = done(ask("list_exemptions", home, pupil=pupil.id))["data"]
    assert [(d["number"], d["ruling"], d["parts"]) for d in shown] == [
        (1, "exempt", ["A", "B"]), (2, "lifted", ["A"])
    ]  # fmt: skip
    assert ask("list_exemptions", tested.responsible, pupil=pupil.id).status == 404


def test_nobody_decides_on_their_own_child(tested: Held, tables: Cloud) -> None:
    pupil = tested.world.classmates()[0]
    parent = pupil.guardians[0].guardian_id
    duty = {"person": parent, "unit": tested.world.unit, "role": "principal", "startDate": "2020-01-01"}
    assert drop(tables, "organisation/duties/parent.jsonl", [duty])["failed"] == 0
    own = ask("decide_exemption", parent, exemption(tested.test, "A"), pupil=pupil.id)
    assert refusal(own)[:2] == (409, "own-case")
    body = {
        "responsible": tested.responsible, "outsideTheYear": [{"student": pupil.id, "why": "newlyArrived"}],
    }  # fmt: skip
    let = ask("change_sitting", parent, body, version=1, sitting=tested.sitting)
    assert refusal(let) == (409, "own-case", "outsideTheYear")
    other = next(row for row in rows_of(tested) if row != pupil.id)
    saved = save(parent, tested.sitting, result(other, A="B"), result(pupil.id, A="A"))
    assert refusal(saved) == (409, "own-case", "rows.1.student")
    assert all(row["parts"] == [] for row in rows_of(tested).values())


def exported(tested: Held, tables: Cloud, table: str) -> str:
    """The file of the unit's results, as the principal asks for it."""
    job = done(ask("export_test_results", tested.head, {"table": table}, unit=tested.world.unit))
    assert refusal(ask("link_test_export", tested.head, job=job["id"]))[1] == "no-file-yet"
    facts = [fact for fact in outbox("assessment") if fact["type"] == "assessment.TestExportAsked.v1"]
    assert deliver("assessment", "write_test_export", *facts) == []
    assert done(ask("read_test_export", tested.head, job=job["id"]))["state"] == "done"
    assert ask("read_test_export", tested.office, job=job["id"]).status == 404
    assert "export_test_results" in done(ask("link_test_export", tested.head, job=job["id"]))["url"]
    file = f"exports/assessment/{job['id']}/export_test_results.csv"
    body = tables.client("s3").get_object(Bucket=TABLES_BUCKET, Key=file)["Body"].read()
    return str(body.decode("utf-8-sig"))


def test_report_data_say_why_a_part_has_no_result(tested: Held, tables: Cloud) -> None:
    one, other = [p.id for p in tested.world.classmates()][:2]
    done(ask("decide_exemption", tested.head, exemption(tested.test, "C"), pupil=one))
    everybody = tested.world.population.pupils
    away = next(p.id for p in everybody if p.id not in tested.pupils and p.protection is None)
    whole = exemption(tested.test, "A", "B", "C")  # of a class that nobody has planned a test for
    done(ask("decide_exemption", tested.head, whole, pupil=away))
    done(save(tested.responsible, tested.sitting, result(one, 1, A="didNotTakePart", B="lost")))
    done(save(tested.responsible, tested.sitting, result(other, A="F", B="E", C=0)))
    rows = list(csv.DictReader(io.StringIO(exported(tested, tables, "results")), delimiter=";"))
    said = {
        (row["Elev-id"], row["Delprov"]): (row["Läge"], row["Betyg"], row["Poäng"], row["Provbetyg"])
        for row in rows
    }
    assert [said[one, part] for part in "ABC"] == [
        ("intedeltagit", "", "", ""), ("borttappat", "", "", ""), ("befriad", "", "", "")
    ]  # fmt: skip
    assert [said[other, part] for part in "ABC"] == [
        ("gjort", "F", "", "F"), ("gjort", "E", "", "F"), ("gjort", "", "0", "F")
    ]  # fmt: skip
    assert {said[away, part] for part in "ABC"} == {("befriad", "", "", "")}
    counts = csv.DictReader(io.StringIO(exported(tested, tables, "counts")), delimiter=";")
    counted = {(row["Delprov"], row["Resultat"]): row["Elever"] for row in counts}
    assert (counted["A", "intedeltagit"], counted["B", "borttappat"], counted["C", "befriad"]) == (
        "1",
        "1",
        "2",
    )
    assert counted["C", "0"] == "1"


@pytest.mark.parametrize("table", ["results", "counts"])
def test_report_data_are_a_file_without_protected_pupils(tested: Held, tables: Cloud, table: str) -> None:
    names = rows_of(tested)
    done(save(tested.responsible, tested.sitting, *(result(p, A="B", B="B", C=9) for p in names)))
    text = exported(tested, tables, table)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    hidden = [p for p in tested.world.population.pupils if p.protection and p.id in tested.pupils]
    assert not any(p.family_name in text or p.id in text for p in hidden)
    if table == "counts":
        counted = {(row["Delprov"], row["Resultat"]): int(row["Elever"]) for row in rows}
        assert counted["A", "B"] == len(names)
        assert sum(n for (part, _), n in counted.items() if part == "A") == len(tested.pupils)
    else:
        shown = len(tested.pupils) - len(hidden)
        assert len(rows) == 3 * shown
        assert {row["Skolenhetskod"] for row in rows} == {str(tested.world.population.unit.code)}
        assert {(row["Delprov"], row["Betyg"], row["Poäng"]) for row in rows} == {
            ("A", "B", ""), ("B", "B", ""), ("C", "", "9")
        }  # fmt: skip


def test_an_extract_tells_what_is_kept(tested: Held, tables: Cloud) -> None:
    pupil = tested.world.classmates()[0]
    done(save(tested.responsible, tested.sitting, result(pupil.id, A="B")))
    done(ask("decide_exemption", tested.head, exemption(tested.test, "C"), pupil=pupil.id))
    for person, sections in (
        (pupil.id, {"Resultat på nationella prov", "Befrielse från nationella prov",
                    "Provgrupper där personen skriver"}),
        (tested.responsible, {"Provgrupper där personen ansvarar"}),
    ):  # fmt: skip
        assert titles(tables, person) == sections


def titles(tables: Cloud, person: PersonId) -> set[str]:
    """The headings of a person's part of an extract."""
    request = new_id()
    data = {"request": request, "person": person, "contacts": True, "kept": None}
    fact = {
        "id": new_id(), "type": "access.ExtractRequested.v1", "time": "2026-11-26T08:00:00Z", "data": data
    }  # fmt: skip
    assert deliver("assessment", "answer_extract", fact) == []
    key = f"parts/assessment/{request}.json"
    bucket = "skolkit-extracts-000000000000-eu-north-1"
    part = json.loads(tables.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read())
    return {section["title"]["sv"] for section in part["sections"]}


def test_versions_are_asked_for(tested: Held) -> None:
    path = {"sitting": tested.sitting}
    body = {"responsible": tested.responsible}
    assert call("assessment", "change_sitting", tested.head, path=path, body=body).status == 428
    assert (
        call("assessment", "change_sitting", tested.head, path=path, body=body, headers=over(9)).status == 412
    )
