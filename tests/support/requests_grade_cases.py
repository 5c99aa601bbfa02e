"""The right requests of wrong grades and trials, and what there is of them at the schools."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from functions.grades.domain.cases import HEARING, Case, Proposal
from functions.grades.domain.catalogue import Decider, Entry
from functions.grades.domain.orders import Order, Vouched, order_for
from functions.grades.domain.pages import Series, SignedPage
from functions.grades.domain.subjects import graded
from functions.grades.domain.trials import Trial
from functions.grades.store import cases, catalogue, trials
from functions.grades.store.orders import order_item
from functions.grades.store.pages import page_item
from skolkit.clock import now, today
from skolkit.sweden.codes import SchoolForm
from skolkit.table import commit
from skolkit.types import PersonId, new_id
from tests.support.areas import acting_as
from tests.support.asks import Ask, new_key, over

if TYPE_CHECKING:
    from tests.support.schools import Schools

REASON = "Betyget i katalogen är ett annat än det som läraren satte."


def wronged(s: Schools) -> dict[str, str]:
    """Let the pupil and the protected classmate have three grades that their teacher decided: one without a
    case, one with a slip and one that is to be changed; and two trials, one of them to be graded today. Both
    have the same ids.
    """
    made = {
        name: new_id()
        for name in ("entry", "slip", "change", "slip case", "change case", "trial", "admitted trial")
    }
    with acting_as("grades"):
        for pupil in (s.pupil.id, s.hidden):
            _grades(s, pupil, made)
    return made


def _grades(s: Schools, pupil: PersonId, made: dict[str, str]) -> None:
    teacher = s.people["teacher"]
    subjects = {"entry": "EN", "slip": "HKK", "change": "BI"}
    entries = [
        Entry(
            id=made[name], pupil=pupil, kind="decision", subject=graded(SchoolForm.COMPULSORY, code, ""),
            value="C", scale="gr-2011", at=now(), unit=s.home.unit, school_year="2025/26", term="VT", year=5,
            deciders=(Decider(person=teacher, certified=True, qualified=True),),
        )
        for name, code in subjects.items()
    ]  # fmt: skip
    head = catalogue.find_heads([pupil])[pupil]
    rows, (first, *_) = catalogue.append(head, entries, catalogue.entries([pupil]))
    order = order_for(new_id(), [(first, {teacher: Vouched(now(), now(), 3)})])
    commit(*rows, order_item(order), page_item(_page(s, order)))
    slip = Case(
        id=made["slip case"], pupil=pupil, entry=made["slip"], unit=s.home.unit, kind="correction",
        flaw="miswriting", reason=REASON, noticed_by=teacher, opened=now(), proposal=Proposal(value="B"),
        hear_until=today() + HEARING,
    )  # fmt: skip
    change = Case(
        id=made["change case"], pupil=pupil, entry=made["change"], unit=s.home.unit, kind="change",
        flaw="newCircumstances", reason=REASON, noticed_by=teacher, opened=now(),
        proposal=Proposal(value="A"),
    )  # fmt: skip
    for case in (slip, change):
        commit(*cases.case_writes(case, pupil, [teacher]))
    for number, (name, code) in enumerate((("trial", "MU"), ("admitted trial", "IDH"))):
        trial = Trial(
            id=made[name], pupil=pupil, unit=s.home.unit, subject=graded(SchoolForm.COMPULSORY, code, ""),
            applicant=s.people["principal"], applied=now() + timedelta(seconds=number),
            rules="provning-2011", codes=(code,), examiner=teacher if number else None,
            day=today() if number else None, state="admitted" if number else "applied",
        )  # fmt: skip
        commit(*trials.trial_writes(None, trial))


def _page(s: Schools, order: Order) -> SignedPage:
    """The signed page of a decision that has no sheet, without a name on it; its file is not there."""
    ((pupil, _),) = order.entries
    return SignedPage(
        series=Series(pupil=pupil), unit=s.home.unit, number=1, kind="decisions", order=order.id,
        sha256="ab" * 32, version="1", made=now(), signers=tuple(one.signer for one in order.signings),
        pupils=(pupil,), named=(), entries=1,
    )  # fmt: skip


def _case(name: str, body: object) -> Callable[[Schools], Ask]:
    return lambda s: Ask({"pupil": s.pupil.id, "case": s.made[name]}, body=body, headers=new_key())


def _trial(name: str, body: object) -> Callable[[Schools], Ask]:
    return lambda s: Ask({"pupil": s.pupil.id, "trial": s.made[name]}, body=body, headers=new_key())


REQUESTS: dict[str, Callable[[Schools], Ask]] = {
    "grades.answer_grade_change": _case("change case", {"agrees": True}),
    "grades.apply_for_trial": lambda s: Ask(
        {"pupil": s.pupil.id}, headers=new_key(),
        body={"organisation": s.home.unit, "schoolForm": "GR", "subjectCode": "KE"},
    ),
    "grades.comment_grade_case": _case("slip case", {"text": "Det stämmer."}),
    "grades.decide_grade_case": _case(
        "slip case", {"outcome": "approved", "unheard": "Hemmet har visat felet."}
    ),
    "grades.grade_trial": _trial("admitted trial", {"value": "B"}),
    "grades.handle_trial": _trial(
        "trial", {"outcome": "refused", "motivation": "Ämnet prövas inte nu."}
    ),
    "grades.link_pupil_page": lambda s: Ask({"pupil": s.pupil.id, "entry": s.made["entry"]}),
    "grades.list_grade_cases": lambda s: Ask({"unit": s.home.unit}),
    "grades.list_grade_tasks": lambda _: Ask(),
    "grades.list_trials": lambda s: Ask({"pupil": s.pupil.id}),
    "grades.list_unit_trials": lambda s: Ask({"unit": s.home.unit}),
    "grades.open_grade_case": lambda s: Ask(
        {"pupil": s.pupil.id, "entry": s.made["entry"]}, headers=new_key(),
        body={"kind": "correction", "flaw": "miswriting", "reason": REASON, "proposal": {"value": "D"}},
    ),
    "grades.read_chain": lambda s: Ask({"pupil": s.pupil.id, "entry": s.made["slip"]}),
    "grades.withdraw_trial": lambda s: Ask(
        {"pupil": s.pupil.id, "trial": s.made["trial"]}, headers=over(1)
    ),
}  # fmt: skip
