"""Logs and metrics: one JSON line per invocation, business metrics as embedded metric format, never personal
data.
"""

from __future__ import annotations

import traceback
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


@lru_cache(maxsize=1)
def logger() -> Logger:
    """The process's logger; the service name is the function's `POWERTOOLS_SERVICE_NAME`."""
    from aws_lambda_powertools import Logger

    return Logger(log_uncaught_exceptions=False, utc=True)


def failure(error: BaseException) -> dict[str, Any]:
    """What may be logged of an unexpected error: its type and where it arose; its text could hold personal
    data.
    """
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return {
        "error": type(error).__name__,
        "where": [f"{f.filename.rsplit('/', 2)[-1]}:{f.lineno} {f.name}" for f in frames],
    }


def count(name: str, value: float, unit: str = "Count", **dimensions: str) -> None:
    """Publish one business metric (CloudWatch embedded metric format on standard output)."""
    from aws_lambda_powertools.metrics import MetricUnit, single_metric

    with single_metric(name=name, unit=MetricUnit(unit), value=value) as metric:
        for key, text in dimensions.items():
            metric.add_dimension(name=key, value=text)
