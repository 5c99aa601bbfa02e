"""What signing rests on in the templates: how fresh and strong a sign-in must be."""

from __future__ import annotations

import pytest

from tests.infrastructure.conftest import Assembly


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
