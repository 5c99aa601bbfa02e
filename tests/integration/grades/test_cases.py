"""Rättelse and ändring of decided grades (process 33): who notices, who is heard, who decides, and that
nothing is overwritten.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from functions.grades.domain.orders import digest_of
from functions.grades.extract import gather
from functions.grades.store import catalogue, orders
from skolkit.clock import today
from skolkit.extracts import Requested
from skolkit.types import PersonId, new_id
from tests.integration.grades.test_grading import refused
from tests.support import nights
from tests.support.areas import acting_as, audit_rows, call, outbox, run_schedule
from tests.support.asks import new_key
from tests.support.grade_cases import CHANGE, REASON, SLIP, Wronged, leave_job, make_wronged, publish
from tests.support.grading import Graded, certify, teach

UNHEARD = "Hemmet har själv pekat på felet."


@pytest.fixture
def wronged(school: Graded) -> Wronged:
    return make_wronged(school)


def facts(kind: str) -> list[dict[str, str]]:
    return [f["data"] for f in outbox("grades") if f["type"] == f"grades.{kind}.v1"]


def told(template: str) -> list[set[str]]:
    return [set(due["recipients"]) for due in facts("MessageDue") if due["template"] == template]


def test_a_slip_is_noticed_heard_and_corrected_and_the_old_decision_stays(wronged: Wronged) -> None:
    teacher = wronged.school.teachers[0]
    case = wronged.open(teacher)
    assert told("grade_case_hearing") == [{wronged.pupil.id, *wronged.home}]
    refused(wronged.decide(case), 409, "not-heard")
    for guardian in wronged.home:
        said = wronged.ask("comment_grade_case", guardian, {"text": f"Vi håller med. {guardian}"}, case)
        assert [c["by"] for c in said.body["comments"]] == [guardian]  # not what the other home says
    done = wronged.decide(case)
    assert (done.status, done.body["state"]) == (201, "approved"), done.body

    chain = wronged.chain()
    old, new = chain["data"]
    assert (old["gradeValue"], old["kind"], old["standing"]) == ("B", "decision", False)
    assert (new["gradeValue"], new["kind"], new["standing"]) == ("D", "correction", True)
    assert (new["replaces"], new["correctionType"], new["reason"]) == (old["id"], "Rättelse", "miswriting")
    assert (new["decidedBy"], new["byPrincipal"]) == ([wronged.school.principal], True)
    assert [(len(c["comments"]), c["verdict"]["entry"]) for c in chain["cases"]] == [(2, new["id"])]
    assert [s["signedBy"] for s in chain["signatures"]] == [teacher, wronged.school.principal]
    assert wronged.stands() == {"GRGRMAT01": "D"}
    assert wronged.chain(wronged.home[0])["data"] == chain["data"]
    listed = call(
        "grades", "list_catalogue", wronged.school.principal, path={"pupil": wronged.pupil.id}
    ).body  # fmt: skip
    assert (len(listed["data"]), listed["intact"]) == (2, True)

    (corrected,) = facts("GradeCorrected")
    assert (corrected["entry"], corrected["replaces"]) == (new["id"], old["id"])
    assert told("grade_case_decided") == [{wronged.pupil.id, *wronged.home, teacher}]
    with acting_as("grades"):
        order = orders.orders_of(wronged.school.period, wronged.school.activities["MA"])[-1]
        entry = catalogue.entries([wronged.pupil.id])[-1]
        head = catalogue.find_heads([wronged.pupil.id])[wronged.pupil.id]
    assert (order.digest, [s.signer.role for s in order.signings]) == (digest_of([entry]), ["principal"])
    assert facts("GradesDecided")[-1]["order"] == order.id
    assert [one.id for one in head.held.values()] == [new["id"]]
    deeds = [row["action"] for row in audit_rows(wronged.pupil.id)]
    assert [d for d in deeds if "case" in d] == [
        "open_grade_case", "comment_grade_case", "comment_grade_case", "decide_grade_case",
    ]  # fmt: skip


def test_what_is_replaced_stays_so_and_what_is_closed_takes_nothing(wronged: Wronged) -> None:
    case = wronged.open(wronged.school.teachers[0])
    refused(wronged.ask("open_grade_case", wronged.home[0], SLIP), 409, "case-open")
    key = new_key()
    first, again = (wronged.decide(case, unheard=UNHEARD, headers=key) for _ in range(2))
    assert (first.status, again.body) == (201, first.body)
    assert len(wronged.chain()["data"]) == 2
    refused(wronged.decide(case, unheard=UNHEARD), 409, "case-closed")
    refused(wronged.ask("comment_grade_case", wronged.home[0], {"text": "Sent"}, case), 409, "case-closed")
    refused(wronged.ask("open_grade_case", wronged.school.principal, SLIP), 409, "already-replaced")
    again = wronged.ask(
        "open_grade_case", wronged.school.principal, SLIP | {"proposal": {"value": "C"}},
        path={"entry": first.body["verdict"]["entry"]},
    )  # fmt: skip
    assert again.status == 201, again.body


def test_two_cases_about_one_grade_at_once_are_one(wronged: Wronged) -> None:
    people = [wronged.school.principal, wronged.school.teachers[0], *wronged.home]
    with acting_as("grades"), ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda person: wronged.ask("open_grade_case", person, SLIP), people))
    assert sorted(a.status for a in answers) == [201, 409, 409, 409]
    assert len(wronged.chain()["cases"]) == 1


def test_only_those_of_the_grade_get_near_it(wronged: Wronged) -> None:
    school, case = wronged.school, wronged.open(wronged.school.teachers[0])
    mate = next(p for p in school.pupils if not {g.guardian_id for g in p.guardians} & set(wronged.home))
    strangers = [school.teachers[-1], mate.id, new_id()]
    verdict = {"outcome": "approved", "unheard": UNHEARD}
    for person in [*strangers, school.teachers[0], wronged.home[0]]:  # a teacher does not correct
        refused(wronged.ask("decide_grade_case", person, verdict, case), 404, "not-found")
    for person in [*strangers, school.teachers[0], school.principal]:
        refused(wronged.ask("comment_grade_case", person, {"text": "Hej"}, case), 404, "not-found")
    for person in strangers:
        refused(wronged.ask("read_chain", person), 404, "not-found")
        refused(wronged.ask("open_grade_case", person, SLIP), 404, "not-found")
    other = {"pupil": mate.id}
    for name, body, id in (("read_chain", None, ""), ("open_grade_case", SLIP, "")):
        refused(wronged.ask(name, school.principal, body, id, path=other), 404, "not-found")
    refused(wronged.ask("decide_grade_case", school.principal, verdict, case, path=other), 404, "not-found")
    assert (
        call("grades", "list_grade_cases", school.teachers[0], path={"unit": school.world.unit}).status == 404
    )


def test_a_decision_takes_a_fresh_sign_in_and_a_refusal_its_reasons(wronged: Wronged) -> None:
    case = wronged.open(wronged.home[0])
    stale = {"auth_time": str(int(time.time()) - 3600)}
    refused(wronged.decide(case, unheard=UNHEARD, claimed=stale), 401, "stale-sign-in")
    refused(wronged.decide(case, unheard=UNHEARD, claimed={"aal": "2"}), 401, "weak-sign-in")
    refused(wronged.decide(case, outcome="refused"), 422, "motivation-missing")
    assert wronged.decide(case, outcome="refused", motivation="Betyget är rätt satt.").status == 201
    assert wronged.stands() == {"GRGRMAT01": "B"}
    (shown,) = wronged.chain(wronged.home[1])["cases"]
    assert (shown["state"], shown["verdict"]["motivation"]) == ("refused", "Betyget är rätt satt.")
    wronged.open(wronged.home[0])  # and may be asked about again


def test_before_the_homes_see_a_grade_there_is_nothing_to_hear_them_about(school: Graded) -> None:
    wronged = make_wronged(school, shown=False)
    refused(wronged.ask("open_grade_case", wronged.home[0], SLIP), 404, "not-found")
    case = wronged.open(school.teachers[0])
    assert told("grade_case_hearing") == []
    assert wronged.decide(case).status == 201
    assert told("grade_case_decided") == [{school.teachers[0]}]
    refused(wronged.ask("read_chain", wronged.home[0]), 404, "not-found")
    publish(school)
    assert [row["gradeValue"] for row in wronged.chain(wronged.home[0])["data"]] == ["B", "D"]


def test_a_correction_may_be_of_anything_the_entry_says(school: Graded) -> None:
    certify(school.teachers[0], "MA", "EN", "M")
    teach(school, "M", [school.teachers[0]], name="Moderna språk 9")
    pupil = make_wronged(school).pupil
    read = {"language": "fra", "choice": "languageChoice"}
    made = school.set(school.teachers[0], {pupil.id: "C"}, "M", **read)
    wronged = Wronged(school, pupil, made.body["decided"][0]["entry"])
    case = wronged.open(school.principal, SLIP | {"proposal": {"language": "deu", "remark": "Fel språk"}})
    assert wronged.decide(case, unheard=UNHEARD).status == 201
    assert wronged.stands() == {"GRGRMAT01": "B", "GRGRMSP01deu": "C"}  # French stands no more
    with acting_as("grades"):
        head = catalogue.find_heads([pupil.id])[pupil.id]
    assert sorted(head.held) == ["GR:GRGRMAT01", "GR:GRGRMSP01:deu:languageChoice"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (SLIP | {"proposal": {"value": "G"}}, 422, "illegal-value"),
        (SLIP | {"proposal": {"value": "B"}}, 422, "nothing-to-correct"),
        (SLIP | {"proposal": {}}, 422, "nothing-to-correct"),
        (SLIP | {"proposal": {"value": "F", "finished": True}}, 422, "support-missing"),
        (SLIP | {"flaw": "newCircumstances"}, 422, "wrong-flaw"),
        (SLIP | {"kind": "withdrawal", "flaw": "wrongImport"}, 422, "wrong-flaw"),
        (SLIP | {"reason": "fel"}, 422, "invalid"),
        (CHANGE | {"flaw": "miswriting"}, 422, "wrong-flaw"),
        (CHANGE | {"proposal": {"value": "C"}}, 422, "grade-lowered"),
        (CHANGE | {"proposal": {"value": "-"}}, 422, "grade-lowered"),
        (CHANGE | {"proposal": {"value": "A", "remark": "x"}}, 422, "only-the-grade"),
    ],
)
def test_what_is_no_case_is_refused(
    wronged: Wronged, body: dict[str, object], status: int, code: str
) -> None:
    refused(wronged.ask("open_grade_case", wronged.school.teachers[0], body), status, code)
    assert wronged.chain()["cases"] == []


def test_whoever_decided_changes_the_grade_and_never_lower(wronged: Wronged) -> None:
    school, teacher = wronged.school, wronged.school.teachers[0]
    case = wronged.open(wronged.home[0], CHANGE)
    assert told("grade_change_asked") == [{teacher}]
    refused(wronged.decide(case), 422, "ground-missing")
    for ground in ("notEmployed", "partlyGone", "disagreement"):
        refused(wronged.decide(case, ground=ground), 409, "not-for-the-principal-to-change")
    yes = {"agrees": True}
    refused(wronged.ask("answer_grade_change", school.principal, yes, case), 404, "not-found")
    stale = {"auth_time": str(int(time.time()) - 3600)}
    refused(wronged.ask("answer_grade_change", teacher, yes, case, claimed=stale), 401, "stale-sign-in")
    done = wronged.ask("answer_grade_change", teacher, yes, case)
    assert (done.status, done.body["state"]) == (201, "approved"), done.body
    new = wronged.chain()["data"][-1]
    assert (new["gradeValue"], new["kind"], new["decidedBy"], new["byPrincipal"]) == (
        "A", "change", [teacher], False,
    )  # fmt: skip
    assert new["correctionType"] == "Ändring"
    refused(wronged.ask("answer_grade_change", teacher, yes, case), 409, "case-closed")


@pytest.mark.parametrize(
    ("answers", "gone", "ground"),
    [
        ((True, True), 0, None), ((True, False), 0, "disagreement"), ((False,), 0, "disagreement"),
        ((True,), 1, "partlyGone"), ((), 2, "notEmployed"), ((True,), 0, "hindered"),
    ],
)  # fmt: skip
def test_of_several_who_decided_all_change_it_or_the_principal(
    school: Graded, answers: tuple[bool, ...], gone: int, ground: str | None
) -> None:
    pair = school.teachers[:2]
    for teacher in pair:
        certify(teacher, "MA")
    teach(school, "MA", pair)
    pupil = next(p for p in school.pupils if len(p.guardians) == 2 and p.protection is None)
    school.set(pair[0], {pupil.id: "B"})
    made = school.set(pair[1], {pupil.id: "B"})
    wronged = Wronged(school, pupil, made.body["decided"][0]["entry"])
    case = wronged.open(pair[0], CHANGE)
    for teacher in pair[2 - gone :]:
        leave_job(teacher)
        refused(wronged.ask("answer_grade_change", teacher, {"agrees": True}, case), 404, "not-found")
    for teacher, agrees in zip(pair, answers, strict=False):
        said = wronged.ask("answer_grade_change", teacher, {"agrees": agrees}, case)
        assert said.status == 201, said.body
    if ground is None:
        assert wronged.chain()["data"][-1]["decidedBy"] == sorted(pair)
        return
    assert wronged.stands() == {"GRGRMAT01": "B"}
    done = wronged.decide(case, ground=ground)
    assert done.status == 201, done.body
    assert wronged.chain()["data"][-1]["byPrincipal"]
    assert wronged.stands() == {"GRGRMAT01": "A"}


def test_the_home_is_reminded_once_and_then_the_principal(
    wronged: Wronged, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = wronged.open(wronged.school.teachers[0])
    wronged.ask("comment_grade_case", wronged.home[0], {"text": "Det stämmer."}, case)

    def later(days: int) -> None:
        day = today() + timedelta(days=days)
        for part in ("case_lists", "cases"):
            monkeypatch.setattr(f"functions.grades.usecases.{part}.today", lambda *_: day)
        for _ in range(2):
            run_schedule("grades", "remind_of_grade_cases")

    later(5)
    assert len(told("grade_case_hearing")) == 1
    later(11)
    later(12)
    assert told("grade_case_hearing")[1:] == [{wronged.pupil.id, wronged.home[1]}]
    refused(wronged.decide(case), 409, "not-heard")
    later(15)
    assert told("grade_cases_waiting") == [{wronged.school.principal}]
    (row,) = call(
        "grades", "list_grade_cases", wronged.school.principal, path={"unit": wronged.school.world.unit}
    ).body["data"]  # fmt: skip
    assert (row["id"], row["student"], row["givenName"]) == (case, wronged.pupil.id, wronged.pupil.given_name)
    assert wronged.decide(case).status == 201
    unit = {"unit": wronged.school.world.unit}
    assert call("grades", "list_grade_cases", wronged.school.principal, path=unit).body["data"] == []


def test_a_grade_of_a_closed_record_is_corrected_where_it_is(wronged: Wronged) -> None:
    other = next(
        p for p in wronged.school.pupils if p.id != wronged.pupil.id and p.protection is None and p.guardians
    )
    nights.close(wronged.pupil.id, other.id)
    kept = Wronged(wronged.school, other, wronged.entry)
    assert kept.stands() == {"GRGRMAT01": "B"}
    case = kept.open(wronged.school.teachers[0])
    assert kept.decide(case, unheard=UNHEARD).status == 201
    assert kept.stands() == {"GRGRMAT01": "D"}
    with acting_as("grades"):
        assert [e.value for e in catalogue.entries([wronged.pupil.id])] == ["B", "D"]
        assert catalogue.entries([other.id]) == []
    assert [row["gradeValue"] for row in kept.chain()["data"]] == ["B", "D"]


def test_a_register_extract_tells_what_each_has_said_and_done(wronged: Wronged) -> None:
    teacher, (mother, father) = wronged.school.teachers[0], wronged.home
    case = wronged.open(teacher)
    for guardian in (mother, father):
        wronged.ask("comment_grade_case", guardian, {"text": f"Sagt av {guardian}"}, case)
    assert wronged.decide(case).status == 201

    def kept(person: str) -> str:
        asked = Requested(request="r", person=PersonId(person), contacts=False)
        with acting_as("grades"):
            found = [s for s in gather(asked) if s.document == "grades.case"]
        return " ".join(str(row) for section in found for row in section.rows)

    assert (REASON in kept(wronged.pupil.id), "Sagt" in kept(wronged.pupil.id)) == (True, False)
    assert f"Sagt av {mother}" in kept(mother)
    assert father not in kept(mother)
    assert "påpekade ett fel" in kept(teacher)
    assert "beslutade: bifallet" in kept(wronged.school.principal)
    assert kept(wronged.school.teachers[-1]) == ""
