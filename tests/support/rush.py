"""A part of a rush in a process of its own: homes open their grades one after the other for some seconds, and
it says how long each took. Started by the measurements with the embedded AWS's addresses in the environment.
"""

from __future__ import annotations

import json
import logging
import sys
import time

from tests.support.areas import call

WARM = 5


def opens(home: str, pupil: str) -> int:
    """A home opens a pupil's grades; how many it sees."""
    answer = call("grades", "list_grades", home, path={"pupil": pupil})
    assert answer.status == 200, answer.body
    return len(answer.body["data"])


def rush(homes: list[list[str]]) -> None:
    """For every line with a number of seconds, print the milliseconds of each opening in that time."""
    logging.disable(logging.CRITICAL)
    for home, pupil in homes[:WARM]:
        opens(home, pupil)
    print("ready", flush=True)
    number = 0
    for line in sys.stdin:
        took, until = list[float](), time.perf_counter() + float(line)
        while (begun := time.perf_counter()) < until:
            opens(*homes[number % len(homes)])
            took.append(1000 * (time.perf_counter() - begun))
            number += 1
        print(json.dumps([round(ms, 2) for ms in took]), flush=True)


if __name__ == "__main__":
    rush(json.loads(sys.argv[1]))
