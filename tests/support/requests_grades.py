"""The right requests of grades, and what of grades there is at the schools."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.grades.domain.orders import Signer
from functions.grades.domain.pages import Series, SignedPage
from functions.grades.store.pages import page_item
from functions.organisation.domain.staffing import ActivityRecord, Certification, Teaching
from functions.organisation.store import activities, duties
from skolkit.clock import now, today
from skolkit.sweden.calendar import SchoolYear
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.areas import acting_as, call
from tests.support.asks import Ask, new_key, over
from tests.support.grading import period_body

if TYPE_CHECKING:
    from tests.support.schools import Schools


def graded(s: Schools) -> dict[str, str]:
    """Let the class be graded in mathematics by its teacher: a period that is open with the pupils' grades
    proposed, and another with nothing left to decide; their ids.
    """
    teacher, colleague = s.people["teacher"], s.people["other teacher"]
    activity = ActivityRecord(
        id=new_id(), unit=s.home.unit, name="Matematik", type="Undervisning", start=today(), subject="MA",
        groups=(s.home.klass.id,), school_form=SchoolForm.COMPULSORY, year=min(s.home.klass.years),
        teachers=(Teaching(s.made["duty"], teacher, grader=True),),
    )  # fmt: skip
    with acting_as("organisation"):
        commit(*activities.activity_writes(None, activity))
        for one in (teacher, colleague):
            old = duties.find_certification(one)
            commit(duties.certification_item(one, Certification(certified=True)).over(old.version))
    made = {
        "graded activity": activity.id,
        "grading period": _opened(s, min(s.home.klass.years)),
        "finished period": _opened(s, 9),
    }
    path = {"period": made["grading period"], "activity": activity.id}
    mates = [mate.id for mate in s.home.classmates() if mate.id not in {s.pupil.id, s.hidden}]
    lines = [{"student": p, "version": 0, "value": "C"} for p in (s.pupil.id, s.hidden, mates[0])]
    saved = call("grades", "save_proposals", teacher, path=path, body={"lines": lines})
    assert saved.status == 200, saved.body
    with acting_as("grades"):
        commit(page_item(_page(s, path)))
    return made | {"graded mate": mates[0], "other mate": mates[1]}


def _page(s: Schools, path: dict[str, str]) -> SignedPage:
    """A signed page about the pupil; its file is not there."""
    signed = Signer(
        person=s.people["teacher"], role="teacher", at=now(), signed_in_at=now(), level=3,
    )  # fmt: skip
    return SignedPage(
        series=Series(period=path["period"], activity=path["activity"]), unit=s.home.unit, number=1,
        kind="decisions", order=new_id(), sha256="ab" * 32, version="1", made=now(), signers=(signed,),
        pupils=(s.pupil.id,), named=(s.pupil.id,), entries=1,
    )  # fmt: skip


def _opened(s: Schools, year: int) -> str:
    early = {"decidedEarlyGrades": f"{SchoolYear.of(today()).start_year}-04-01"}
    body = period_body(years=[year], **early)
    path = {"unit": s.home.unit}
    made = call("grades", "open_period", s.people["principal"], path=path, body=body, headers=new_key())
    assert made.status == 201, made.body
    return str(made.body["id"])


def on_sheet(s: Schools, body: object = None, *, keyed: bool = False, version: int | None = None) -> Ask:
    """About the class's sheet in mathematics."""
    path = {"period": s.made["grading period"], "activity": s.made["graded activity"]}
    headers = new_key() if keyed else {}
    return Ask(path, body=body, headers=headers | (over(version) if version else {}))


def of_pupil(s: Schools, pupil: PersonId | None = None) -> Ask:
    """About a pupil's grades."""
    return Ask({"pupil": pupil or s.pupil.id})


STATISTICS = {"schoolForm": "GR", "year": "9", "semester": "VT"}


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "grades.appoint_grader": lambda s: on_sheet(s, {"teacher": s.people["other teacher"]}, version=1),
    "grades.ask_prognosis": lambda s: Ask(
        {"pupil": s.pupil.id}, body={"programme": "NA", "meritValue": 250.0}
    ),
    "grades.ask_university_prognosis": lambda s: Ask({"pupil": s.pupil.id}, body={"meritValue": 17.5}),
    "grades.close_period": lambda s: Ask({"period": s.made["finished period"]}, headers=new_key()),
    "grades.decide_as_principal": lambda s: on_sheet(
        s, {"student": s.pupil.id, "value": "B", "reason": "hindered"}, keyed=True
    ),
    "grades.decide_grades": lambda s: on_sheet(s, {"students": [s.pupil.id]}, keyed=True),
    "grades.link_catalogue_page": lambda s: Ask({**on_sheet(s).path, "page": "1"}),
    "grades.list_catalogue": of_pupil,
    "grades.list_catalogue_pages": on_sheet,
    "grades.list_certificates": lambda _: Ask(),
    "grades.list_grades": of_pupil,
    "grades.list_my_sheets": lambda _: Ask(),
    "grades.list_open_grade_statistics": lambda _: Ask(query=STATISTICS | {"schoolYear": "2026/27"}),
    "grades.list_periods": lambda s: Ask({"unit": s.home.unit}),
    "grades.list_progress": lambda s: Ask({"period": s.made["grading period"]}),
    "grades.open_period": lambda s: Ask(
        {"unit": s.home.unit}, body=period_body(years=[8]), headers=new_key()
    ),
    "grades.open_sheet": on_sheet,
    "grades.publish_grades": lambda s: Ask(
        {"period": s.made["grading period"]}, body={"at": "2030-01-01T08:00:00Z"}, headers=over(1)
    ),
    "grades.read_eligibility": of_pupil,
    "grades.read_exam": lambda s: Ask({"pupil": s.pupil.id}, query={"programme": "NA"}),
    "grades.read_merit": of_pupil,
    "grades.read_grade_statistics": lambda s: Ask({"unit": s.home.unit}, STATISTICS),
    "grades.read_grade_statistics_file": lambda s: Ask({"unit": s.home.unit}, STATISTICS),
    "grades.read_grade_statistics_file (exact)": lambda s: Ask(
        {"unit": s.home.unit}, STATISTICS | {"exact": "true"}
    ),
    "grades.read_municipal_grade_statistics": lambda _: Ask(query=STATISTICS),
    "grades.read_open_grade_statistics": lambda s: Ask({"unit": s.home.unit}, STATISTICS),
    "grades.read_period": lambda s: Ask({"period": s.made["grading period"]}),
    "grades.save_proposals": lambda s: on_sheet(
        s, {"lines": [{"student": s.made["other mate"], "version": 0, "value": "B"}]}
    ),
}
