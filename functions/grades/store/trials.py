"""Trials: `PUPIL#<id>` / `TRIAL#<trial>`; `OPENTRIAL#<subject>` while there is one in the subject; and
`UNIT#<id>` / `TRIAL#<applied>#<trial>` while it waits at its unit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from pynamodb.attributes import UnicodeAttribute

from functions.grades.domain.catalogue import Subject
from functions.grades.domain.trials import OPEN, Trial
from functions.grades.store import GradesItem
from functions.grades.store.tasks import part_writes, task_item
from skolkit.clock import stamp
from skolkit.cursor import seal, unseal
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Overwrite, Remove, Write
from skolkit.types import PersonId, UnitId


class GradeTrialItem(GradesItem, discriminator="grade_trial"):
    """A trial; `said` is all of it as JSON."""

    state = UnicodeAttribute()
    said = UnicodeAttribute()


class OpenTrialItem(GradesItem, discriminator="grade_open_trial"):
    """That a pupil has an open trial in a subject."""

    trial = UnicodeAttribute()


class WaitingTrialItem(GradesItem, discriminator="grade_trial_waiting"):
    """That a trial waits at a unit; `pupil` is the record that is not closed."""

    pupil = UnicodeAttribute()
    subject = UnicodeAttribute()
    state = UnicodeAttribute()
    day = UnicodeAttribute(null=True)


@dataclass(frozen=True, slots=True)
class WaitingTrial:
    """A trial on a unit's list."""

    trial: str
    pupil: PersonId
    subject: str
    state: str
    applied: datetime
    day: date | None


def trial_writes(old: Trial | None, trial: Trial) -> list[Write]:
    """What stores a trial over the version read: it, that there is one in the subject, who has a
    part in it, its row at the unit and its examiner's. An end takes the lock and the last two away.
    """
    item = GradeTrialItem(
        f"PUPIL#{trial.pupil}", f"TRIAL#{trial.id}", state=trial.state, said=_said(trial)
    ).over(trial.version)
    lock = OpenTrialItem(f"PUPIL#{trial.pupil}", f"OPENTRIAL#{trial.subject.key}", trial=trial.id)
    row = WaitingTrialItem(
        f"UNIT#{trial.unit}", f"TRIAL#{stamp(trial.applied)}#{trial.id}", pupil=trial.pupil,
        subject=trial.subject.name, state=trial.state, day=trial.day.isoformat() if trial.day else None,
    )  # fmt: skip
    by = (trial.applicant, trial.examiner, trial.handled_by)
    writes: list[Write] = [item, *part_writes(by, "trial", trial.id, trial.pupil, None)]
    before, open_now = old.examiner if old else None, trial.state in OPEN
    now = trial.examiner if open_now else None
    if before and before != now:
        writes.append(Remove(task_item(before, "trial", trial.id, trial.pupil, None)))
    if now:
        writes.append(Overwrite(task_item(now, "trial", trial.id, trial.pupil, None)))
    if not open_now:
        return [*writes, Remove(lock), Remove(row)]
    return [*writes, Overwrite(row), *([] if old else [lock])]


def trials_of(records: Sequence[PersonId]) -> list[Trial]:
    """All of somebody's trials, oldest first in each record. A consistent query per record."""
    begins = GradeTrialItem.sk.startswith("TRIAL#")
    return [
        _trial(i) for r in records for i in GradeTrialItem.query(f"PUPIL#{r}", begins, consistent_read=True)
    ]


def trials_at(
    unit: UnitId, limit: int, cursor: str | None, *bound: str
) -> tuple[list[WaitingTrial], str | None]:
    """A page of the trials that wait at a unit, oldest first. One consistent query."""
    page = WaitingTrialItem.query(
        f"UNIT#{unit}", WaitingTrialItem.sk.startswith("TRIAL#"), limit=limit, consistent_read=True,
        last_evaluated_key=unseal(cursor, "trials", unit, *bound),
    )  # fmt: skip
    return [_waiting(item) for item in page], seal(page.last_evaluated_key, "trials", unit, *bound)


def _waiting(item: WaitingTrialItem) -> WaitingTrial:
    _, applied, id = str(item.sk).split("#")
    return WaitingTrial(
        id, PersonId(item.pupil), item.subject, item.state, _instant(applied),
        date.fromisoformat(item.day) if item.day else None,
    )  # fmt: skip


def _said(trial: Trial) -> str:
    return json.dumps(
        {
            "unit": trial.unit, "subject": asdict(trial.subject) | {"form": trial.subject.form.value},
            "applicant": trial.applicant, "applied": stamp(trial.applied), "rules": trial.rules,
            "codes": trial.codes,
            "examiner": trial.examiner, "day": trial.day.isoformat() if trial.day else None,
            "fee": trial.fee, "handledBy": trial.handled_by, "motivation": trial.motivation,
            "entry": trial.entry,
        },
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def _trial(item: GradeTrialItem) -> Trial:
    said = json.loads(item.said)
    subject = said["subject"]
    return Trial(
        id=str(item.sk).removeprefix("TRIAL#"), pupil=PersonId(str(item.pk).removeprefix("PUPIL#")),
        unit=UnitId(said["unit"]), subject=Subject(**subject | {"form": SchoolForm(subject["form"])}),
        applicant=PersonId(said["applicant"]), applied=_instant(said["applied"]), rules=said["rules"],
        state=item.state, examiner=said["examiner"], fee=said["fee"], handled_by=said["handledBy"],  # type: ignore[arg-type]
        day=date.fromisoformat(said["day"]) if said["day"] else None, motivation=said["motivation"],
        codes=tuple(said["codes"]),        entry=said["entry"], version=int(item.version or 0),
    )  # fmt: skip


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
