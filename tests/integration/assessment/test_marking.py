"""Marking without names in-process (process 31): nobody who marks can find out whose a paper is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local.cloud import Cloud
from skolkit.types import PersonId
from tests.integration.assessment.conftest import Held
from tests.integration.assessment.test_national_tests import refusal, rows_of, titles
from tests.support import national_tests as tests
from tests.support.areas import audit_rows, call, every_operation
from tests.support.national_tests import ask, codes, done, mark, result, save
from tests.support.schools import _with_teacher
from tests.support.world import drop


@pytest.fixture
def marking(tested: Held) -> str:
    return tests.marking(tested.responsible, tested.sitting, "A", tested.markers)


def view(who: PersonId, marking: str) -> dict[str, Any]:
    return {row["code"]: row for row in done(ask("read_marking", who, marking=marking))["rows"]}


def test_two_mark_apart_differ_and_agree_a_third_decides_and_the_key_gives_results(
    tested: Held, marking: str
) -> None:
    one, two = tested.markers
    papers = codes(one, marking)
    assert len(papers) == len(tested.pupils)
    done(mark(one, marking, dict.fromkeys(papers, "B")))
    assert all(row["marks"] == [] for row in view(two, marking).values())
    assert all(row["marks"] == [] for row in view(tested.responsible, marking).values())
    assert len(view(one, marking)[papers[0]]["marks"]) == 1
    done(mark(two, marking, dict.fromkeys(papers[2:], "B") | {papers[0]: "C", papers[1]: "F"}))
    seen = view(two, marking)
    assert {m["by"]: m["grade"] for m in seen[papers[0]]["marks"]} == {one: "B", two: "C"}
    assert [seen[code]["settled"] for code in papers[:3]] == [False, False, True]
    early = ask("open_key", tested.responsible, marking=marking)
    assert refusal(early)[:2] == (409, "not-all-marked")

    done(mark(one, marking, {papers[0]: "C"}))
    body = {"markers": [one, two], "third": tested.third}
    assert ask("read_marking", tested.third, marking=marking).status == 404
    done(ask("change_markers", tested.responsible, body, version=2, marking=marking))
    assert refusal(mark(tested.third, marking, {papers[2]: "A"}))[1] == "settled"
    done(mark(tested.third, marking, {papers[1]: "D"}))
    found = view(tested.responsible, marking)
    assert [(found[c]["grade"], found[c]["how"]) for c in papers[:3]] == [
        ("C", "agreed"), ("D", "third"), ("B", "alike")
    ]  # fmt: skip
    assert all(row["parts"] == [] for row in rows_of(tested).values())

    opened = done(ask("open_key", tested.responsible, marking=marking))
    assert opened["state"] == "opened"
    results = [row["parts"][0]["grade"] for row in rows_of(tested).values()]
    hidden = len(tested.pupils) - len(results)
    assert len(results) - 2 <= results.count("B") <= len(results) - 2 + hidden
    labels = done(ask("read_labels", tested.responsible, marking=marking))["rows"]
    by_name = {row["student"]: row["parts"][0]["grade"] for row in rows_of(tested).values()}
    assert all(by_name[row["student"]] == found[row["code"]]["grade"] for row in labels)
    assert "open_key" in [row["action"] for row in audit_rows(tested.pupils[0])]
    assert refusal(ask("open_key", tested.responsible, marking=marking))[1] == "not-now"
    done(save(tested.responsible, tested.sitting, result(labels[0]["student"], 1, A="E")))


def test_labels_are_told_before_and_after_never_while(tested: Held) -> None:
    id = tests.marking(tested.responsible, tested.sitting, "A", tested.markers, begun=False)
    labels = done(ask("read_labels", tested.responsible, marking=id))["rows"]
    assert {row["code"] for row in labels} <= set(codes(tested.markers[0], id))
    assert refusal(mark(tested.markers[0], id, {labels[0]["code"]: "A"}))[1] == "not-now"
    done(ask("begin_marking", tested.responsible, version=1, marking=id))
    assert refusal(ask("read_labels", tested.responsible, marking=id))[1] == "not-now"
    assert refusal(ask("read_labels", tested.head, marking=id))[1] == "not-now"


def everything(tested: Held, marking: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every reading operation of the area with every path there is."""
    known: dict[str, list[str]] = {
        "sitting": [tested.sitting], "marking": [marking], "unit": [tested.world.unit], "test": [tested.test],
        "pupil": [*tested.pupils], "job": [],
    }  # fmt: skip
    for area, op in every_operation():
        if area != "assessment" or op.writes or not set(op.path_names) <= set(known):
            continue
        for path in [{}] if not op.path_names else [{n: v} for n in op.path_names for v in known[n]]:
            yield op.id, path


@pytest.mark.parametrize("office", ["teacher", "principal", "administrator"])
def test_a_marker_finds_no_pupil_by_a_code_through_any_operation(
    tested: Held, tables: Cloud, office: str
) -> None:
    """Whatever else a marker is: the class's teacher, the unit's principal, an administrator."""
    world, (one, two) = tested.world, tested.markers
    if office != "teacher":
        duty = {"person": one, "unit": world.unit, "role": office, "startDate": "2020-01-01"}
        assert drop(tables, "organisation/duties/marker.jsonl", [duty])["failed"] == 0
    _teaches(tables, tested, one)
    marking = tests.marking(tested.responsible, tested.sitting, "A", tested.markers)
    papers = codes(one, marking)
    for who in (one, two):
        done(mark(who, marking, {code: "ABCDEF"[n % 6] for n, code in enumerate(papers)}))
    answered = 0
    for name, path in everything(tested, marking):
        answer = call("assessment", name, one, path=path)
        if answer.status != 200:
            continue
        answered += 1
        text = json.dumps(answer.body)
        told = any(code in text for code in papers)
        assert not (told and any(pupil in text for pupil in tested.pupils)), name
        if name in ("read_sitting", "list_test_results"):
            assert '"state": "done"' not in text, name
    assert answered > 4
    for name, body, version in (
        ("open_key", None, None),
        ("change_markers", {"markers": [two, tested.third]}, 2),
        ("lose_paper", {"code": papers[0]}, None),
    ):
        assert ask(name, one, body, version=version, marking=marking).status == 404, name
    assert ask("read_labels", one, marking=marking).status == 404
    for pupil in tested.pupils:
        for row in audit_rows(pupil):
            assert not any(code in row.get("changes", "") for code in papers)
        assert "Prov som bedömts utan namn" not in titles(tables, pupil)
    refused = save(tested.responsible, tested.sitting, result(tested.pupils[0], A="B"))
    assert refusal(refused)[1] == "sealed-part"


def _teaches(tables: Cloud, tested: Held, teacher: PersonId) -> None:
    rows = [_with_teacher(tested.world.klass, tested.world.unit, teacher)]
    assert drop(tables, "organisation/groups/marker.jsonl", rows)["failed"] == 0
    assert ask("read_sitting", teacher, sitting=tested.sitting).status == 200


def test_codes_are_in_no_order_of_the_class(tested: Held) -> None:
    orders = set()
    for code in "ABC":
        id = tests.marking(tested.responsible, tested.sitting, code, tested.markers, begun=False)
        labels = done(ask("read_labels", tested.responsible, marking=id))["rows"]
        orders.add(tuple(row["student"] for row in labels))
    assert len(orders) == 3  # one in n! twice


def test_a_marker_of_one_part_is_none_of_another(tested: Held, marking: str) -> None:
    body = [tested.third, tested.markers[1]]
    other = tests.marking(tested.responsible, tested.sitting, "B", body)
    paper = codes(tested.third, other)[0]
    assert mark(tested.markers[0], other, {paper: "A"}).status == 404
    assert ask("read_marking", tested.markers[0], marking=other).status == 404
    mine = done(ask("list_my_markings", tested.markers[0]))["data"]
    assert [one["id"] for one in mine] == [marking]


def test_nobody_marks_their_own_child_and_only_staff_marks(tested: Held, tables: Cloud) -> None:
    pupil = tested.world.classmates()[0]
    parent = pupil.guardians[0].guardian_id
    one = tested.markers[0]

    def plan(*markers: str) -> tuple[int, str, str]:
        body = {"part": "A", "markers": list(markers)}
        return refusal(ask("plan_marking", tested.responsible, body, sitting=tested.sitting))

    assert plan(one, parent) == (422, "not-staff-here", "markers")
    duty = {"person": parent, "unit": tested.world.unit, "role": "teacher", "startDate": "2020-01-01"}
    assert drop(tables, "organisation/duties/parent.jsonl", [duty])["failed"] == 0
    assert plan(one, parent) == (422, "biased", "markers")
    assert plan(one, tested.responsible) == (422, "two-markers", "markers")
    id = tests.marking(tested.responsible, tested.sitting, "A", tested.markers)
    body = {"markers": list(tested.markers), "third": parent}
    changed = ask("change_markers", tested.responsible, body, version=2, marking=id)
    assert refusal(changed) == (422, "biased", "markers")


def test_a_lost_paper_and_one_exempted_meanwhile_do_not_hold_up_the_others(
    tested: Held, marking: str
) -> None:
    papers = codes(tested.markers[0], marking)
    exempt = tests.exemption(tested.test, "A")
    pupil = tested.pupils[0]
    done(ask("decide_exemption", tested.head, exempt, pupil=pupil))
    done(ask("lose_paper", tested.responsible, {"code": papers[0]}, marking=marking))
    for who in tested.markers:
        done(mark(who, marking, dict.fromkeys(papers[1:], "C")))
    done(ask("open_key", tested.responsible, marking=marking))
    states = [p["state"] for row in rows_of(tested, tested.head).values() for p in row["parts"]]
    assert rows_of(tested)[pupil]["parts"][0]["state"] == "exempt"
    assert states.count("lost") <= 1
    body = {"responsible": tested.head}
    assert ask("change_sitting", tested.head, body, version=3, sitting=tested.sitting).status == 200


def test_while_a_part_is_marked_nobody_is_taken_out_and_the_key_stays(tested: Held, marking: str) -> None:
    for body, field in (
        ({"responsible": tested.third}, "responsible"),
        ({"responsible": tested.responsible, "students": list(tested.pupils[1:])}, "students"),
    ):
        changed = ask("change_sitting", tested.head, body, version=2, sitting=tested.sitting)
        assert refusal(changed) == (409, "sealed-part", field)
