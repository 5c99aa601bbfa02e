"""Two records that proved to be one pupil: what was written and answered about the closed one goes on with
the kept one.
"""

from __future__ import annotations

from infra.local.cloud import Cloud
from tests.support.areas import call, outbox
from tests.support.areas import deliver as hand
from tests.support.asks import new_key
from tests.support.letters import consent, conversation, messages, talks, write
from tests.support.world import make_world


def test_the_closed_records_letters_are_the_kept_ones(tables: Cloud) -> None:
    world = make_world(tables)
    kept, closed = world.classmates()[:2]
    one, other = (g.guardian_id for g in closed.guardians)
    mentor = world.klass.mentor_ids[0]
    talk, _ = conversation(mentor, closed.id, "Till alla")
    asked = consent(world, "photo")
    for guardian in (one, other):
        said = call(
            "messages", "answer_consent", guardian, path={"pupil": closed.id, "consent": asked},
            body={"answer": "granted"},
        )  # fmt: skip
        assert said.status == 200, said.body
    merged = call(
        "register", "merge_persons", world.staff("administrator"), path={"person": kept.id},
        body={"duplicate": closed.id}, headers=new_key(),
    )  # fmt: skip
    assert merged.status == 201, merged.body
    for fact in outbox("register"):
        if fact["type"] == "register.PersonsMerged.v1":
            assert hand("organisation", "follow_merge", fact) == []
    homes = {g.guardian_id for g in kept.guardians} | {one, other}
    reading = [g for g in sorted(homes) if talk in talks(g)]
    assert set(reading) >= {one, other}
    assert talk in talks(mentor)
    assert [m["text"] for m in messages(one, talk)] == ["Till alla"]
    assert write("write_message", one, "Svar", path={"conversation": talk}).status == 201
    own = call("messages", "read_consent", one, path={"pupil": kept.id, "consent": asked})
    assert own.status == 200, own.body
    assert [a["answer"] for a in own.body["answers"]] == ["granted"]
    path = {"consent": asked, "group": world.klass.id}
    rows = call("messages", "list_consent_answers", mentor, path=path).body["data"]
    (row,) = [r for r in rows if r["pupil"] == kept.id]
    missing = {g.guardian_id for g in kept.guardians} - {one, other}
    assert row["missing"] == len(missing)
    assert closed.id not in {r["pupil"] for r in rows}
