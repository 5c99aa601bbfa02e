"""What signing rests on in the templates: how fresh and strong a sign-in must be, keys that only grades signs
with, and a bucket from which nothing goes."""

from __future__ import annotations

import pytest

from infra.areas import Area
from infra.layers import HEAVY, TOGETHER
from tests.infrastructure.conftest import Assembly, as_text
from tests.infrastructure.test_data import locked


@pytest.mark.parametrize("area", ["assessment", "grades"])
def test_a_signature_needs_a_strong_sign_in_of_the_last_minutes_except_on_a_laptop(
    cdk: Assembly, area: str
) -> None:
    stack = f"skolkit-{area}"
    parameters = cdk.templates[stack]["Parameters"]
    assert (parameters["SignInMinutes"]["Default"], parameters["SignInLevel"]["Default"]) == (5, 3)
    functions = [f for f in cdk.of("AWS::Lambda::Function") if f.stack == stack]
    assert functions
    for function in functions:
        told = function.properties["Environment"]["Variables"]
        assert told["SKOLKIT_SIGN_IN_MINUTES"] == {"Ref": "SignInMinutes"}
        assert told["SKOLKIT_SIGN_IN_LEVEL"] == {"Fn::If": ["IsLocal", "0", {"Ref": "SignInLevel"}]}


def test_signed_pages_are_locked_for_as_long_as_is_decided_and_do_not_end_by_themselves(
    cdk: Assembly,
) -> None:
    bucket = locked(cdk, "skolkit-catalogue-")
    rule = bucket.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert rule == {
        "Mode": {"Fn::If": ["IsProd", "COMPLIANCE", "GOVERNANCE"]}, "Days": {"Ref": "CatalogueDays"}
    }  # fmt: skip
    assert cdk.templates["skolkit-core"]["Parameters"]["CatalogueDays"]["MinValue"] >= 400
    (lifecycle,) = bucket.properties["LifecycleConfiguration"]["Rules"]
    assert "ExpirationInDays" not in lifecycle


def test_keys_sign_for_functions_of_grades_alone_and_stay_when_the_stack_goes(cdk: Assembly) -> None:
    keys = [k for k in cdk.of("AWS::KMS::Key") if k.properties.get("KeyUsage") == "SIGN_VERIFY"]
    assert {k.properties["KeySpec"] for k in keys} == {"ECC_NIST_P256", "ECC_NIST_P384"}
    for key in keys:
        assert key.raw["DeletionPolicy"] == "RetainExceptOnCreate"
        (denied,) = (s for s in key.properties["KeyPolicy"]["Statement"] if s["Effect"] == "Deny")
        assert (denied["Action"], denied["Principal"]) == ("kms:Sign", {"AWS": "*"})
        (kind, condition), *more = denied["Condition"].items()
        assert (kind, more) == ("ArnNotLike", [])
        assert as_text(condition["aws:PrincipalArn"]).endswith(":role/skolkit-grades-*")


def test_what_a_function_carries_together_is_what_the_weight_is_taken_of(areas: tuple[Area, ...]) -> None:
    for area in areas:
        for trigger in area.triggers:
            assert any(set(trigger.layers) <= together for together in TOGETHER), trigger
    assert set().union(*TOGETHER) == set(HEAVY)
    assert {f"{area.name}.{t.name}" for area in areas for t in area.triggers if "kms:Sign" in t.uses} == {
        "grades.write_page"
    }
