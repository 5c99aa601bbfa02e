"""Rounds of written assessments, the assessments with their pupil, what they said before, and who has read.

A round is `ROUND#<id>` / `ROUND`, in the list of its unit (`ROUNDS#<unit>`), and while it waits for homes to
be told in `PUBLICATIONS`. An assessment is `PUPIL#<id>` / `OMD#<round>#<subject>`; that it is ready is said
beside the round (`READY#<pupil>#<subject>`) by the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from functions.assessment.domain.judgements import Judgement
from functions.assessment.domain.rounds import Round
from functions.assessment.store import AssessmentItem
from skolkit.clock import stamp
from skolkit.config import table_name
from skolkit.cursor import page_through, seal, unseal
from skolkit.jobs import JobItem
from skolkit.table import Overwrite, Remove, Wanted, Write, fetch
from skolkit.types import PersonId, UnitId


class RoundItem(AssessmentItem, discriminator="assessment_round"):
    """A round of written assessments; `last` its last day."""

    by = UnicodeAttribute()
    last = UnicodeAttribute()
    data = JSONAttribute()


class RoundListedItem(AssessmentItem, discriminator="assessment_round_listed"):
    """That a unit has a round, or that one waits to be told of."""

    last = UnicodeAttribute()


class JudgementItem(AssessmentItem, discriminator="judgement"):
    """A written assessment as it is now."""

    by = UnicodeAttribute()
    data = JSONAttribute()


class JudgementVersionItem(AssessmentItem, discriminator="judgement_version"):
    """What an assessment said before it was changed; never changed."""

    by = UnicodeAttribute()
    data = JSONAttribute()


class JudgementReadyItem(AssessmentItem, discriminator="judgement_ready"):
    """That a pupil's assessment in a subject is ready."""


class ReceiptItem(AssessmentItem, discriminator="assessment_receipt"):
    """That somebody of the home has read; the first time counts."""

    at = UnicodeAttribute()


class TellingItem(JobItem, discriminator="assessment_telling"):
    """How far the homes of a round have been told."""

    class Meta:
        table_name = table_name("assessment")


@cache
def _rounds() -> TypeAdapter[Round]:
    return TypeAdapter(Round)


@cache
def _judgements() -> TypeAdapter[Judgement]:
    return TypeAdapter(Judgement)


# Rounds


def find_round(id: str) -> Round | None:
    """A round. One consistent get."""
    item = RoundItem.find(f"ROUND#{id}", "ROUND")
    return _round(item) if item else None


def rounds(ids: Iterable[str]) -> dict[str, Round]:
    """Rounds by id; unknown ones are left out. One consistent batch."""
    found: dict[str, Round]
    (found,) = fetch(_wanted(list(dict.fromkeys(ids))), consistent=True)
    return found


def page_of_rounds(
    unit: UnitId, cursor: str | None, limit: int, caller: str
) -> tuple[list[Round], str | None]:
    """A page of a unit's rounds, the newest first. A query and a batch."""
    bound = ("assessment-rounds", unit, caller)
    rows = RoundListedItem.query(
        f"ROUNDS#{unit}", limit=limit, page_size=limit, scan_index_forward=False,
        last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    ids = [row.sk for row in rows]
    known = rounds(ids)
    return [known[id] for id in ids if id in known], seal(rows.last_evaluated_key, *bound)


def rounds_due(now: datetime) -> list[str]:
    """Rounds that homes may read and have not been told of. One query."""
    rows = RoundListedItem.query("PUBLICATIONS", RoundListedItem.sk < f"{stamp(now)}~", consistent_read=True)
    return [row.sk.rpartition("#")[2] for row in rows]


def round_writes(round: Round, before: Round | None = None) -> list[Write]:
    """What stores a round over the version read, with its places in the lists."""
    data = _rounds().dump_python(round, mode="json", exclude={"version"})
    last = round.last.isoformat()
    item = RoundItem(f"ROUND#{round.id}", "ROUND", by=round.opened_by, last=last, data=data).over(
        round.version
    )
    listed = RoundListedItem(f"ROUNDS#{round.unit}", round.id, last=last)
    moved = before if before and before.publish_at and before.publish_at != round.publish_at else None
    gone = [Remove(_due(moved))] if moved else []
    return [item, Overwrite(listed), *gone, *([Overwrite(_due(round))] if round.publish_at else [])]


def told(round: Round) -> Write:
    """What says that homes are being told."""
    return Remove(_due(round))


def _due(round: Round) -> RoundListedItem:
    assert round.publish_at
    return RoundListedItem(
        "PUBLICATIONS", f"{stamp(round.publish_at)}#{round.id}", last=round.last.isoformat()
    )


def _wanted(ids: Sequence[str]) -> Wanted[dict[str, Round]]:
    keys = [(f"ROUND#{id}", "ROUND") for id in ids]
    return Wanted(RoundItem, keys, lambda found: {r.id: r for r in map(_round, found.values())})


def _round(item: RoundItem) -> Round:
    return _rounds().validate_python({**item.data, "version": item.version})


# Assessments


def find(records: Sequence[PersonId], round: str, subject: str) -> Judgement | None:
    """An assessment of one of a pupil's records. One consistent batch."""
    return next(iter(of_pupils(records, round, subject).values()), None)


def of_pupils(pupils: Sequence[PersonId], round: str, subject: str) -> dict[PersonId, Judgement]:
    """The assessments of several pupils in a subject. One consistent batch per hundred."""
    found: dict[PersonId, Judgement]
    (found,) = fetch(wanted(pupils, round, subject), consistent=True)
    return found


def wanted(pupils: Sequence[PersonId], round: str, subject: str) -> Wanted[dict[PersonId, Judgement]]:
    """Assessments in a subject by pupil, for `skolkit.table.fetch`."""
    keys = [_key(pupil, round, subject) for pupil in pupils]
    return Wanted(JudgementItem, keys, lambda found: {j.pupil: j for j in map(_judgement, found.values())})


def page_of_pupil(
    records: Sequence[PersonId], cursor: str | None, limit: int, caller: str
) -> tuple[list[Judgement], str | None]:
    """A page of a pupil's assessments, those of the newest round first. A query per page and record."""

    def read(pk: str, after: Any, size: int) -> tuple[list[Judgement], Any]:
        rows = JudgementItem.query(
            pk, JudgementItem.sk.startswith("OMD#"), limit=size, page_size=size, scan_index_forward=False,
            last_evaluated_key=after,
        )  # fmt: skip
        return [_judgement(row) for row in rows], rows.last_evaluated_key

    bound = ("assessments", records[0], caller)
    partitions = [f"PUPIL#{record}" for record in records]
    found, place = page_through(partitions, unseal(cursor, *bound), limit, read)
    return found, seal(place, *bound)


def of_rounds(records: Sequence[PersonId], rounds: Iterable[str]) -> list[Judgement]:
    """A pupil's assessments of some rounds. A query for each round and record."""
    return [
        _judgement(row)
        for round in rounds
        for record in records
        for row in JudgementItem.query(f"PUPIL#{record}", JudgementItem.sk.startswith(f"OMD#{round}#"))
    ]


def versions(judgement: Judgement) -> list[Judgement]:
    """What an assessment said before, first to last. One query."""
    begins = f"OMDV#{judgement.round}#{judgement.subject}#"
    rows = JudgementVersionItem.query(f"PUPIL#{judgement.pupil}", JudgementVersionItem.sk.startswith(begins))
    return [_judgements().validate_python(row.data) for row in rows]


def writes(judgement: Judgement, kept: Judgement | None) -> list[Write]:
    """What stores an assessment over the version read, beside it what it said before when that is kept, and
    whether it is ready.
    """
    data = _judgements().dump_python(judgement, mode="json", exclude={"version"})
    item = JudgementItem(
        *_key(judgement.pupil, judgement.round, judgement.subject), by=judgement.by, data=data
    )
    ready = JudgementReadyItem(f"ROUND#{judgement.round}", f"READY#{judgement.pupil}#{judgement.subject}")
    before = [_version(kept)] if kept else []
    return [item.over(judgement.version), Overwrite(ready) if judgement.ready else Remove(ready), *before]


def ready_in(round: str) -> set[tuple[PersonId, str]]:
    """Whose assessments in which subjects are ready. A query per megabyte (about 7,000)."""
    rows = JudgementReadyItem.query(
        f"ROUND#{round}", JudgementReadyItem.sk.startswith("READY#"), consistent_read=True
    )
    return {(PersonId(row.sk.split("#")[1]), row.sk.split("#")[2]) for row in rows}


def page_of_ready(round: str, after: str, limit: int) -> tuple[list[PersonId], str]:
    """Pupils with an assessment that is ready, after one, and the last of them ("" at the end). One query."""
    rows = JudgementReadyItem.query(
        f"ROUND#{round}", JudgementReadyItem.sk.between(f"READY#{after}~" if after else "READY#", "READY#~"),
        limit=limit, page_size=limit, consistent_read=True,
    )  # fmt: skip
    pupils = list(dict.fromkeys(PersonId(row.sk.split("#")[1]) for row in rows))
    return pupils, str(pupils[-1]) if pupils and rows.last_evaluated_key else ""


# Receipts


def receipt_item(pupil: PersonId, about: str, reader: PersonId, at: datetime) -> ReceiptItem:
    """That somebody has read; refused by the transaction where it is said already."""
    return ReceiptItem(f"PUPIL#{pupil}", f"READ#{about}#{reader}", at=stamp(at))


def receipts(records: Sequence[PersonId], about: str) -> list[tuple[PersonId, datetime]]:
    """Who has read, and when first. One query per record."""
    return [
        (PersonId(row.sk.rpartition("#")[2]), datetime.fromisoformat(row.at))
        for record in records
        for row in ReceiptItem.query(f"PUPIL#{record}", ReceiptItem.sk.startswith(f"READ#{about}#"))
    ]


def _version(judgement: Judgement) -> JudgementVersionItem:
    sk = f"OMDV#{judgement.round}#{judgement.subject}#{judgement.number:03}"
    data = _judgements().dump_python(judgement, mode="json", exclude={"version"})
    return JudgementVersionItem(f"PUPIL#{judgement.pupil}", sk, by=judgement.by, data=data)


def _key(pupil: PersonId, round: str, subject: str) -> tuple[str, str]:
    return f"PUPIL#{pupil}", f"OMD#{round}#{subject}"


def _judgement(item: JudgementItem) -> Judgement:
    return _judgements().validate_python({**item.data, "version": item.version})
