"""What is kept about people: every kind of stored item says whose it is and how long it is kept, and every
area that keeps something about people answers register extracts (GDPR art. 15).
"""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest

from functions.access.domain.plan import PLANS
from functions.access.usecases.extracts import AREAS as ASKED
from infra.areas import AREAS, kept, kinds, load_all, personal, retaining
from infra.facts import published
from infra.local.paths import ROOT

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


@pytest.mark.parametrize(("area", "kind"), KINDS)
def test_a_kind_that_is_to_go_says_from_when(area: str, kind: str) -> None:
    """And only one way: a date of its own, a tie of a person, or the kind it goes with, which has one."""
    declared = kept(area)[kind]
    goes = {plan.types[declared.document].action for plan in PLANS} & {"archive", "delete"}
    ways = [way for way in (declared.dated, declared.tied, declared.follows) if way]
    assert len(ways) == (1 if goes else 0), f"functions/{area}/kept.py: from when does {kind} count?"
    if declared.follows:
        leader = kept(area)[declared.follows]
        assert leader.document == declared.document
        assert not leader.follows
    else:
        assert set(ways) <= set(kinds(area)[kind].get_attributes())


def test_what_goes_together_is_put_together_by_its_area() -> None:
    for area in retaining():
        shelf = importlib.import_module(f"functions.{area}.retention").SHELF
        assert {kind.follows for kind in kept(area).values() if kind.follows} <= set(shelf.whole)
        assert shelf.kept == kept(area)


@pytest.mark.parametrize("area", retaining())
def test_the_worker_knows_every_kind_it_may_have_to_read(area: str) -> None:
    """A row is read by its kind, and a kind that nothing has imported does not exist."""
    may = sorted(kept(area))
    script = (
        f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'layers/common/python')]!r}\n"
        f"import functions.{area}.retention\n"
        "from skolkit.table import Item\n"
        "def below(kind):\n"
        "    return {k for c in kind.__subclasses__() for k in (c.kind_name(), *below(c))}\n"
        f"print(sorted(set({may!r}) - below(Item)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    missing = ast.literal_eval(done.stdout)
    goes = {plan.types[kept(area)[name].document].action for plan in PLANS for name in missing} - {"keep"}
    assert not goes, f"functions/{area}/retention.py does not import {missing}"


def test_every_event_of_the_plan_can_be_told_by_the_areas_that_need_it() -> None:
    for area in retaining():
        shelf = importlib.import_module(f"functions.{area}.retention").SHELF
        for kind in kept(area).values():
            for plan in PLANS:
                line = plan.types[kind.document]
                if kind.tied:
                    assert line.event in ("case closed", "duty end", "education end"), (area, line.id)
                    assert shelf.tie.__name__ != "_no_tie"
                elif line.action in ("archive", "delete"):
                    assert line.event != "education end", (area, line.id)
                    assert line.months is not None


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
