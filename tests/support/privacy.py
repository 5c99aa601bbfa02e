"""What must be in no log: the details of the people a cloud serves, or of anybody the tests can make up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.local.cloud import Cloud
from infra.local.population import names
from tests.support.world import World, person_row

EMULATED = re.compile(r" \[(ses|sns)[\w-]*\] ")


@dataclass(frozen=True)
class Details:
    """What must not be found: `patterns` of one kind of detail each, as one regular expression."""

    patterns: Mapping[str, re.Pattern[str]]

    def found(self, place: str, text: str) -> list[str]:
        """Where and what kind, without the detail itself: this goes to a log, too."""
        return [f"{kind} in {place}" for kind, pattern in self.patterns.items() if pattern.search(text)]


def details_of(world: World, more: Sequence[Mapping[str, Any]] = (), words: Iterable[str] = ()) -> Details:
    """Of everybody in a world. Surnames alone only when they are long enough to be no other word."""
    everybody = (*world.population.pupils, *world.population.guardians, *world.population.staff)
    people = [*(person_row(p) for p in everybody), *more]
    numbers = {p["civicNo"] for p in people if "civicNo" in p}
    known = {name for p in people for name in (p["givenName"], p["familyName"]) if len(name) >= 8}
    known |= {f"{p['givenName']} {p['familyName']}" for p in people}
    kinds = {
        "a name": known,
        "an identity number": {n for number in numbers for n in (number, number[2:])},
        "a mail address": {p["email"] for p in people} | {p["email"].split("@")[0] for p in people},
        "a telephone number": {form + p["phone"][3:] for p in people for form in ("+46", "0046", "46", "0")},
        "a street": {p["address"]["street"] for p in people if p.get("address")},
        "a row of a broken file": set(words),
    }
    return Details({kind: _any(texts) for kind, texts in kinds.items() if texts})


@cache
def anybodys_details() -> Details:
    """Of anybody the generator can make up, and what looks like anybody's number or address."""
    origins = [o for o in vars(names).values() if isinstance(o, names.Origin)]
    lists = [kind for o in origins for kind in (o.girls, o.boys, o.women, o.men, o.family)]
    return Details(
        {
            "a name": _any({word for kind in lists for word in kind.words if len(word) >= 6}),
            "an identity number": re.compile(
                r"(?<![\w.-])(?:19|20)?\d\d(?:0[1-9]|1[0-2])(?:[0-3]|[6-9])\d-?\d{4}(?![\w.-])"
            ),
            "a mail address": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
            "a telephone number": re.compile(r"(?<![\w.+-])(?:\+46|0046)\d{7,9}(?!\w)"),
        }
    )


def read_logs(cloud: Cloud, details: Details) -> int:
    """Read every log group and all that the functions have printed, and fail on a personal detail; how many
    lines there were. The emulator's own lines about mail and SMS name the recipient and are passed over.
    """
    logs, wrong, lines = cloud.client("logs"), set(), 0
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for found in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                lines += len(found["events"])
                wrong |= {hit for e in found["events"] for hit in details.found(name, e["message"])}
    printed = [x for x in cloud.log.read_text(errors="replace").splitlines() if not EMULATED.search(x)]
    wrong |= set(details.found("what functions print", "\n".join(printed)))
    assert not wrong, sorted(wrong)
    return lines + sum(line.startswith("{") for line in printed)


def _any(texts: set[str]) -> re.Pattern[str]:
    """Any of the texts, as written or as JSON or a URL would write them, not inside a longer word or
    number.
    """
    written = {t for text in texts for t in (text, json.dumps(text)[1:-1])}
    longest_first = sorted(map(re.escape, written), key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)
