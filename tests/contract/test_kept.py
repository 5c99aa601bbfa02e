"""What is kept about people: every kind of stored item says whose it is and how long it is kept, and every
area that keeps something about people answers register extracts (GDPR art. 15).
"""

from __future__ import annotations

import pytest

from functions.access.domain.plan import PLANS
from functions.access.usecases.extracts import AREAS as ASKED
from infra.areas import AREAS, kept, kinds, load_all, personal
from infra.generate import published

KINDS = [(spec.name, name) for spec in AREAS for name in kinds(spec.name)]
RELATED = {"pk", "sk"}


@pytest.mark.parametrize(("area", "kind"), KINDS)
def test_a_kind_says_whose_it_is_and_has_a_line_in_the_plan(area: str, kind: str) -> None:
    assert kind in kept(area), (
        f"Say in functions/{area}/kept.py whose data {kind!r} is and which document type it belongs to."
    )
    declared = kept(area)[kind]
    attributes = set(kinds(area)[kind].get_attributes())
    assert set(declared.whose) <= attributes
    for plan in PLANS:
        assert declared.document in plan.types, f"{declared.document} has no line in the plan {plan.id}"


def test_nothing_is_declared_that_is_not_kept() -> None:
    for spec in AREAS:
        assert set(kept(spec.name)) == set(kinds(spec.name)), spec.name


def test_every_document_type_of_the_plan_is_kept_somewhere() -> None:
    used = {kind.document for spec in AREAS for kind in kept(spec.name).values()} | {"access.audit"}
    for plan in PLANS:
        assert set(plan.types) == used


def test_every_area_with_personal_data_answers_extracts_and_is_waited_for() -> None:
    for area in load_all():
        heard = {
            trigger.name: trigger for trigger in area.triggers
            if "access.ExtractRequested.v1" in trigger.source
        }  # fmt: skip
        said = {fact.type for fact in published(area.name)}
        personal_area = area.name in personal()
        assert (set(heard) == {"answer_extract"}) == personal_area, area.name
        assert (f"{area.name}.ExtractAnswered.v1" in said) == personal_area
        if personal_area:
            assert "s3:PutObject extract-part" in heard["answer_extract"].uses
    assert personal() == ASKED
    (collector,) = (t for a in load_all() for t in a.triggers if t.name == "collect_extract")
    assert set(collector.source) == {f"{area}.ExtractAnswered.v1" for area in ASKED}
