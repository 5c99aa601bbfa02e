"""The impact assessment and its companions: every measure points at a test that is there, and every failure
of Skolplattformen (IMY DI-2019-7024) at one that would show it.
"""

from __future__ import annotations

import ast
import re

import pytest

from infra.areas import Area, kept
from infra.compliance import documents
from infra.compliance.risks import FAILURES, RISKS, SECURITY, Measure
from infra.local.paths import ROOT

MEASURES = {
    measure.proof: measure
    for group in (*(r.measures for r in RISKS), *(f.measures for f in FAILURES), *(m for _, m in SECURITY))
    for measure in group
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=list(MEASURES))
def test_every_measure_points_at_a_test(measure: Measure) -> None:
    path, _, name = measure.proof.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, measure.proof


def test_a_risk_that_stays_high_says_what_is_left_to_do() -> None:
    assert [risk.what for risk in RISKS if risk.left == "hög" and not risk.open] == []
    assert all(risk.measures for risk in RISKS)


def test_the_six_failures_have_their_line(areas: tuple[Area, ...]) -> None:
    text = documents.assessment(areas)
    for where in (
        "Skolpliktsbevakning", "Elevdokumentation", "Startsidan", "Administrationsgränssnittet",
        "Konsekvensbedömningen", "Arbetssättet",
    ):  # fmt: skip
        assert f"### {where}" in text


def test_the_record_holds_every_kind_of_item(areas: tuple[Area, ...]) -> None:
    text, plan = documents.record(areas), documents.retention(areas)
    for area in areas:
        for kind in kept(area.name):
            assert re.search(rf"\b{kind}\b", text), kind
            assert re.search(rf"\b{kind}\b", plan), kind


def test_every_policy_is_told() -> None:
    home = ROOT / "functions" / "access" / "policies"
    ids = {f"`{i}`" for p in home.glob("*.cedar") for i in re.findall(r'@id\("([\w-]+)"\)', p.read_text())}
    told = documents.policies()
    assert {id for id, _, _ in told} == ids
    assert all(len(meaning) > 20 for _, _, meaning in told)
