"""Study plans through SS 12000: what pupils read, whose plans, what moves and what is gone."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest

from functions.organisation.domain.study_plans import Adaptation, Entry, StudyPlan, adapt
from functions.organisation.domain.syllabuses import SyllabusId
from functions.organisation.store import study_plans as store
from infra.local.cloud import Cloud
from skolkit.clock import now
from skolkit.sweden.codes import SchoolForm
from skolkit.table import Erase, commit
from skolkit.types import PersonId, new_id, stable_id
from tests.support.areas import acting_as, call
from tests.support.organised import (
    ANNA,
    BO,
    HERE,
    HID,
    PUPILS,
    SAM,
    THERE,
    created,
    gone,
    latest,
    moved,
    organised,
    take,
)
from tests.support.standard import ask, connect, every

MATHS, ART, WORK = (SyllabusId(stable_id("syllabus", name)) for name in ("ma", "bl", "ga"))
YEARS = {ANNA: 2026, BO: 2025, HID: 2024}


def plan(pupil: str, **more: Any) -> StudyPlan:
    fields: dict[str, Any] = {
        "school_form": SchoolForm.COMPULSORY, "start": date(YEARS[pupil], 8, 17), "changed_by": SAM,
        "changed_at": now(),
    }  # fmt: skip
    return StudyPlan(pupil=PersonId(pupil), **fields | more)


@pytest.fixture
def school(tables: Cloud) -> Cloud:
    organised(tables)
    read = (
        Entry(MATHS, "Gymnasiegemensamma", None, date(2026, 8, 17), date(2027, 6, 11)),
        Entry(ART, None, "Elevens val"),
        Entry(WORK, "Gymnasiegemensamma"),
    )
    with acting_as("organisation"):
        commit(*store.plan_writes(plan(ANNA, entries=read, school_form=SchoolForm.UPPER_SECONDARY)))
        commit(*store.plan_writes(plan(BO, end=date(2026, 6, 12))))
        commit(*store.plan_writes(plan(HID, end=date(2027, 6, 11))))
    time.sleep(0.06)
    return tables


def pupils(client: str, **query: Any) -> list[str]:
    return [e["student"]["id"] for e in every(client, "studyplans", **query)]


def test_a_plan_in_the_words_of_the_standard(school: Cloud) -> None:
    found = {e["student"]["id"]: e for e in every(connect(), "studyplans")}
    one = found[ANNA]
    assert one.pop("meta")["created"]
    assert one == {
        "id": store.plan_id(ANNA), "student": {"id": ANNA}, "startDate": "2026-08-17",
        "content": [
            {
                "type": "Gymnasiegemensamma",
                "syllabuses": [
                    {"syllabus": {"id": MATHS}, "startDate": "2026-08-17", "endDate": "2027-06-11"},
                    {"syllabus": {"id": WORK}},
                ],
            },
            {"title": "Elevens val", "syllabuses": [{"syllabus": {"id": ART}}]},
        ],
    }  # fmt: skip
    assert store.plan_id(one["id"]) == ANNA


def test_filters_and_orders(school: Cloud) -> None:
    client = connect(protected="pseudonym")
    assert set(pupils(client)) == set(PUPILS)
    assert pupils(client, student=[BO]) == [BO]
    assert pupils(client, student=[BO, HID, new_id()], sortkey="EndDateAsc", limit=1) == [BO, HID]
    assert set(pupils(client, startDate_onOrAfter="2025-08-17")) == {ANNA, BO}
    assert set(pupils(client, startDate_onOrBefore="2025-08-17")) == {BO, HID}
    assert set(pupils(client, endDate_onOrAfter="2027-01-01")) == {ANNA, HID}
    assert set(pupils(client, endDate_onOrBefore="2026-12-31")) == {ANNA, BO}
    assert pupils(client, sortkey="StartDateAsc", limit=1) == [HID, BO, ANNA]
    assert pupils(client, sortkey="StartDateDesc", limit=2) == [ANNA, BO, HID]
    assert pupils(client, sortkey="EndDateAsc", limit=1) == [BO, HID, ANNA]
    assert pupils(client, sortkey="EndDateDesc", limit=2) == [ANNA, HID, BO]
    newest = [e["meta"]["modified"] for e in every(client, "studyplans", sortkey="ModifiedDesc")]
    assert newest == sorted(newest, reverse=True)


def test_a_change_moves_the_plan_alone_and_its_versions_are_not_there(school: Cloud) -> None:
    client, id = connect(), store.plan_id(ANNA)
    since, made = latest(client, "studyplans"), created(client, "studyplans", id)
    body = {"schoolForm": "GY", "startDate": "2026-08-17", "endDate": "2029-06-08"}
    head = {"person": SAM, "unit": HERE, "dutyRole": "Rektor", "startDate": "2025-07-01"}
    take(school, "duties", [head])
    path, headers = {"pupil": ANNA}, {"if-match": '"1"'}
    done = call("organisation", "put_study_plan", PersonId(SAM), path=path, body=body, headers=headers)
    assert done.status == 200, done.body
    assert moved(client, "studyplans", since) == [id]
    found = ask(client, "read_studyplans", path={"id": id}).body
    assert (found["meta"]["created"], found["endDate"]) == (made, "2029-06-08")
    assert len(every(client, "studyplans")) == 2
    with acting_as("organisation"):
        kept, _ = store.page_of_versions(PersonId(ANNA), None, 10, "test")
    assert [version.version for version in kept] == [2, 1]


def test_why_somebodys_studies_are_adapted_is_nobody_elses_matter(school: Cloud) -> None:
    with acting_as("organisation"):
        old = store.find_plan(PersonId(BO))
        assert old is not None
        decision = Adaptation(
            "studiegang", "Trötthet", "skollagen 3:12", PersonId(SAM), now(), old.start, None
        )
        commit(*store.plan_writes(adapt(old, decision)))
    found = ask(connect(), "read_studyplans", path={"id": store.plan_id(BO)})
    assert found.status == 200
    assert not {"notes", "adaptation"} & set(found.body)
    assert "Trötthet" not in str(found.body)


def test_a_plan_that_is_erased_is_gone(school: Cloud) -> None:
    client, since = connect(), now() - timedelta(seconds=0.01)
    with acting_as("organisation"):
        item = store.PlanItem.find(*store.plan_key(BO))
        assert item is not None
        commit(Erase(item))
    assert gone("studyplans", since) == [store.plan_id(BO)]
    assert pupils(client, student=[BO]) == []


def test_whose_plans_a_client_sees(school: Cloud) -> None:
    assert set(pupils(connect())) == {ANNA, BO}  # not the protected pupil's
    assert pupils(connect(), student=[HID]) == []
    assert ask(connect(), "read_studyplans", path={"id": store.plan_id(HID)}).status == 404
    assert pupils(connect(units=frozenset({THERE}))) == [BO]
    assert pupils(connect(units=frozenset({HERE}))) == [ANNA]
    there = connect(units=frozenset({THERE}))
    assert ask(there, "read_studyplans", path={"id": store.plan_id(ANNA)}).status == 404
    assert pupils(connect(forms={SchoolForm.UPPER_SECONDARY})) == [ANNA]
    assert ask(connect(), "read_studyplans", path={"id": new_id()}).status == 404
