"""What an old municipality has of assessment: of every kind one that is over and one that is not."""

from __future__ import annotations

from datetime import date

from functions.assessment.store import iup, judgements, notes, talks
from skolkit.clock import today
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Item
from skolkit.types import PersonId, UnitId, new_id

ROUND_OVER = date(SchoolYear.of(today()).start_year - 3, 10, 1)  # two years after the school year's end


def of_pupil(pupil: PersonId, teacher: PersonId, guardian: PersonId) -> list[Item]:
    """What goes two years after a pupil's education has ended."""
    mine, round, slot = f"PUPIL#{pupil}", new_id(), new_id()
    return [
        notes.NoteItem(mine, f"NOTE#MA#{new_id()}", by=teacher, data={}),
        notes.GroupNoteItem(f"NOTED#{new_id()}", f"MA#{new_id()}", pupil=pupil),
        judgements.JudgementItem(mine, f"OMD#{round}#MA", by=teacher, data={}),
        judgements.JudgementVersionItem(mine, f"OMDV#{round}#MA#001", by=teacher, data={}),
        judgements.JudgementReadyItem(f"ROUND#{round}", f"READY#{pupil}#MA"),
        judgements.ReceiptItem(mine, f"READ#{round}#{guardian}", at="2023-01-01T09:00:00.000Z"),
        iup.PlanItem(mine, "IUP#2022", by=teacher, data={}),
        iup.EditionItem(mine, "IUPV#2022#001", by=teacher, data={}),
        iup.FollowUpItem(mine, f"IUPF#2022#2023-01-01T09:00:00.000Z#{new_id()}", by=teacher, text="Går bra"),
        iup.FollowUpDayItem("IUPDAY#2023-01-01", f"{pupil}#2022", pupil=pupil),
        talks.BookedItem(mine, f"TALKS#{round}", data={}),
        talks.MinutesItem(mine, f"MIN#{round}#{slot}", data={}),
        talks.MinutesVersionItem(mine, f"MINV#{round}#{slot}#001", data={}),
    ]


def of_talks(day: date, pupil: PersonId, teacher: PersonId, guardian: PersonId) -> list[Item]:
    """What goes a year after the school year in which talks were."""
    round = new_id()
    return [
        talks.TalkRoundItem(f"TALKS#{round}", "ROUND", by=teacher, deadline=str(day), data={}),
        talks.TalkListedItem(f"TALKDAY#{day}", f"{round}#{new_id()}", day=str(day)),
        talks.TalkOfUnitItem(f"TALKED#{new_id()}#2022/23 HT", f"{pupil}#{round}", pupil=pupil, day=str(day)),
        talks.SlotItem(
            f"TALKS#{round}", f"SLOT#{new_id()}", mentor=teacher, day=str(day), pupil=pupil,
            guardians=guardian, data={},
        ),
        talks.MentorDayItem(f"MENTOR#{teacher}", f"DAY#{day}"),
    ]  # fmt: skip


def of_round(last: date, unit: UnitId, teacher: PersonId) -> list[Item]:
    """What goes two years after the school year of a round."""
    round = new_id()
    return [
        judgements.RoundItem(f"ROUND#{round}", "ROUND", by=teacher, last=str(last), data={}),
        judgements.RoundListedItem(f"ROUNDS#{unit}", round, last=str(last)),
    ]
