"""Grading (process 32): a class from proposals to decisions in the catalogue, by one teacher and by
several.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from skolkit.clock import now, stamp, today
from skolkit.types import new_id
from tests.support.areas import Answer, audit_rows, call, outbox
from tests.support.asks import new_key
from tests.support.grading import Graded, certify, open_period, period_body, teach


def refused(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body["type"].rpartition(":")[2]) == (status, code), answer.body


def rows(sheet: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["student"]: row for row in sheet["students"]}


def test_a_class_from_proposals_to_the_catalogue(school: Graded) -> None:
    teacher = school.teachers[0]
    sheet = school.open(teacher)
    assert sheet["gradeValues"] == ["A", "B", "C", "D", "E", "F", "-"]
    assert (sheet["subjectCode"], sheet["decidedBy"]) == ("GRGRMAT01", [teacher])
    pupils = [row["student"] for row in sheet["students"]]
    assert set(pupils) == set(school.klass.pupil_ids)
    values = {pupil: "ABCDE"[n % 5] for n, pupil in enumerate(pupils)}
    saved = school.propose(teacher, values)
    assert (saved.status, set(saved.body["versions"].values())) == (200, {1})
    assert {row["state"] for row in school.open(teacher)["students"]} == {"proposed"}
    key = new_key()
    for _ in range(2):
        done = school.ask("decide_grades", teacher, body={"students": pupils}, headers=key)
        assert (done.status, len(done.body["decided"])) == (201, len(pupils)), done.body
    after = rows(school.open(teacher))
    assert {row["state"] for row in after.values()} == {"decided"}
    assert {pupil: row["value"] for pupil, row in after.items()} == values
    facts = [f["type"] for f in outbox("grades")]
    assert facts.count("grades.GradesDecided.v1") == 1
    chain = call("grades", "list_catalogue", school.principal, path={"pupil": pupils[0]})
    (entry,) = chain.body["data"]
    assert (entry["gradeValue"], entry["decidedBy"], entry["finalGrade"]) == ("A", [teacher], False)
    assert (entry["number"], entry["previous"], chain.body["intact"]) == (1, "", True)
    assert [row["action"] for row in audit_rows(school.activities["MA"])] == [
        "save_proposals", "decide_grades",
    ]  # fmt: skip


def test_what_is_decided_stays_and_what_is_not_may_change(school: Graded) -> None:
    teacher, (one, other) = school.teachers[0], school.klass.pupil_ids[:2]
    assert school.set(teacher, {one: "C"}).status == 201
    refused(school.propose(teacher, {one: "B"}), 409, "decided-already")
    refused(school.decide(teacher, [one]), 409, "decided-already")
    assert school.propose(teacher, {other: "B"}).status == 200
    assert school.propose(teacher, {other: "D"}).status == 200
    assert rows(school.open(teacher))[other]["proposals"][0]["value"] == "D"


def test_illegal_grades_and_strangers_are_refused_and_nothing_is_saved(school: Graded) -> None:
    teacher, (one, other) = school.teachers[0], school.klass.pupil_ids[:2]
    for value in ("G", "1", "Godkänt", "–"):
        refused(school.propose(teacher, {one: "A", other: value}), 422, "illegal-value")
    refused(school.propose(teacher, {one: "A", new_id(): "A"}), 422, "not-in-group")
    refused(school.propose(teacher, {one: "A"}, reads=False), 422, "not-read-and-graded")
    refused(school.decide(teacher, [one]), 422, "nothing-proposed")
    assert {row["version"] for row in school.open(teacher)["students"]} == {0}


def test_an_f_in_a_finished_subject_takes_a_written_assessment(school: Graded) -> None:
    teacher, one = school.teachers[0], school.klass.pupil_ids[0]
    assert school.propose(teacher, {one: "F"}, finished=True).status == 200
    refused(school.decide(teacher, [one]), 422, "support-missing")
    words = "Når ännu inte målen i algebra; stöd två timmar i veckan."
    assert school.propose(teacher, {one: "F"}, finished=True, support=words).status == 200
    assert school.decide(teacher, [one]).status == 201
    (entry,) = call("grades", "list_catalogue", school.principal, path={"pupil": one}).body["data"]
    assert (entry["gradeValue"], entry["support"], entry["passed"]) == ("F", words, False)


def test_a_dash_is_a_decision_and_not_reading_is_none(school: Graded) -> None:
    teacher, (one, other) = school.teachers[0], school.klass.pupil_ids[:2]
    assert school.set(teacher, {one: "-"}).status == 201
    assert school.propose(teacher, {other: None}, reads=False).status == 200
    refused(school.decide(teacher, [other]), 422, "not-read-and-graded")
    states = {pupil: row["state"] for pupil, row in rows(school.open(teacher)).items()}
    assert (states[one], states[other]) == ("decided", "notRead")


def test_two_teachers_save_other_pupils_at_once_and_nothing_is_lost(school: Graded) -> None:
    first, second = school.teachers[:2]
    certify(second, "MA")
    teach(school, "MA", [first, second])
    one, other = school.klass.pupil_ids[:2]
    assert school.propose(first, {one: "A"}).status == 200
    line = {"student": other, "version": 0, "value": "B"}
    assert school.ask("save_proposals", second, body={"lines": [line]}).status == 200
    stale = {"student": one, "version": 0, "value": "C", "remark": "En anmärkning"}
    answer = school.ask(
        "save_proposals", second, body={"lines": [stale, line | {"value": "C", "version": 1}]}
    )
    refused(answer, 412, "lines-changed")
    assert [fault["field"] for fault in answer.body["errors"]] == [f"lines.{one}"]
    assert rows(school.open(first))[other]["proposals"][0]["value"] == "B"  # all or none


@pytest.mark.parametrize(
    ("qualified", "grades", "outcome"),
    [
        ((True, True), ("A", "A"), "decided"),
        ((True, True), ("A", "C"), "awaitsPrincipal"),
        ((True, False), ("A", "C"), "decided"),
        ((False, False), ("A", "C"), "awaitsPrincipal"),
    ],
)
def test_of_two_certified_teachers_who_disagree_the_qualified_one_decides(
    school: Graded, qualified: tuple[bool, bool], grades: tuple[str, str], outcome: str
) -> None:
    pair, one = school.teachers[:2], school.klass.pupil_ids[0]
    for teacher, is_qualified in zip(pair, qualified, strict=True):
        certify(teacher, *(["MA"] if is_qualified else []))
    teach(school, "MA", pair)
    for teacher, grade in zip(pair, grades, strict=True):
        answer = school.set(teacher, {one: grade})
        assert answer.status == 201, answer.body
    row = rows(school.open(pair[0]))[one]
    assert row["state"] == outcome
    if outcome == "decided":
        assert row["value"] == "A"
        return
    body = {"student": one, "value": "B", "reason": "disagreement"}
    said = school.ask("decide_as_principal", school.principal, body=body, headers=new_key())
    assert said.status == 201, said.body
    (entry,) = call("grades", "list_catalogue", school.principal, path={"pupil": one}).body["data"]
    assert (entry["gradeValue"], entry["byPrincipal"], entry["reason"]) == ("B", True, "disagreement")


def test_a_sole_teacher_without_certification_decides_with_one_who_has_it(school: Graded) -> None:
    alone, colleague, one = school.teachers[0], school.teachers[1], school.klass.pupil_ids[0]
    certify(alone, certified=False)
    assert school.propose(alone, {one: "B"}).status == 200
    refused(school.decide(alone, [one]), 409, "no-certified-teacher")
    version = {"if-match": '"1"'}
    body = {"teacher": alone}
    refused(school.ask("appoint_grader", school.principal, body=body, headers=version), 422, "not-to-appoint")
    body = {"teacher": colleague}
    made = school.ask("appoint_grader", school.principal, body=body, headers=version)
    assert (made.status, made.body["teacher"]) == (200, colleague)
    first = school.decide(alone, [one])
    assert (first.status, first.body["awaitsColleague"]) == (201, [one])
    assert school.set(colleague, {one: "B"}).body["decided"][0]["value"] == "B"
    (entry,) = call("grades", "list_catalogue", school.principal, path={"pupil": one}).body["data"]
    assert sorted(entry["decidedBy"]) == sorted([alone, colleague])


def test_the_principal_decides_only_where_the_teachers_cannot(school: Graded) -> None:
    one = school.klass.pupil_ids[0]
    body = {"student": one, "value": "B", "reason": "disagreement"}
    asked = school.ask("decide_as_principal", school.principal, body=body, headers=new_key())
    refused(asked, 409, "not-for-the-principal")
    body["reason"] = "hindered"
    assert school.ask("decide_as_principal", school.principal, body=body, headers=new_key()).status == 201


def test_deciding_and_closing_take_a_fresh_sign_in(school: Graded) -> None:
    teacher, one = school.teachers[0], school.klass.pupil_ids[0]
    assert school.propose(teacher, {one: "B"}).status == 200
    stale = {"auth_time": str(int(time.time()) - 3600)}
    refused(school.decide(teacher, [one], claimed=stale), 401, "stale-sign-in")
    refused(school.decide(teacher, [one], claimed={"aal": "2"}), 401, "weak-sign-in")
    path = {"period": school.period}
    for claimed, code in ((stale, "stale-sign-in"), ({"aal": ""}, "weak-sign-in")):
        shut = call("grades", "close_period", school.principal, path=path, headers=new_key(), claimed=claimed)
        refused(shut, 401, code)
    assert rows(school.open(teacher))[one]["state"] == "proposed"


def test_a_period_closes_when_everybody_has_a_decision(school: Graded) -> None:
    teacher, path = school.teachers[0], {"period": school.period}
    refused(
        call("grades", "close_period", school.principal, path=path, headers=new_key()), 409,
        "unfinished-sheets",
    )  # fmt: skip
    pupils = list(school.klass.pupil_ids)
    for subject in school.activities:
        assert school.set(teacher, dict.fromkeys(pupils, "C"), subject).status == 201
    progress = call("grades", "list_progress", school.principal, path=path).body["data"]
    assert {row["decided"] for row in progress} == {len(pupils)}
    shut = call("grades", "close_period", school.principal, path=path, headers=new_key())
    assert (shut.status, shut.body["state"], shut.body["closedBy"]) == (200, "closed", school.principal)
    refused(school.propose(teacher, {pupils[0]: "A"}), 409, "period-closed")
    refused(school.decide(teacher, pupils[:1]), 409, "period-closed")


def test_homes_see_the_grades_at_the_moment_that_is_decided(
    school: Graded, monkeypatch: pytest.MonkeyPatch
) -> None:
    teacher = school.teachers[0]
    pupil = next(p for p in school.pupils if p.guardians)
    home = pupil.guardians[0].guardian_id
    assert school.set(teacher, {pupil.id: "B"}).status == 201

    def seen(person: str) -> list[str]:
        answer = call("grades", "list_grades", person, path={"pupil": pupil.id})
        assert answer.status == 200, answer.body
        return [row["gradeValue"] for row in answer.body["data"]]

    assert (seen(home), seen(pupil.id), seen(school.principal)) == ([], [], ["B"])
    path, at = {"period": school.period}, now() + timedelta(hours=2)
    said = call(
        "grades", "publish_grades", school.principal, path=path, body={"at": stamp(at)},
        headers={"if-match": '"1"'},
    )  # fmt: skip
    assert said.status == 200, said.body
    assert seen(home) == []
    monkeypatch.setattr("functions.grades.usecases.catalogue.now", lambda: at)
    assert (seen(home), seen(pupil.id)) == (["B"], ["B"])
    stranger = next(
        p for p in school.pupils if p.guardians and home not in {g.guardian_id for g in p.guardians}
    )
    other = call("grades", "list_grades", stranger.guardians[0].guardian_id, path={"pupil": pupil.id})
    assert other.status == 404
    monkeypatch.setattr("functions.grades.usecases.periods.now", lambda: at)
    again = call(
        "grades", "publish_grades", school.principal, path=path, body={"at": None},
        headers={"if-match": '"2"'},
    )  # fmt: skip
    refused(again, 409, "published-already")


def test_periods_open_for_what_is_graded(school: Graded) -> None:
    def opened(**more: Any) -> Answer:
        return call(
            "grades", "open_period", school.principal, path={"unit": school.world.unit},
            body=period_body(**more), headers=new_key(),
        )  # fmt: skip

    refused(opened(), 409, "period-overlaps")
    refused(opened(years=[3]), 422, "not-graded")
    refused(opened(schoolForm="GY", years=[]), 422, "not-graded")
    refused(opened(years=[4]), 422, "early-grades-not-decided")
    refused(opened(years=[4], decidedEarlyGrades=f"{today().year}-06-01"), 422, "early-grades-not-decided")
    refused(opened(years=[6], opens="2020-01-01"), 422, "dates-wrong")
    assert opened(years=[6]).status == 201
    later = open_period(school, years=[7], opens=str(today() + timedelta(days=3)))
    path = {"period": later, "activity": school.activities["MA"]}
    assert call("grades", "open_sheet", school.teachers[0], path=path).status == 404  # not year 7


def test_a_teacher_finds_own_groups_and_nobody_elses(school: Graded) -> None:
    teacher, other = school.teachers[:2]
    mine = call("grades", "list_my_sheets", teacher).body["data"]
    assert {row["activity"] for row in mine} == set(school.activities.values())
    assert call("grades", "list_my_sheets", other).body["data"] == []
    for name in ("open_sheet", "save_proposals", "decide_grades"):
        body = {
            "save_proposals": {"lines": [{"student": new_id(), "version": 0}]},
            "decide_grades": {"students": [new_id()]},
        }.get(name)
        assert school.ask(name, other, body=body, headers=new_key()).status == 404


def test_a_language_says_which_and_how_it_is_read(school: Graded) -> None:
    teacher, one = school.teachers[0], school.klass.pupil_ids[0]
    certify(teacher, "MA", "EN", "M")
    teach(school, "M", [teacher], name="Moderna språk 9")
    refused(school.propose(teacher, {one: "B"}, "M"), 422, "language-missing")
    refused(school.propose(teacher, {one: "B"}, "M", language="deu"), 422, "language-missing")
    assert school.set(teacher, {one: "B"}, "M", language="deu", choice="languageChoice").status == 201
    (entry,) = call("grades", "list_catalogue", school.principal, path={"pupil": one}).body["data"]
    assert (entry["language"], entry["choice"]) == ("deu", "languageChoice")
