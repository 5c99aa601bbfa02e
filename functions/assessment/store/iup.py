"""Individual development plans with their pupil, the versions homes read, follow-ups, and the papers.

A plan is `PUPIL#<id>` / `IUP#<year>`, beside it what homes have been given (`IUPV#<year>#<number>`) and the
follow-ups (`IUPF#<year>#<when>`); the days on which one waits are in `IUPDAY#<day>`. The PDF of a version is
`assessment/iup/<pupil>/<year>-<number>.pdf` in the bucket of documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.assessment.domain.iup import Edition, Plan
from functions.assessment.store import AssessmentItem
from skolkit.aws import client
from skolkit.clock import stamp
from skolkit.config import documents_bucket
from skolkit.cursor import page_through, seal, unseal
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId, new_id

LINK_SECONDS = 300


class PlanItem(AssessmentItem, discriminator="iup"):
    """A plan as its mentor works on it."""

    by = UnicodeAttribute()
    data = JSONAttribute()


class EditionItem(AssessmentItem, discriminator="iup_edition"):
    """A version of a plan that the home reads."""

    by = UnicodeAttribute()
    data = JSONAttribute()


class FollowUpItem(AssessmentItem, discriminator="iup_follow_up"):
    """What a follow-up of a plan found; never changed."""

    by = UnicodeAttribute()
    text = UnicodeAttribute()


class FollowUpDayItem(AssessmentItem, discriminator="iup_day"):
    """That a pupil's plan is to be followed up on a day."""

    pupil = UnicodeAttribute()


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up: who found what, when."""

    by: PersonId
    at: datetime
    text: str


@cache
def _plans() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


@cache
def _editions() -> TypeAdapter[Edition]:
    return TypeAdapter(Edition)


def find(records: Sequence[PersonId], year: int) -> Plan | None:
    """A pupil's plan of a school year. One consistent batch."""
    keys = [(f"PUPIL#{record}", f"IUP#{year}") for record in records]
    found: dict[tuple[str, str], PlanItem] = fetch(Wanted(PlanItem, keys, dict), consistent=True)[0]
    return next(map(_plan, found.values()), None)


def published(records: Mapping[PersonId, Sequence[PersonId]], year: int) -> set[PersonId]:
    """The pupils (with their records) whose home has been given a year's plan. A batch per hundred."""
    keys = {(f"PUPIL#{one}", f"IUP#{year}"): pupil for pupil, some in records.items() for one in some}

    def answer(found: dict[tuple[str, str], Any]) -> set[PersonId]:
        return {keys[key] for key, item in found.items() if item.data["published"]}

    given: set[PersonId] = fetch(Wanted(PlanItem, list(keys), answer, only=("data",)))[0] if keys else set()
    return given


def page(
    records: Sequence[PersonId], cursor: str | None, limit: int, caller: str
) -> tuple[list[Plan], str | None]:
    """A page of a pupil's plans, the newest first. A query per page and record."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Plan], Any]:
        rows = PlanItem.query(
            pk, PlanItem.sk.startswith("IUP#"), limit=size, page_size=size, scan_index_forward=False,
            last_evaluated_key=after,
        )  # fmt: skip
        return [_plan(row) for row in rows], rows.last_evaluated_key

    bound = ("iups", records[0], caller)
    partitions = [f"PUPIL#{record}" for record in records]
    found, place = page_through(partitions, unseal(cursor, *bound), limit, read)
    return found, seal(place, *bound)


def find_edition(pupil: PersonId, year: int, number: int) -> Edition | None:
    """A version that homes read. One consistent get."""
    item = EditionItem.find(*_edition_key(pupil, year, number))
    return _edition(item) if item else None


def editions(pupil: PersonId, year: int | None = None) -> list[Edition]:
    """The versions of a year's plan, or of all, first to last. One consistent query."""
    begins = "IUPV#" if year is None else f"IUPV#{year}#"
    rows = EditionItem.query(f"PUPIL#{pupil}", EditionItem.sk.startswith(begins), consistent_read=True)
    return [_edition(row) for row in rows]


def follow_ups(pupil: PersonId, year: int) -> list[FollowUp]:
    """A plan's follow-ups, first to last. One query."""
    rows = FollowUpItem.query(f"PUPIL#{pupil}", FollowUpItem.sk.startswith(f"IUPF#{year}#"))
    return [FollowUp(PersonId(r.by), datetime.fromisoformat(r.sk.split("#")[2]), r.text) for r in rows]


def follow_ups_on(day: date) -> list[tuple[PersonId, int]]:
    """The pupils and years of plans to be followed up on a day and not noted yet. One query."""
    rows = FollowUpDayItem.query(f"IUPDAY#{day}", consistent_read=True)
    return [(PersonId(row.pupil), int(row.sk.partition("#")[2])) for row in rows]


def writes(plan: Plan, before: Plan | None = None) -> list[Write]:
    """What stores a plan over the version read, with the day it waits to be followed up."""
    data = _plans().dump_python(plan, mode="json", exclude={"version"})
    item = PlanItem(f"PUPIL#{plan.pupil}", f"IUP#{plan.year.start_year}", by=plan.by, data=data)
    was, now = before.next_follow_up if before else None, plan.next_follow_up
    gone = [Remove(_day(plan, was))] if was and was != now else []
    return [item.over(plan.version), *gone, *([Overwrite(_day(plan, now))] if now and now != was else [])]


def edition_item(edition: Edition) -> EditionItem:
    """A version to write over the one read."""
    plan = edition.plan
    data = _editions().dump_python(edition, mode="json", exclude={"version"})
    key = _edition_key(plan.pupil, plan.year.start_year, edition.number)
    return EditionItem(*key, by=plan.by, data=data).over(edition.version)


def follow_up_item(plan: Plan, found: FollowUp) -> FollowUpItem:
    """A follow-up, in the order of writing."""
    sk = f"IUPF#{plan.year.start_year}#{stamp(found.at)}#{new_id()}"
    return FollowUpItem(f"PUPIL#{plan.pupil}", sk, by=found.by, text=found.text)


def _day(plan: Plan, day: date) -> FollowUpDayItem:
    return FollowUpDayItem(f"IUPDAY#{day}", f"{plan.pupil}#{plan.year.start_year}", pupil=plan.pupil)


def _edition_key(pupil: PersonId, year: int, number: int) -> tuple[str, str]:
    return f"PUPIL#{pupil}", f"IUPV#{year}#{number:03}"


def _plan(item: PlanItem) -> Plan:
    return _plans().validate_python({**item.data, "version": item.version})


def _edition(item: EditionItem) -> Edition:
    return _editions().validate_python({**item.data, "version": item.version})


# Papers


def put(edition: Edition, content: bytes) -> str:
    """Store a version's PDF; its SHA-256. One round trip to S3."""
    name = f"utvecklingsplan-{edition.plan.year.start_year}-{edition.number}.pdf"
    client("s3").put_object(
        Bucket=documents_bucket(), Key=_paper(edition), Body=content, ContentType="application/pdf",
        ContentDisposition=f'attachment; filename="{name}"',
    )  # fmt: skip
    return hashlib.sha256(content).hexdigest()


def link(edition: Edition) -> str:
    """Where to fetch a version's PDF for five minutes. No round trip."""
    where = {"Bucket": documents_bucket(), "Key": _paper(edition)}
    url: str = client("s3").generate_presigned_url("get_object", Params=where, ExpiresIn=LINK_SECONDS)
    return url


def remove(edition: Edition) -> None:
    """Take a version's PDF away: no link leads to it any more. One round trip to S3."""
    client("s3").delete_object(Bucket=documents_bucket(), Key=_paper(edition))


def is_gone(pk: str, sk: str) -> bool:
    """Whether there is no such version any more. One consistent get."""
    return EditionItem.find(pk, sk) is None


def forget(pk: str, sk: str) -> None:
    """Take the PDF of a version that is gone away, by its key. One round trip to S3."""
    _, year, number = sk.split("#")
    client("s3").delete_object(
        Bucket=documents_bucket(), Key=_key(pk.partition("#")[2], int(year), int(number))
    )


def _paper(edition: Edition) -> str:
    return _key(edition.plan.pupil, edition.plan.year.start_year, edition.number)


def _key(pupil: str, year: int, number: int) -> str:
    return f"assessment/iup/{pupil}/{year}-{number}.pdf"
