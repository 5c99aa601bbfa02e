"""For every suite: how many examples a property test tries (HYPOTHESIS_PROFILE=long is what `python3 -m infra
fuzz` uses), and that nothing the product logs in this process names anybody.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase
from xdist.scheduler import LoadFileScheduling

from functions.attendance.domain import phone
from tests.support.fixtures import cloud, school
from tests.support.privacy import anybodys_details

__all__ = ["cloud", "school"]

_examples = DirectoryBasedExampleDatabase(Path(__file__).parents[1] / ".local" / "cache" / "hypothesis")
# A deadline would measure the machine's other work; the suites have a timeout of their own.
_slow_is_fine = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "ci", max_examples=50, deadline=None, database=_examples, suppress_health_check=_slow_is_fine
)
settings.register_profile(
    "long", max_examples=5000, deadline=None, database=_examples, suppress_health_check=_slow_is_fine
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# Every made-up school has people who choose codes: eighty hashes of 80 ms.
assert phone.COST == 2**14
phone.COST = 2**4


class Together(LoadFileScheduling):  # type: ignore[misc]
    """Tests of one file go to the same process, and so do those from end to end, which share their clouds."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return "e2e" if file.startswith("tests/e2e/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Who gets which tests."""
    return Together(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test during which the product has logged a personal detail; its log lines are JSON objects."""
    report = yield
    lines = [x for _, text in report.sections for x in text.splitlines() if x.startswith("{")]
    if report.passed and (hits := anybodys_details().found("the log", "\n".join(lines))):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} logged {', '.join(hits)}"
    return report
