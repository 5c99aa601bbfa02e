"""Choice rounds with their unit; wishes and results with their round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

from functions.organisation.domain.allocation import Option, OptionId, Reason
from functions.organisation.domain.electives import Round, RoundId, Wish
from functions.organisation.store.base import OrganisationItem
from skolkit.clock import stamp
from skolkit.config import table_name
from skolkit.cursor import seal, unseal
from skolkit.jobs import JobItem
from skolkit.sweden.calendar import SchoolYear
from skolkit.table import Overwrite
from skolkit.types import GroupId, PersonId, UnitId


class ElectiveJobItem(JobItem, discriminator="elective_job"):
    """A preview or a decision on its way."""

    class Meta:
        table_name = table_name("organisation")


class RoundItem(OrganisationItem, discriminator="elective_round"):
    """A choice round; options are `[id, name, capacity, least size, block, syllabus]`."""

    school_year = UnicodeAttribute()
    choice = UnicodeAttribute()
    title = UnicodeAttribute()
    options = JSONAttribute()
    ranked = NumberAttribute()
    grants = NumberAttribute()
    years = JSONAttribute()
    groups = JSONAttribute()
    pupil_from = NumberAttribute()
    opens = UnicodeAttribute()
    closes = UnicodeAttribute()
    starts = UnicodeAttribute()
    ends = UnicodeAttribute()
    seed = NumberAttribute()
    previewed = BooleanAttribute(default=False)
    decided_by = UnicodeAttribute(null=True)
    decided_at = UnicodeAttribute(null=True)


class WishItem(OrganisationItem, discriminator="elective_wish"):
    """Everybody's wishes for a pupil, the latest first: `[by, options, at]`."""

    wishes = JSONAttribute()


class ResultItem(OrganisationItem, discriminator="elective_result"):
    """What came of a pupil's wishes: `[option, reason]` in their order, and the lot that was drawn."""

    outcome = JSONAttribute()
    lot = NumberAttribute()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a pupil's wishes."""

    pupil: PersonId
    outcome: tuple[tuple[OptionId, Reason], ...]
    lot: int

    @property
    def granted(self) -> tuple[OptionId, ...]:
        return tuple(option for option, reason in self.outcome if reason == "granted")


def _round_key(unit: UnitId, id: RoundId) -> tuple[str, str]:
    return f"UNIT#{unit}", f"ELECTIVES#{id}"


def round_item(round: Round) -> RoundItem:
    """The item of a round, to be written over the version read."""
    options = [[o.id, o.name, o.capacity, o.min_size, o.block, o.syllabus] for o in round.options]
    return RoundItem(
        *_round_key(round.unit, round.id), school_year=str(round.school_year), choice=round.kind,
        title=round.title, options=options, ranked=round.ranked, grants=round.grants,
        years=sorted(round.years), groups=sorted(round.groups), pupil_from=round.pupil_from,
        opens=stamp(round.opens), closes=stamp(round.closes), starts=str(round.starts), ends=str(round.ends),
        seed=round.seed, previewed=round.previewed, decided_by=round.decided_by,
        decided_at=stamp(round.decided_at) if round.decided_at else None,
    ).over(round.version)  # fmt: skip


def find_round(unit: UnitId, id: RoundId) -> Round | None:
    """A round of a unit. One consistent get."""
    item = RoundItem.find(*_round_key(unit, id))
    return _round(item) if item else None


def page_of_rounds(
    unit: UnitId, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Round], str | None]:
    """A unit's rounds, the newest first, and the next cursor. One query."""
    found = RoundItem.query(
        f"UNIT#{unit}", RoundItem.sk.startswith("ELECTIVES#"), limit=limit, page_size=limit,
        scan_index_forward=False, last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    page = [_round(item) for item in found]
    return page, seal(found.last_evaluated_key, *bound_to)


def rounds_of(unit: UnitId) -> list[Round]:
    """All of a unit's rounds. One consistent query per megabyte; for what nobody waits for."""
    found = RoundItem.query(f"UNIT#{unit}", RoundItem.sk.startswith("ELECTIVES#"), consistent_read=True)
    return [_round(item) for item in found]


def _wish_key(round: RoundId, pupil: PersonId) -> tuple[str, str]:
    return f"ELECTIVES#{round}", f"WISH#{pupil}"


def find_wishes(round: RoundId, pupil: PersonId) -> tuple[tuple[Wish, ...], int]:
    """Everybody's wishes for a pupil, the latest first, and their version. One consistent get."""
    item = WishItem.find(*_wish_key(round, pupil))
    return (_wishes(item), item.version) if item else ((), 0)


def wish_item(round: RoundId, pupil: PersonId, wishes: Sequence[Wish], over: int) -> WishItem:
    """The item of a pupil's wishes."""
    rows = [[wish.by, list(wish.options), stamp(wish.at)] for wish in wishes]
    return WishItem(*_wish_key(round, pupil), wishes=rows).over(over)


def all_wishes(round: RoundId) -> dict[PersonId, tuple[Wish, ...]]:
    """The wishes of all pupils of a round. One consistent query per megabyte (about 3,000 pupils)."""
    pk, sk = _wish_key(round, PersonId(""))
    found = WishItem.query(pk, WishItem.sk.startswith(sk), consistent_read=True)
    return {PersonId(item.sk.removeprefix(sk)): _wishes(item) for item in found}


def result_writes(round: RoundId, results: Sequence[Result]) -> Iterator[Overwrite]:
    """The items of a preview, over those of an earlier one: the round's version guards them."""
    for result in results:
        key = f"ELECTIVES#{round}", f"RESULT#{result.pupil}"
        yield Overwrite(ResultItem(*key, outcome=[list(row) for row in result.outcome], lot=result.lot))


def find_result(round: RoundId, pupil: PersonId) -> Result | None:
    """What came of a pupil's wishes. One get."""
    item = ResultItem.find(f"ELECTIVES#{round}", f"RESULT#{pupil}")
    return _result(item) if item else None


def results(round: RoundId) -> list[Result]:
    """All results of a round by pupil. One consistent query per megabyte."""
    prefix = ResultItem.sk.startswith("RESULT#")
    return [_result(i) for i in ResultItem.query(f"ELECTIVES#{round}", prefix, consistent_read=True)]


def page_of_results(
    round: RoundId, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[Result], str | None]:
    """A page of a round's results by pupil, and the next cursor. One query."""
    found = ResultItem.query(
        f"ELECTIVES#{round}", ResultItem.sk.startswith("RESULT#"), limit=limit, page_size=limit,
        last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    page = [_result(item) for item in found]
    return page, seal(found.last_evaluated_key, *bound_to)


def of_pupil(
    rounds: Sequence[RoundId], pupil: PersonId
) -> tuple[dict[RoundId, tuple[Wish, ...]], dict[RoundId, Result]]:
    """A pupil's wishes and results by round, where there are any. Two consistent `BatchGetItem` per 100."""
    wishes = {_wish_key(round, pupil): round for round in rounds}
    results = {(f"ELECTIVES#{round}", f"RESULT#{pupil}"): round for round in rounds}
    wished = WishItem.batch_get(list(wishes), consistent_read=True)
    came = ResultItem.batch_get(list(results), consistent_read=True)
    return (
        {wishes[item.pk, item.sk]: _wishes(item) for item in wished},
        {results[item.pk, item.sk]: _result(item) for item in came},
    )


def choices_of(round: RoundItem) -> list[OrganisationItem]:
    """Everybody's wishes and results of a round. One consistent query per megabyte."""
    sk: str = round.sk
    return list(OrganisationItem.query(sk, consistent_read=True))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _round(item: RoundItem) -> Round:
    pk, sk = item.pk, item.sk
    return Round(
        id=RoundId(sk.removeprefix("ELECTIVES#")),
        unit=UnitId(pk.removeprefix("UNIT#")),
        school_year=SchoolYear.parse(item.school_year),
        kind=item.choice,  # type: ignore[arg-type]
        title=item.title,
        options=tuple(_option(row) for row in item.options),
        ranked=int(item.ranked),
        grants=int(item.grants),
        years=frozenset(item.years),
        groups=frozenset(map(GroupId, item.groups)),
        pupil_from=int(item.pupil_from),
        opens=_at(item.opens),
        closes=_at(item.closes),
        starts=date.fromisoformat(item.starts),
        ends=date.fromisoformat(item.ends),
        seed=int(item.seed),
        previewed=item.previewed,
        decided_by=PersonId(item.decided_by) if item.decided_by else None,
        decided_at=_at(item.decided_at) if item.decided_at else None,
        version=item.version,
    )


def _option(row: Sequence[str | int | None]) -> Option:
    id, name, capacity, least, block, syllabus = row
    return Option(
        id=OptionId(str(id)), name=str(name), capacity=int(capacity or 0), min_size=int(least or 0),
        block=str(block) if block else None, syllabus=str(syllabus) if syllabus else None,
    )  # fmt: skip


def _wishes(item: WishItem) -> tuple[Wish, ...]:
    return tuple(Wish(PersonId(by), tuple(map(OptionId, mine)), _at(at)) for by, mine, at in item.wishes)


def _result(item: ResultItem) -> Result:
    sk: str = item.sk
    outcome = tuple((OptionId(option), reason) for option, reason in item.outcome)
    return Result(PersonId(sk.removeprefix("RESULT#")), outcome, int(item.lot))
