"""For every suite: how many examples a property test tries. HYPOTHESIS_PROFILE=long is what `python3 -m infra
fuzz` uses."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.support.fixtures import cloud, school

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
