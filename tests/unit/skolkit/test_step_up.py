"""A signature rests on a fresh, strong sign-in, and on nothing else that a token says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skolkit.config import ConfigError
from skolkit.identity import Caller
from skolkit.step_up import SignIn, StaleSignIn, WeakSignIn, require_fresh

NOW = datetime(2026, 12, 18, 14, 30, tzinfo=UTC)
PERSON = "0192d3a0-0000-7000-8000-000000000001"


def caller(**claims: str) -> Caller:
    return Caller.from_claims({"token_use": "access", "client_id": "phone", "person": PERSON, **claims})


def signed_in(at: datetime, level: str = "3") -> Caller:
    return caller(auth_time=str(int(at.timestamp())), aal=level)


def test_a_sign_in_of_this_minute_may_sign() -> None:
    at = NOW - timedelta(seconds=40)
    assert require_fresh(signed_in(at), NOW, minutes=5, level=3) == SignIn(at, 3)


@given(st.integers(-3600, 7200))
def test_only_the_last_minutes_count_and_the_future_never(age: int) -> None:
    someone = signed_in(NOW - timedelta(seconds=age))
    if -60 <= age <= 300:
        require_fresh(someone, NOW, minutes=5, level=3)
    else:
        with pytest.raises(StaleSignIn):
            require_fresh(someone, NOW, minutes=5, level=3)


@pytest.mark.parametrize("said", ["", "-5", "1e9", "²", "soon", "Thu Nov 26 17:29:27 UTC 2026", "9" * 12])
def test_a_time_that_cannot_be_read_is_none(said: str) -> None:
    assert caller(auth_time=said, aal="4").signed_in_at is None
    with pytest.raises(StaleSignIn):
        require_fresh(caller(auth_time=said, aal="4"), NOW, minutes=5, level=0)


@given(st.integers(0, 4), st.integers(0, 4))
def test_the_level_must_be_reached(held: int, needed: int) -> None:
    someone = signed_in(NOW, str(held))
    if held >= needed:
        assert require_fresh(someone, NOW, minutes=5, level=needed).level == held
    else:
        with pytest.raises(WeakSignIn) as refused:
            require_fresh(someone, NOW, minutes=5, level=needed)
        assert f"level {needed}" in refused.value.said.en


def test_the_limits_are_the_deployments(monkeypatch: pytest.MonkeyPatch) -> None:
    someone = signed_in(NOW - timedelta(minutes=9), "2")
    monkeypatch.setenv("SKOLKIT_SIGN_IN_MINUTES", "10")
    monkeypatch.setenv("SKOLKIT_SIGN_IN_LEVEL", "2")
    require_fresh(someone, NOW)
    monkeypatch.setenv("SKOLKIT_SIGN_IN_MINUTES", "5")
    with pytest.raises(StaleSignIn):
        require_fresh(someone, NOW)
    monkeypatch.delenv("SKOLKIT_SIGN_IN_LEVEL")
    with pytest.raises(ConfigError):
        require_fresh(someone, NOW)
