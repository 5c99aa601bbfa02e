"""A unit's own choices and holidays, what waits for its staff, and whom to remind (process 25)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.attendance.domain.care import Settings
from functions.attendance.domain.care_holidays import Period
from functions.attendance.store import AttendanceItem
from skolkit.cursor import seal, unseal
from skolkit.types import PersonId, UnitId


class SettingsItem(AttendanceItem, discriminator="care_settings"):
    """A unit's own choices."""

    approval = UnicodeAttribute()
    change_lead_days = NumberAttribute()
    schedule_lead_days = NumberAttribute()
    children_per_staff = NumberAttribute()
    late_minutes = NumberAttribute()
    unanswered = UnicodeAttribute()
    reminder_days = NumberAttribute()


class PeriodItem(AttendanceItem, discriminator="care_period"):
    """A holiday that a unit asks about."""

    ends = UnicodeAttribute()
    last_answer = UnicodeAttribute()
    unanswered = UnicodeAttribute()


class AskedItem(AttendanceItem, discriminator="care_asked"):
    """Something a home has asked for and staff has not answered."""

    owner = UnicodeAttribute()
    schedule = UnicodeAttribute(null=True)


class RemindItem(AttendanceItem, discriminator="care_remind"):
    """A holiday whose homes are to be reminded on a day."""


def _unit(unit: UnitId) -> str:
    return f"CARE-UNIT#{unit}"


@dataclass(frozen=True, slots=True)
class UnitCare:
    """A unit's choices and holidays."""

    settings: Settings
    periods: tuple[Period, ...] = ()

    def period_of(self, day: date) -> Period | None:
        """The holiday a day belongs to."""
        return next((p for p in self.periods if p.covers(day)), None)

    def within(self, days: Sequence[date]) -> list[str]:
        """The ids of the holidays that some of the days belong to."""
        return list(dict.fromkeys(p.id for day in days if (p := self.period_of(day))))


def read_unit(unit: UnitId) -> UnitCare:
    """A unit's choices and all its holidays, by first day; one consistent query."""
    found = list(AttendanceItem.query(_unit(unit), consistent_read=True))
    own = next((_settings(item) for item in found if isinstance(item, SettingsItem)), Settings())
    return UnitCare(own, tuple(_period(item) for item in found if isinstance(item, PeriodItem)))


def page_of_periods(
    unit: UnitId, limit: int, cursor: str | None, caller: str
) -> tuple[list[Period], str | None]:
    """A page of a unit's holidays, the latest first, and the cursor of the next. One query."""
    bound = ("care_periods", unit, caller)
    found = PeriodItem.query(
        _unit(unit), PeriodItem.sk.startswith("PERIOD#"), limit=limit, page_size=limit,
        scan_index_forward=False, last_evaluated_key=unseal(cursor, *bound),
    )  # fmt: skip
    page = [_period(item) for item in found]
    return page, seal(found.last_evaluated_key, *bound)


def settings_item(unit: UnitId, new: Settings) -> SettingsItem:
    """A unit's choices, to write over the version read."""
    item = SettingsItem(
        _unit(unit), "SETTINGS", approval=new.approval, change_lead_days=new.change_lead_days,
        schedule_lead_days=new.schedule_lead_days, children_per_staff=new.children_per_staff,
        late_minutes=new.late_minutes, unanswered=new.unanswered, reminder_days=new.reminder_days,
    )  # fmt: skip
    return item.over(new.version or None)


def _settings(item: SettingsItem) -> Settings:
    return Settings(
        item.approval,  # type: ignore[arg-type]
        int(item.change_lead_days),
        int(item.schedule_lead_days),
        float(item.children_per_staff),
        int(item.late_minutes),
        item.unanswered,  # type: ignore[arg-type]
        int(item.reminder_days),
        int(item.version),
    )


def period_item(period: Period) -> PeriodItem:
    """A new holiday."""
    return PeriodItem(
        _unit(period.unit), f"PERIOD#{period.start}#{period.id}", ends=str(period.end),
        last_answer=str(period.last_answer), unanswered=period.unanswered,
    )  # fmt: skip


def _period(item: PeriodItem) -> Period:
    _, start, id = item.sk.split("#")
    return Period(
        id,
        UnitId(item.pk.removeprefix("CARE-UNIT#")),
        date.fromisoformat(start),
        date.fromisoformat(item.ends),
        date.fromisoformat(item.last_answer),
        item.unanswered,  # type: ignore[arg-type]
        int(item.version),
    )


# What waits


def asked_item(unit: UnitId, day: date, child: PersonId, owner: PersonId, schedule: str | None) -> AskedItem:
    """The row of a request: of a schedule, or of the home's change of a day."""
    sk = f"{day}#{child}#{schedule or owner}"
    return AskedItem(f"CARE-ASKED#{unit}", sk, owner=owner, schedule=schedule)


@dataclass(frozen=True, slots=True)
class Asked:
    """A home has asked for something from a day on: a schedule, or other hours that day."""

    day: date
    child: PersonId
    owner: PersonId
    schedule: str | None


def page_of_asked(
    unit: UnitId, since: date, limit: int, cursor: str | None, *bound_to: str
) -> tuple[list[Asked], str | None]:
    """A page of what waits at a unit for today and later, by day, and the cursor of the next. One query."""
    bound = ("care_asked", unit, *bound_to)
    found = AskedItem.query(
        f"CARE-ASKED#{unit}", AskedItem.sk >= str(since), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound), consistent_read=True,
    )  # fmt: skip
    page = []
    for item in found:
        day, child, _ = item.sk.split("#")
        page.append(Asked(date.fromisoformat(day), PersonId(child), PersonId(item.owner), item.schedule))
    return page, seal(found.last_evaluated_key, *bound)


def remind_item(period: Period, day: date) -> RemindItem:
    """That a holiday's homes are to be reminded on a day."""
    return RemindItem("CARE-REMIND", f"{day}#{period.unit}#{period.id}")


def reminders(day: date) -> list[tuple[RemindItem, UnitId, str]]:
    """Holidays whose homes are to be reminded on a day or should have been before it. One query."""
    found = RemindItem.query("CARE-REMIND", RemindItem.sk < f"{day}~", consistent_read=True)
    parted = [(item, item.sk.split("#")) for item in found]
    return [(item, UnitId(unit), period) for item, (_, unit, period) in parted]
