"""The right requests of assessment about national tests, as `requests` has those of the other areas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.support.asks import Ask, new_key, over
from tests.support.matrices import matrix_body, seen
from tests.support.national_tests import YEAR, exemption, result, test_body

if TYPE_CHECKING:
    from tests.support.schools import Schools


def _sitting(s: Schools, body: Any = None, **headers: str) -> Ask:
    return Ask({"sitting": s.made["sitting"]}, body=body, headers=headers)


def _marking(s: Schools, which: str, body: Any = None, headers: dict[str, str] | None = None) -> Ask:
    return Ask({"marking": s.made[which]}, body=body, headers=headers or {})


def _unit(s: Schools, body: Any = None, headers: dict[str, str] | None = None) -> Ask:
    return Ask({"unit": s.home.unit}, body=body, headers=headers or {})


def _group(s: Schools, body: Any = None, headers: dict[str, str] | None = None) -> Ask:
    return Ask({"group": s.home.klass.id}, body=body, headers=headers or {})


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "assessment.add_matrix": lambda s: _group(s, matrix_body(s.made["syllabus"]), new_key()),
    "assessment.add_test": lambda _: Ask(
        body=test_body(subject="GRGRMAT01", name="Matematik"), headers=new_key()
    ),
    "assessment.begin_marking": lambda s: _marking(s, "labelled", headers=over(1)),
    "assessment.change_markers": lambda s: _marking(
        s, "labelled", {"markers": [s.people["other mentor"], s.people["far teacher"]]}, over(1)
    ),
    "assessment.change_matrix": lambda s: Ask(
        {"group": s.home.klass.id, "matrix": s.made["matrix"]},
        body=matrix_body(s.made["syllabus"], title="Ny"),
        headers=over(2),
    ),
    "assessment.change_tracking_settings": lambda s: _unit(s, {"showGuardians": False}, over(1)),
    "assessment.change_sitting": lambda s: _sitting(s, {"responsible": s.people["teacher"]}, **over(4)),
    "assessment.change_test": lambda s: Ask(
        {"test": s.made["test"]}, body=test_body(combine="given", limits=None), headers=over(1)
    ),
    "assessment.decide_exemption": lambda s: Ask(
        {"pupil": s.pupil.id}, body=exemption(s.made["test"], "D"), headers=new_key()
    ),
    "assessment.export_test_results": lambda s: _unit(s, {"table": "counts"}, new_key()),
    "assessment.give_subjects": lambda s: _unit(
        s, {"schoolYear": str(YEAR), "no": "GRGRBIO01", "so": "GRGRHIS01"}, over(0)
    ),
    "assessment.link_test_export": lambda s: Ask({"job": s.made["test export"]}),
    "assessment.list_exemptions": lambda s: Ask({"pupil": s.pupil.id}),
    "assessment.list_matrices": _group,
    "assessment.list_observations": lambda s: Ask({"pupil": s.pupil.id}, {"matrix": s.made["matrix"]}),
    "assessment.list_progress": lambda s: Ask({"pupil": s.pupil.id}),
    "assessment.list_my_markings": lambda _: Ask(),
    "assessment.list_my_sittings": lambda _: Ask(),
    "assessment.list_sittings": _unit,
    "assessment.list_test_results": lambda s: Ask({"pupil": s.pupil.id}),
    "assessment.list_tests": lambda _: Ask(),
    "assessment.list_unit_tests": _unit,
    "assessment.lose_paper": lambda s: _marking(s, "marking", {"code": s.made["paper"]}, new_key()),
    "assessment.observe": lambda s: _group(
        s, {"matrix": s.made["matrix"], "rows": [seen(s.pupil.id)]}, new_key()
    ),
    "assessment.open_key": lambda s: _marking(s, "marked", headers=new_key()),
    "assessment.plan_marking": lambda s: _sitting(
        s, {"part": "D", "markers": [s.people["other teacher"], s.people["other mentor"]]}, **new_key()
    ),
    "assessment.plan_sitting": lambda s: _unit(
        s,
        {
            "test": s.made["test"],
            "group": s.home.klass.id,
            "responsible": s.people["teacher"],
            "students": [],
        },
        new_key(),
    ),
    "assessment.read_group_progress": lambda s: Ask({"group": s.home.klass.id}, {"matrix": s.made["matrix"]}),
    "assessment.read_labels": lambda s: _marking(s, "labelled"),
    "assessment.read_marking": lambda s: _marking(s, "marking"),
    "assessment.read_sitting": _sitting,
    "assessment.read_test_export": lambda s: Ask({"job": s.made["test export"]}),
    "assessment.read_tracking_settings": _unit,
    "grades.compare_with_tests": lambda s: Ask(
        {"unit": s.home.unit}, {"subject": "GRGRENG01", "schoolYear": str(YEAR), "semester": "HT"}
    ),
    "assessment.set_due": lambda s: _group(
        s, {"matrix": s.made["matrix"], "day": YEAR.end.isoformat()}, new_key()
    ),
    "assessment.save_marks": lambda s: _marking(
        s, "marking", {"rows": [{"code": s.made["paper"], "grade": "B"}]}, new_key()
    ),
    "assessment.save_results": lambda s: _sitting(
        s, {"rows": [result(s.people["classmate"], D="B")]}, **new_key()
    ),
}
