"""Cases of the compulsory-school watch and the activity responsibility, their notes, and exceptions.

A case is `CASE#<id>`; that it is open is an item of the person (`WATCH#<person>` / `OPEN`), of the list of
its watch (`CASES#<watch>`) and of its handler (`HANDLER#<person>`), all written by the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from functions.register.domain.watch import Case, ExceptionKind, Watch, WatchException
from functions.register.store.items import PersonItem, RegisterItem, day_of, profile_key, text_of
from skolkit.audit import Trace
from skolkit.clock import stamp
from skolkit.config import table_name
from skolkit.cursor import seal, unseal
from skolkit.feed import changes
from skolkit.jobs import JobItem
from skolkit.table import Erase, Overwrite, Remove, Wanted, Write, commit, fetch
from skolkit.types import PersonId, new_id


class WatchJobItem(JobItem, discriminator="watch_job"):
    """How far a night's watch has come."""

    class Meta:
        table_name = table_name("register")


class CaseItem(RegisterItem, discriminator="watch_case"):
    """A case."""

    person = UnicodeAttribute()
    watch = UnicodeAttribute()
    reason = UnicodeAttribute()
    opened = UnicodeAttribute()
    rules = UnicodeAttribute()
    step = UnicodeAttribute(default="opened")
    occupation = UnicodeAttribute(default="unknown")
    handler = UnicodeAttribute(null=True)
    closed = UnicodeAttribute(null=True)
    close_reason = UnicodeAttribute(null=True)


class CaseEventItem(RegisterItem, discriminator="watch_event"):
    """A note in a case: a code, a period and a registry number (diarienummer). Never changed."""

    event = UnicodeAttribute()
    code = UnicodeAttribute()
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    reference = UnicodeAttribute(null=True)
    by = UnicodeAttribute()
    at = UnicodeAttribute()


class OpenCaseItem(RegisterItem, discriminator="open_case"):
    """That a case is open: of the person, in a list, or of a handler."""

    case = UnicodeAttribute()
    person = UnicodeAttribute()
    watch = UnicodeAttribute()


class WatchedItem(RegisterItem, discriminator="watched"):
    """That a person has or has had a case; stays when the case is closed, for register extracts. `came`: the
    partition of the closed record that it was of.
    """

    case = UnicodeAttribute()
    came = UnicodeAttribute(null=True)


class ExceptionItem(RegisterItem, discriminator="watch_exception"):
    """An exception for a person; `came` as above."""

    came = UnicodeAttribute(null=True)
    start = UnicodeAttribute()
    end = UnicodeAttribute(null=True)
    unit_code = UnicodeAttribute(null=True)


def case_key(case: str) -> tuple[str, str]:
    """Where a case is."""
    return f"CASE#{case}", "CASE"


def open_key(person: PersonId) -> tuple[str, str]:
    """Where it is said that a person has an open case; one at a time."""
    return f"WATCH#{person}", "OPEN"


def find_case(case: str) -> tuple[CaseItem, Case] | None:
    """A case, consistently read."""
    item = CaseItem.find(*case_key(case))
    return (item, case_of(item)) if item else None


def open_case_of(person: PersonId) -> str | None:
    """The open case of a person. One consistent get."""
    item = OpenCaseItem.find(*open_key(person))
    return item.case if item else None


def wanted_open(people: Sequence[PersonId]) -> Wanted[set[PersonId]]:
    """Which people have an open case."""
    keys = {open_key(person): person for person in people}
    return Wanted(OpenCaseItem, list(keys), lambda found: {keys[key] for key in found})


def page_of_people(
    shard: int, after: dict[str, Any] | None, limit: int
) -> tuple[list[PersonId], dict[str, Any] | None]:
    """People of one shard of the feed index, those written last at the end, and the key to go on after. One
    query of keys alone: a municipality's 20,000 people are a few megabytes. Who is written meanwhile moves
    ahead, and so is met again, not missed. Also those who have been deleted lately, whom nothing is found of.
    """
    found, after = changes(PersonItem, shard, after, limit)
    return [PersonId(one.pk.removeprefix("PERSON#")) for one in found], after


def wanted_residents(people: Sequence[PersonId], own: str, born: tuple[date, date]) -> Wanted[list[PersonId]]:
    """Those of `people` who are registered in the municipality `own` and born between two days."""
    first, last = (day.isoformat() for day in born)
    keys = {profile_key(person): person for person in people}

    def answer(found: dict[tuple[str, str], PersonItem]) -> list[PersonId]:
        here = {k: item for k, item in found.items() if item.municipality == own and item.status == "Aktiv"}
        return [keys[k] for k, item in here.items() if first <= item.birth_date <= last]

    return Wanted(PersonItem, list(keys), answer, only=("municipality", "status", "birth_date"))


def wanted_cases(cases: Sequence[str]) -> Wanted[list[Case]]:
    """Cases by id, in the order asked for."""
    keys = [case_key(case) for case in cases]
    return Wanted(CaseItem, keys, lambda found: [case_of(found[key]) for key in keys if key in found])


def case_of(item: CaseItem) -> Case:
    """The case that an item keeps."""
    pk: str = item.pk
    return Case(
        id=pk.removeprefix("CASE#"),
        person=PersonId(item.person),
        watch=item.watch,  # type: ignore[arg-type]
        reason=item.reason,  # type: ignore[arg-type]
        opened=date.fromisoformat(item.opened),
        rules=item.rules,
        step=item.step,
        occupation=item.occupation,
        handler=PersonId(item.handler) if item.handler else None,
        closed=day_of(item.closed),
        close_reason=item.close_reason,  # type: ignore[arg-type]
        version=int(item.version or 0),
    )


def opening(case: Case) -> list[Write]:
    """A new case, refused by the transaction when the person has one already."""
    item = CaseItem(
        *case_key(case.id), person=case.person, watch=case.watch, reason=case.reason,
        opened=case.opened.isoformat(), rules=case.rules,
    )  # fmt: skip
    watched = WatchedItem(f"WATCH#{case.person}", f"CASE#{case.opened}#{case.id}", case=case.id)
    return [item, _pointer(case, open_key(case.person)), Overwrite(_pointer(case, _listed(case))), watched]


def assigning(item: CaseItem, case: Case, handler: PersonId) -> list[Write]:
    """The case with another handler."""
    item.handler = handler
    gone = [Remove(_pointer(case, _handled(case, case.handler)))] if case.handler else []
    writes: list[Write] = [item, *(gone if case.handler != handler else ())]
    return [*writes, Overwrite(_pointer(case, _handled(case, handler)))]


def closing(item: CaseItem, case: Case, reason: str, day: date) -> list[Write]:
    """The case closed, and out of every list."""
    item.closed, item.close_reason = day.isoformat(), reason
    gone: list[Write] = [Remove(_pointer(case, key)) for key in (open_key(case.person), _listed(case))]
    if case.handler:
        gone.append(Remove(_pointer(case, _handled(case, case.handler))))
    return [item, *gone]


def _listed(case: Case) -> tuple[str, str]:
    return f"CASES#{case.watch}", f"{case.opened}#{case.id}"


def _handled(case: Case, handler: PersonId) -> tuple[str, str]:
    return f"HANDLER#{handler}", f"{case.watch}#{case.opened}#{case.id}"


def _pointer(case: Case, key: tuple[str, str]) -> OpenCaseItem:
    return OpenCaseItem(*key, case=case.id, person=case.person, watch=case.watch)


def page_of_cases(
    watch: Watch, handler: PersonId | None, cursor: str | None, limit: int, caller: str
) -> tuple[list[Case], str | None]:
    """Open cases of a watch, or of one handler in it, oldest first, with the cursor to the next page. One
    query and one batch.
    """
    bound = ("watch", watch, handler or "", caller)
    pk = f"HANDLER#{handler}" if handler else f"CASES#{watch}"
    found = OpenCaseItem.query(
        pk,
        OpenCaseItem.sk.startswith(f"{watch}#") if handler else None,
        limit=limit,
        page_size=limit,
        last_evaluated_key=unseal(cursor, *bound),
    )
    cases: list[Case] = fetch(wanted_cases([row.case for row in found]))[0]
    return cases, seal(found.last_evaluated_key, *bound)


def watch_of(person: PersonId) -> tuple[list[Case], tuple[WatchException, ...]]:
    """Everything the watch keeps of a person: cases of all times, oldest first, and exceptions. One query and
    one batch for somebody who has any.
    """
    rows = list(RegisterItem.query(f"WATCH#{person}", consistent_read=True))
    cases = [row.case for row in rows if isinstance(row, WatchedItem)]
    found: list[Case] = fetch(wanted_cases(cases), consistent=True)[0] if cases else []
    return found, tuple(_exception(row) for row in rows if isinstance(row, ExceptionItem))


def listed_after(watch: Watch, after: str | None, limit: int) -> list[tuple[str, str]]:
    """Open cases of a watch after a place in its list: (place, case id). One query."""
    rows = OpenCaseItem.query(
        f"CASES#{watch}", OpenCaseItem.sk > after if after else None, limit=limit, consistent_read=True
    )
    return [(row.sk, row.case) for row in rows]


def move_watch(old: PersonId, new: PersonId, kept: PersonId, *, back: bool) -> None:
    """Cases and exceptions of `old` are those of `new`; with `back` those that came from `new` are its own
    again. What `new` has of the same kind stays: an exception, an open case. Two queries, a batch and a
    transaction.
    """
    here, there = f"WATCH#{old}", f"WATCH#{new}"
    mine = RegisterItem.query(here, consistent_read=True)
    rows = [r for r in mine if isinstance(r, WatchedItem | ExceptionItem) and (not back or r.came == there)]
    taken = {row.sk for row in RegisterItem.query(there, consistent_read=True)}
    keys = [case_key(row.case) for row in rows if isinstance(row, WatchedItem)]
    cases: dict[tuple[str, str], CaseItem] = fetch(Wanted(CaseItem, keys, dict), consistent=True)[0]
    writes: list[Write] = []
    for row in rows:
        case = cases.get(case_key(row.case)) if isinstance(row, WatchedItem) else None
        if row.sk in taken or (case and not case.closed and "OPEN" in taken):
            continue
        raw = row.serialize() | {"pk": {"S": there}}
        del raw["version"]
        copy = type(row).from_raw_data(raw)
        copy.came = None if back else here
        writes += [copy, Erase(row), *(_given(case, new) if case else ())]
    if writes:
        commit(*writes, trace=Trace("system:follow_merge", "follow_merge", kept, changes=f"{len(rows)} rows"))


def _given(item: CaseItem, person: PersonId) -> Iterator[Write]:
    """The case as another person's, in every list while it is open."""
    before = case_of(item)
    item.person = person
    yield item
    if before.closed is None:
        case = case_of(item)
        yield Remove(_pointer(before, open_key(before.person)))
        yield _pointer(case, open_key(person))
        yield Overwrite(_pointer(case, _listed(case)))
        if case.handler:
            yield Overwrite(_pointer(case, _handled(case, case.handler)))


def event_item(
    case: str,
    event: str,
    code: str,
    start: date,
    end: date | None,
    reference: str | None,
    by: PersonId,
    at: datetime,
) -> CaseEventItem:
    """A note, in the order of writing."""  # fmt: skip
    return CaseEventItem(
        f"CASE#{case}", f"EVENT#{stamp(at)}#{new_id()}", event=event, code=code, start=start.isoformat(),
        end=text_of(end), reference=reference, by=by, at=stamp(at),
    )  # fmt: skip


def events_of(case: str) -> list[CaseEventItem]:
    """A case's notes, oldest first. One consistent query."""
    rows = CaseEventItem.query(f"CASE#{case}", CaseEventItem.sk.startswith("EVENT#"), consistent_read=True)
    return list(rows)


def whole_case(item: CaseItem) -> tuple[RegisterItem, ...]:
    """A closed case with its notes, and that the person has had it. A consistent query and a get."""
    case = case_of(item)
    watched = WatchedItem.find(f"WATCH#{case.person}", f"CASE#{case.opened}#{case.id}")
    return (item, *([watched] if watched else []), *events_of(case.id))


def exception_item(person: PersonId, exception: WatchException) -> ExceptionItem:
    """An exception, in place of an earlier one of its kind."""
    return ExceptionItem(
        f"WATCH#{person}", f"EXCEPTION#{exception.kind}", start=exception.start.isoformat(),
        end=text_of(exception.end), unit_code=exception.unit_code,
    )  # fmt: skip


def exceptions_of(person: PersonId) -> tuple[WatchException, ...]:
    """A person's exceptions. One consistent query."""
    return tuple(_exceptions(person))


def _exceptions(person: PersonId) -> Iterator[WatchException]:
    pk = f"WATCH#{person}"
    for row in ExceptionItem.query(pk, ExceptionItem.sk.startswith("EXCEPTION#"), consistent_read=True):
        yield _exception(row)


def _exception(row: ExceptionItem) -> WatchException:
    sk: str = row.sk
    kind: ExceptionKind = sk.removeprefix("EXCEPTION#")  # type: ignore[assignment]
    return WatchException(kind, date.fromisoformat(row.start), day_of(row.end), row.unit_code)
