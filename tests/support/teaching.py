"""A teacher's own process: opens, saves and reads one lesson again and again, and says how often and with how
much processor time. Started by the measurements with the embedded AWS's addresses in the environment.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import datetime

import pytest

from skolkit.types import PersonId
from tests.integration.test_attendance_day import at
from tests.support.areas import call

SHOWN = {"givenName", "familyName", "notifiedMinutes", "notifiedReason"}  # to the teacher, not sent back
WARM = 5  # cycles before time is taken


def cycle(lesson: str, teacher: PersonId) -> None:
    """Open, save the whole class, read again."""
    path = {"lesson": lesson}
    opened = call("attendance", "open_lesson", teacher, path=path).body
    rows = [{k: v for k, v in row.items() if k not in SHOWN} for row in opened["rows"]]
    headers = {"if-match": f'"{opened["version"]}"'}
    saved = call("attendance", "save_lesson", teacher, path=path, body={"rows": rows}, headers=headers)
    read = call("attendance", "open_lesson", teacher, path=path)
    assert (saved.status, read.status) == (200, 200), saved.body


def teach(lesson: str, teacher: str, now: str, cycles: int) -> None:
    """Print the cycles, the seconds they took and those of this processor."""
    logging.disable(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch:
        at(patch, datetime.fromisoformat(now))
        for _ in range(WARM):
            cycle(lesson, PersonId(teacher))
        print("ready", flush=True)
        sys.stdin.readline()
        wall, processor = time.perf_counter(), time.process_time()
        for _ in range(cycles):
            cycle(lesson, PersonId(teacher))
        took = time.perf_counter() - wall, time.process_time() - processor
    print(json.dumps([cycles, *took]), flush=True)


if __name__ == "__main__":
    teach(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
