"""The retention run in-process against the real engine: what is over goes with its proof, all else stays."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from functions.access.store import retention as store
from functions.access.usecases import retention_runs
from functions.register import queries as register
from functions.register.domain.people import Responsible
from functions.register.domain.watch import Case, WatchException
from functions.register.store import watch
from functions.register.store.items import (
    ContactItem,
    PersonItem,
    profile_key,
)
from functions.register.store.watch import CaseItem
from functions.register.store.writes import relation_writes
from infra.areas import retaining
from infra.local.cloud import Cloud
from skolkit import protected
from skolkit.clock import today
from skolkit.feed import changes
from skolkit.protected import DataKeyItem, seal, unseal
from skolkit.retention import packages
from skolkit.retention import work as engine
from skolkit.table import FEED_SHARDS, Erase, commit
from skolkit.types import PersonId, new_id
from tests.support.aged import Aged
from tests.support.areas import ARCHIVE_BUCKET, acting_as, audit_rows, run_schedule
from tests.support.nights import (
    AREAS,
    archived,
    certificate,
    close,
    collect,
    counted,
    hold,
    kept,
    night,
    run,
    start_again,
    turn_on,
    work,
)


def packed(cloud: Cloud, case: str) -> list[str]:
    """The files of the package that holds the case."""
    found = cloud.client("s3").list_objects_v2(Bucket=ARCHIVE_BUCKET, Prefix="packages/")["Contents"]
    (home,) = {one["Key"].rpartition("/")[0] for one in found if one["Key"].endswith("/watch_case.csv")
               and case in archived(cloud, one["Key"]).decode()}  # fmt: skip
    return [one["Key"] for one in found if one["Key"].startswith(home)]


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
    # The lists that go on without the activity, and the people who have lost something that others are shown.
    assert {key[2] for key in changed} == {"ACTIVITIES", "PROFILE"}
    lost = {key[:2] for key in aged.over if key[2] in ("CONTACT", "KIN")}
    assert {key[:2] for key in changed if key[2] == "PROFILE"} <= lost
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
