"""The retention run in-process against the real engine: what is over goes with its proof, all else stays, and
a run that dies is gone on with.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from functions.access.domain.retention import PATIENCE
from functions.access.extract import gather
from functions.access.store import retention as store
from functions.access.store.base import AccessItem
from functions.access.usecases import retention_runs
from functions.attendance import store as attendance
from functions.register import queries as register
from functions.register.domain.people import Responsible
from functions.register.domain.watch import Case, WatchException
from functions.register.store import watch
from functions.register.store.items import (
    ContactItem,
    MergedItem,
    PersonItem,
    RegisterImportItem,
    civic_key,
    merged_key,
    profile_key,
)
from functions.register.store.watch import CaseItem
from functions.register.store.writes import civic_item, relation_writes
from infra import layers
from infra.areas import retaining
from infra.local.cloud import Cloud
from skolkit import protected
from skolkit.clock import now, today
from skolkit.extracts import Requested
from skolkit.feed import changes
from skolkit.jobs import JobItem
from skolkit.protected import DataKeyItem, seal, unseal
from skolkit.retention import packages, proofs, shelf
from skolkit.retention import work as engine
from skolkit.table import FEED_SHARDS, Erase, Once, Remove, chunks, commit
from skolkit.types import PersonId, new_id
from tests.support.aged import (
    AREAS,
    OLD,
    Aged,
    age_municipality,
    asked,
    collect,
    kept,
    night,
    rows_of,
    turn_on,
    work,
)
from tests.support.areas import ARCHIVE_BUCKET, acting_as, audit_rows, deliver, outbox, run_schedule
from tests.support.fixtures import lay_tables
from tests.support.stored import Undo, stored


@pytest.fixture(scope="module", autouse=True)
def _typst() -> Iterator[None]:
    """The layer that the collecting and the archiving function have."""
    packages = str(layers.build_heavy(layers.LOCAL, "documents"))
    sys.path.insert(0, packages)
    yield
    sys.path.remove(packages)


@pytest.fixture(scope="module")
def laid(cloud: Cloud) -> Iterator[tuple[Aged, Undo]]:
    lay_tables(cloud)
    aged = age_municipality()
    undo = Undo(stored())
    yield aged, undo
    undo.close()


@pytest.fixture
def aged(laid: tuple[Aged, Undo]) -> Iterator[Aged]:
    """The municipality, as it was before the last test."""
    aged, undo = laid
    yield aged
    undo.undo()


def run() -> store.RunItem:
    with acting_as("access"):
        found = store.find_run(asked()["data"]["run"])
    assert found
    return found


def hold(**what: str) -> None:
    fields = {"person": None, "document": None, "unit": None, "reason": "Prövning", "ground": "art. 17.3 e"}
    with acting_as("access"):
        commit(store.new_hold(PersonId(new_id()), **(fields | what)))  # type: ignore[arg-type]


def archived(cloud: Cloud, key: str) -> bytes:
    body: bytes = cloud.client("s3").get_object(Bucket=ARCHIVE_BUCKET, Key=key)["Body"].read()
    return body


def packed(cloud: Cloud, case: str) -> list[str]:
    """The files of the package that holds the case."""
    found = cloud.client("s3").list_objects_v2(Bucket=ARCHIVE_BUCKET, Prefix="packages/")["Contents"]
    (home,) = {one["Key"].rpartition("/")[0] for one in found if one["Key"].endswith("/watch_case.csv")
               and case in archived(cloud, one["Key"]).decode()}  # fmt: skip
    return [one["Key"] for one in found if one["Key"].startswith(home)]


def counted(area: str, document: str) -> dict[str, Any]:
    """What an area has answered of a document type."""
    lines = run().outcome["areas"][area]["counts"]
    return next(line for line in lines if line["document"] == document)


def start_again() -> None:
    """Let another night begin on the same day."""
    with acting_as("access"):
        commit(Remove(AccessItem(f"ONCE#RETENTION#{today()}", "ONCE")))


def certificate(cloud: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archived(cloud, run().outcome["report"]["json"]))
    return found


def test_the_areas_asked_are_those_that_keep_something_to_erase() -> None:
    assert retaining() == retention_runs.AREAS == AREAS


def test_what_is_over_goes_and_nothing_else(aged: Aged, cloud: Cloud) -> None:
    before = kept()
    assert aged.over <= set(before)
    sealed = ContactItem.find(f"PERSON#{aged.grown}", "CONTACT")
    assert sealed
    assert unseal(aged.grown, sealed.sealed_reach)["phone"]
    turn_on()
    night()
    assert set(before) - set(kept()) == aged.over
    changed = {key for key, row in kept().items() if row != before[key]}
    assert {key[2] for key in changed} == {"ACTIVITIES"}  # the lists that go on without the activity
    assert unseal(aged.grown, sealed.sealed_reach) == {}  # the copy that a backup would have

    proof = certificate(cloud)
    done = {(line["area"], line["document"]): line["done"] for line in proof["lines"]}
    assert sum(done.values()) == len(aged.over)
    assert done["organisation", "organisation.elective"] == 52
    assert all(line["due"] == line["done"] and line["basis"] for line in proof["lines"])
    shown = json.dumps(proof)
    assert not [p for p in (aged.grown, aged.guardian, aged.retired, "Handling") if f'"{p}"' in shown]
    digests = [
        json.loads(line)
        for area in proof["proofs"] for part in area["parts"]
        for line in archived(cloud, part["key"]).decode().splitlines()
    ]  # fmt: skip
    assert len(digests) == len(aged.over) == len({d["sha256"] for d in digests})
    for area in proof["proofs"]:
        for file in (*area["parts"], *area["packages"]):
            assert hashlib.sha256(archived(cloud, file["key"])).hexdigest() == file["sha256"]
    assert archived(cloud, run().outcome["report"]["pdf"]).startswith(b"%PDF-1.7")
    assert {"erase"} <= {row["action"] for row in audit_rows(aged.grown)}


def test_a_case_is_packed_before_it_goes(aged: Aged, cloud: Cloud) -> None:
    with acting_as("register"):
        rows = {(row["pk"]["S"], row["sk"]["S"]): row for k, row in kept().items() if k[0] == "register"}
    turn_on()
    night("register")
    keys = {key.rpartition("/")[2]: key for key in packed(cloud, aged.case)}
    assert set(keys) == {
        "manifest.json", "metadata.xml", "readable.pdf", "watch_case.csv", "watch_event.csv", "watched.csv"
    }  # fmt: skip
    manifest = json.loads(archived(cloud, keys["manifest.json"]))
    for file in manifest["files"]:
        assert hashlib.sha256(archived(cloud, keys[file["file"]])).hexdigest() == file["sha256"]
    (case,) = csv.DictReader(io.StringIO(archived(cloud, keys["watch_case.csv"]).decode()))
    assert case["person"] == aged.grown
    assert case["closed"] == rows[f"CASE#{aged.case}", "CASE"]["closed"]["S"]
    notes = list(csv.DictReader(io.StringIO(archived(cloud, keys["watch_event.csv"]).decode())))
    assert [note["reference"] for note in notes] == ["BUN 2022/1"] * 3
    metadata = ET.fromstring(archived(cloud, keys["metadata.xml"]))
    assert metadata.findtext("documentType") == "register.watch"
    pdf = archived(cloud, keys["readable.pdf"])
    assert b"pdfaid" in pdf
    assert len(manifest["rows"]) == 5


def test_a_long_case_is_one_package(aged: Aged, cloud: Cloud) -> None:
    """Erased in several transactions; the certificate tells of all its rows."""
    with acting_as("register"):
        for n in range(60):
            day = date(2022, 1, 1) + timedelta(days=n)
            at = datetime.combine(day, time(9), UTC)
            commit(watch.event_item(aged.case, "step", "called", day, None, None, aged.teacher, at))
    turn_on()
    night("register")
    index = json.loads(archived(cloud, run().outcome["areas"]["register"]["index"]))
    assert [package["rows"] for package in index["packages"]] == [65]
    assert counted("register", "register.watch")["done"] == 65


def test_nothing_goes_that_is_not_stored(aged: Aged, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    put = packages.put
    with acting_as("register"):  # another content, which no earlier run has packed
        item = CaseItem.get(f"CASE#{aged.case}", "CASE")
        item.step = "visited"
        commit(item)
    turn_on()
    run_schedule("access", "start_retention")
    with monkeypatch.context() as patch:
        patch.setattr(packages, "put", lambda key, body: put(key, body[:-1] if "pdf" in key else body))
        work("register")
    collect("register")
    assert ("register", f"CASE#{aged.case}", "CASE") in kept()
    counts = counted("register", "register.watch")
    assert (counts["done"], counts["changed"]) == (0, 1)
    # What lies there torn is packed again the next night.
    start_again()
    night("register")
    assert ("register", f"CASE#{aged.case}", "CASE") not in kept()


def test_a_dry_run_changes_nothing_and_counts_the_same(aged: Aged, cloud: Cloud) -> None:
    before = kept()
    night()
    assert kept() == before
    first = run()
    assert (first.state, first.request["dry"]) == ("done", True)
    assert "proofs" not in first.outcome["report"]["json"]
    due = sum(line["due"] for area in first.outcome["areas"].values() for line in area["counts"])
    assert due == len(aged.over)


def test_what_is_held_stays_and_is_told(aged: Aged) -> None:
    hold(person=aged.grown)
    hold(document="timetable.lesson", unit=new_id())
    hold(document="organisation.elective")
    turn_on()
    before = kept()
    night()
    gone = set(before) - set(kept())
    assert gone < aged.over
    assert not [key for key in gone if aged.grown in f"{key} {before[key]}"]
    assert ("organisation", f"PERSON#{aged.retired}", "CERTIFICATION") in gone
    areas = run().outcome["areas"]
    counts = {line["document"]: line for area in areas.values() for line in area["counts"]}
    assert counts["organisation.elective"]["held"] == 52
    assert counts["register.custody"] == {
        "document": "register.custody", "due": 3, "done": 0, "held": 3, "changed": 0
    }  # fmt: skip
    assert [key[2] for key in gone if key[0] == "timetable"] != []  # teachers' days say no unit
    assert sum(sum(area["holds"].values()) for area in areas.values()) == sum(
        c["held"] for c in counts.values()
    )


def test_a_hold_that_is_set_while_the_worker_reads_holds(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    judge, judged = engine.Night.take, list[int]()

    def judging(*what: Any) -> None:
        judge(*what)
        if not judged:  # the page has been read, nothing of it erased yet
            judged.append(1)
            hold(person=aged.grown)

    turn_on()
    monkeypatch.setattr(engine.Night, "take", judging)
    before = kept()
    night("attendance")
    gone = set(before) - set(kept())
    assert gone
    assert not [key for key in gone if aged.grown in f"{key} {before[key]}"]
    (counts,) = [
        c for c in run().outcome["areas"]["attendance"]["counts"] if c["document"] == "attendance.lesson"
    ]
    assert (counts["due"], counts["done"], counts["held"]) == (2, 0, 2)


def test_whoever_is_held_back_is_told_in_an_extract(aged: Aged) -> None:
    hold(person=aged.grown)
    hold(person=aged.pupil)
    with acting_as("access"):
        asked_for = Requested(request=new_id(), person=aged.grown, contacts=False)
        (section,) = [s for s in gather(asked_for) if s.document == "access.hold"]
    assert [row[1:] for row in section.rows] == [[None, "art. 17.3 e"]]


def test_what_has_changed_meanwhile_is_left_for_the_next_night(
    aged: Aged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes what the worker has just read: the rest of what would have gone with it goes alone."""
    key = (f"PERSON#{aged.guardian}", "CONTACT")
    real: list[int] = []

    def disturbed(*writes: Any, **more: Any) -> None:
        rows = [w.item for w in writes if isinstance(w, Erase)]
        if not real and any((row.pk, row.sk) == key for row in rows):
            real.append(1)
            contact = ContactItem.find(*key)
            assert contact
            contact.email = "ny@example.org"
            commit(contact)
        commit(*writes, **more)

    turn_on()
    monkeypatch.setattr(engine, "commit", disturbed)
    night("register")
    assert ("register", *key) in kept()
    with acting_as("access"):
        (counts,) = [
            c for c in run().outcome["areas"]["register"]["counts"] if c["document"] == "register.contact"
        ]
    assert counts == {"document": "register.contact", "due": 2, "done": 1, "held": 0, "changed": 1}


class Died(BaseException):
    """Nothing is told of it, as when a function runs out of time."""


@pytest.mark.parametrize("seed", range(2))
def test_a_run_killed_anywhere_ends_the_same(aged: Aged, cloud: Cloud, seed: int) -> None:
    """Every third commit or so the worker dies, before or after it; the queue hands the fact over again."""
    chance = random.Random(seed)

    def dying(*writes: Any, **more: Any) -> None:
        fate = chance.random()
        if fate < 0.15:
            raise Died
        commit(*writes, **more)
        if fate > 0.85:
            raise Died

    turn_on()
    before = kept()
    run_schedule("access", "start_retention")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "commit", dying)
        patch.setattr(proofs, "commit", dying)
        patch.setattr(engine, "PAGE", 17)
        for area in AREAS:
            for _ in range(200):
                with suppress(Died):
                    if deliver(area, "answer_retention", asked()) == []:
                        break
    for area in AREAS:
        collect(area)
    assert set(before) - set(kept()) == aged.over
    proof = certificate(cloud)
    assert sum(line["done"] for line in proof["lines"]) == len(aged.over)
    assert sum(part["rows"] for area in proof["proofs"] for part in area["parts"]) == len(aged.over)


def test_a_long_night_goes_on_in_turns(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "SECONDS", 0)
    monkeypatch.setattr(engine, "PAGE", 20)
    turn_on()
    before = kept()
    night("organisation")
    assert set(before) - set(kept()) == {k for k in aged.over if k[0] == "organisation"}
    turns = [f["data"]["turn"] for f in outbox("organisation") if "Continued" in f["type"]]
    assert turns == list(range(2, len(turns) + 2))
    assert len(turns) > 5


def test_a_reader_of_the_feed_sees_what_was_erased(aged: Aged) -> None:
    from functions.organisation.store.activities import ActivityItem
    from functions.organisation.store.duties import DutyCardItem

    turn_on()
    night("organisation")
    for kind, name in ((ActivityItem, "ACTIVITY"), (DutyCardItem, "DUTY")):
        found = [one for shard in range(FEED_SHARDS) for one in changes(kind, shard, None, 100)[0]]
        gone = {one.pk for one in found if one.deleted}
        assert gone == {pk for _, pk, sk in aged.over if sk == name and pk.startswith(name)}
        assert len(found) == 2


def test_the_run_of_a_night_begins_once_and_fails_the_next_if_it_has_not_ended(
    aged: Aged, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_schedule("access", "start_retention")
    run_schedule("access", "start_retention")
    assert len([f for f in outbox("access") if f["type"] == "access.RetentionAsked.v1"]) == 1
    work("messages")
    collect("messages")
    first = run()
    monkeypatch.setattr(retention_runs, "PATIENCE", PATIENCE * 0)
    with pytest.raises(Exception, match="start_retention"):
        run_schedule("access", "start_retention")
    with acting_as("access"):
        found = store.find_run(first.id)
    assert found
    assert (found.state, found.outcome["missing"]) == ("failed", [a for a in AREAS if a != "messages"])


def test_a_held_row_is_not_removed_by_the_database(aged: Aged) -> None:
    from functions.messages.store import DeliveryItem

    soon = int(now().timestamp()) + 86_400
    rows = [
        DeliveryItem(f"PUPIL#{who}", "DELIVERY#2025-10-01#x#y", state="accepted", at="x", expires=soon)
        for who in (aged.pupil, aged.grown)
    ]
    with acting_as("messages"):
        commit(*rows)
    hold(person=aged.grown)
    with acting_as("access"):  # somebody counts by day: nothing is changed
        retention_runs.begin(new_id(), dry=True, once=lambda answer: Once(new_id(), answer=answer))
    work("messages")
    held = [k for k in kept() if "DELIVERY" in k[2] and int(kept()[k]["expires"]["N"]) != soon]
    assert held == []
    night("messages")  # and nothing is deleted, either
    ends = {pk: int(row["expires"]["N"]) for (area, pk, sk), row in kept().items() if "DELIVERY" in sk}
    assert ends == {rows[0].pk: soon, rows[1].pk: soon + engine.PUT_OFF}


def test_a_hold_over_a_type_keeps_what_is_about_nobody(aged: Aged) -> None:
    soon = int(now().timestamp()) + 86_400
    key = (f"IMPORT#{new_id()}", "CURSOR")
    with acting_as("register"):
        commit(RegisterImportItem(*key, key="x", expires=soon))
    hold(document="technical.import")
    night("register")
    assert int(kept()["register", *key]["expires"]["N"]) == soon + engine.PUT_OFF


def test_a_hold_that_is_set_while_many_wait_holds_them_all(
    aged: Aged, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page with more than one transaction of rows: each of them is judged under the list as it is then."""
    with acting_as("attendance"):
        rows = [
            attendance.DeviationItem(
                f"PUPIL#{aged.grown}", f"D#{OLD}#{n:03}#{new_id()}", lesson=new_id(), subject="MA",
                starts=f"{OLD}T08:00:00.000Z", ends=f"{OLD}T09:00:00.000Z", invalid=60,
            )
            for n in range(shelf.TOGETHER + 30)
        ]  # fmt: skip
        for some in chunks(rows, 40):
            commit(*some)
    flush = engine.Night.flush

    def flushing(night: engine.Night) -> None:
        hold(person=aged.grown)
        flush(night)

    turn_on()
    monkeypatch.setattr(engine.Night, "flush", flushing)
    night("attendance")
    assert {("attendance", row.pk, row.sk) for row in rows} <= set(kept())


def test_a_run_that_goes_on_stops_when_the_setting_goes_back(
    aged: Aged, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = engine.Night.flush

    def flushing(night: engine.Night) -> None:
        with acting_as("access"):
            settings = store.find_settings()
            settings.mode = "dry"
            commit(settings)
        flush(night)

    turn_on()
    before = kept()
    monkeypatch.setattr(engine.Night, "flush", flushing)
    night("timetable")
    assert kept() == before
    assert counted("timetable", "timetable.lesson")["changed"] == 2


def test_what_decides_how_long_somebody_is_watched_stays_as_long(aged: Aged) -> None:
    """Exceptions whose own time is long over, and one without an end: of whom is watched, and of whom is
    not.
    """
    young, old = PersonId(new_id()), PersonId(new_id())
    long_ago = WatchException("lateStart", date(2010, 1, 1), date(2011, 1, 1))
    endless = WatchException("upperSecondaryCompleted", date(2010, 1, 1))
    with acting_as("register"):
        commit(
            *(PersonItem(f"PERSON#{p}", "PROFILE", given_name="x", family_name="y", birth_date=born)
              for p, born in ((young, f"{today().year - 21}-12-31"), (old, f"{today().year - 23}-01-01"))),
            *(watch.exception_item(p, e) for p in (young, old) for e in (long_ago, endless)),
        )  # fmt: skip
    turn_on()
    night("register")
    left = {key[1:] for key in kept() if "EXCEPTION" in key[2] and key[1][6:] in (young, old)}
    assert left == {(f"WATCH#{young}", f"EXCEPTION#{e.kind}") for e in (long_ago, endless)}


def test_a_guardian_can_be_reached_while_a_case_of_the_child_is_open(aged: Aged) -> None:
    child, long_ago = PersonId(new_id()), today() - timedelta(days=900)
    with acting_as("register"):
        ended = Responsible(aged.guardian, "Vårdnadshavare", None, long_ago)
        commit(
            PersonItem(*profile_key(child), given_name="x", family_name="y", birth_date="2014-01-01"),
            *relation_writes(child, date(2014, 1, 1), [ended], [], today()),
            *watch.opening(Case(new_id(), child, "schoolAttendance", "leftSchool", long_ago, "2026")),
        )
    turn_on()
    night("register")
    assert ("register", f"PERSON#{aged.guardian}", "CONTACT") in kept()


def close(closed: PersonId, into: PersonId) -> None:
    """Let a record have proved to be another's."""
    with acting_as("register"):
        profile = PersonItem.get(f"PERSON#{closed}", "PROFILE")
        profile.merged_into = into
        commit(profile, MergedItem(*merged_key(into, closed), merge=new_id(), at="x"))


def test_the_contact_of_a_closed_record_stays_as_long_as_the_merge_may_be_undone(aged: Aged) -> None:
    close(aged.guardian, aged.grown)
    turn_on()
    night("register")
    assert ("register", f"PERSON#{aged.guardian}", "CONTACT") in kept()
    with acting_as("register"):
        assert register.tie_end("education end", aged.guardian, date(2010, 1, 1)) == today()
    close(aged.grown, aged.pupil)
    with acting_as("register"):
        assert register.tie_end("education end", aged.guardian, date(2010, 1, 1)) is None


def test_a_hold_over_a_person_is_over_every_record_of_the_person(aged: Aged) -> None:
    close(aged.grown, aged.parent)
    hold(person=aged.parent)
    turn_on()
    before = kept()
    night("attendance", "register")
    gone = set(before) - set(kept())
    assert not [key for key in gone if aged.grown in f"{key} {before[key]}"]


def test_keys_are_shredded_only_with_what_they_open(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    """More keys than a transaction takes: nothing in a dry run and under a hold, all in a real one."""
    with acting_as("register"):
        for n in range(4):
            seal(aged.grown, {"phone": str(n)})

    def keys() -> int:
        return len(list(DataKeyItem.query(f"PERSON#{aged.grown}", consistent_read=True)))

    assert keys() >= 5
    before = keys()
    monkeypatch.setattr(protected, "KEYS", 2)
    night("register")
    assert keys() == before
    hold(person=aged.grown)
    turn_on()
    start_again()
    night("register")
    assert keys() == before
    with acting_as("access"):
        (item,) = store.standing_holds()
        item.lifted_at = "x"
        commit(item)
    start_again()
    night("register")
    assert keys() == 0


def test_one_bad_document_does_not_stop_the_night(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be put together stays, and so does what cannot be erased; the rest goes, and is proved."""

    def broken(*writes: Any, **more: Any) -> None:
        gone = [w.item.pk for w in writes if isinstance(w, Erase)]
        if any(pk == f"PERSON#{aged.guardian}" or pk.startswith("GROUP#") for pk in gone):
            raise ValueError("a secret")
        commit(*writes, **more)

    turn_on()
    monkeypatch.setattr(engine, "commit", broken)
    night("register", "timetable")
    assert counted("timetable", "timetable.lesson")["changed"] == 1  # of two in one transaction
    assert counted("timetable", "timetable.lesson")["done"] == 1
    assert ("register", f"PERSON#{aged.guardian}", "CONTACT") in kept()
    assert ("register", f"PERSON#{aged.grown}", "CONTACT") not in kept()
    assert counted("register", "register.contact")["changed"] == 1
    assert run().outcome["areas"]["register"]["index"]


def test_proofs_stay_until_they_are_in_the_archive(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    def expiring() -> list[bool]:
        rows = rows_of("timetable")
        return ["expires" in row for row in rows if row["kind"]["S"] == "timetable_erasure"]

    turn_on()
    run_schedule("access", "start_retention")
    with monkeypatch.context() as patch:
        patch.setattr(proofs, "_prove", lambda *_: 1 / 0)
        assert deliver("timetable", "answer_retention", asked()) == ["0"]
    assert set(expiring()) == {False}
    work("timetable")
    assert set(expiring()) == {True}


def test_the_place_of_a_job_is_no_identity_number(aged: Aged, monkeypatch: pytest.MonkeyPatch) -> None:
    with acting_as("register"):
        commit(*(civic_item(f"20100101{n:04}", aged.pupil) for n in range(50)))
    places = list[str]()

    def noting(*writes: Any, **more: Any) -> None:
        places.extend(json.dumps(w.place) for w in writes if isinstance(w, JobItem))
        commit(*writes, **more)

    monkeypatch.setattr(engine, "commit", noting)
    monkeypatch.setattr(engine, "PAGE", 3)
    night("register")
    assert len(places) > 5
    assert not [place for place in places if civic_key("")[0] in place]
    assert counted("register", "register.contact")["due"] == 2
