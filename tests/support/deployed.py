"""The whole product on an embedded AWS of its own: deployed from the same templates as in AWS, a school
imported through its doors, people signed in through the user pool, everything reached over HTTP.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import httpx

from infra import layers
from infra.local.cloud import Cloud
from infra.local.deploy import deploy
from infra.local.login import sign_in
from infra.local.running import PARAMETERS
from infra.local.seed import PASSWORD, Drop
from infra.local.synth import assembly
from skolkit.clock import LOCAL, now
from skolkit.types import PersonId, new_id
from tests.support.areas import Answer, operation
from tests.support.push_service import PushService
from tests.support.receivers import Receiver
from tests.support.world import Lesson, World, imagine, lessons_of

T = TypeVar("T")
KEPT = (
    "Name", "GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target"
)  # fmt: skip
PATIENCE = 60.0  # seconds for something asynchronous on a slow machine


@dataclass
class Deployed:
    """A running product with one school in it. `push` is the one push service it may send to,
    `receiver` the one system on this machine that may take notices.
    """

    cloud: Cloud
    world: World
    push: PushService
    receiver: Receiver
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, person: PersonId) -> str:
        """A person's access token, by code + PKCE as the phone app gets it."""
        if person not in self.tokens:
            self.tokens[person] = sign_in(self.cloud, create_user(self.cloud, person), PASSWORD)
        return self.tokens[person]

    def call(
        self,
        area: str,
        name: str,
        person: PersonId | None,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> Answer:
        """Call an operation over HTTP; `token` instead of the person's own."""
        op = operation(area, name)
        bearer = token if token is not None else self.token(person) if person else None
        authorization = {"authorization": f"Bearer {bearer}"} if bearer is not None else {}
        kind = "application/x-www-form-urlencoded" if op.form else "application/json"
        reply = httpx.request(
            op.method,
            f"{self.cloud.endpoint}/{area}{op.path.format(**(path or {}))}",
            params=dict(query or {}),
            content=body if body is None or op.form else json.dumps(body),
            headers={"content-type": kind, **authorization, **(headers or {})},
            timeout=60,
        )
        is_json = "json" in reply.headers.get("content-type", "")
        return Answer(
            reply.status_code, dict(reply.headers), reply.json() if is_json and reply.content else reply.text
        )

    def invoke(self, area: str, function: str, event: Mapping[str, Any] | None = None) -> None:
        """Start a function as its schedule would."""
        reply = self.cloud.client("lambda").invoke(
            FunctionName=f"skolkit-{area}-{function}", Payload=json.dumps(event or {}).encode()
        )
        assert "FunctionError" not in reply, reply["Payload"].read()

    def lessons_now(self, count: int) -> list[Lesson]:
        """Give the class `count` lessons that have just been, and wait until they have sheets.

        The day cannot be chosen on a running system, so the lessons are: between midnight and this minute.
        """
        end = now().replace(second=0, microsecond=0)
        midnight = datetime.combine(end.astimezone(LOCAL).date(), datetime.min.time(), LOCAL)
        while (end - midnight) < timedelta(minutes=3 * count):
            time.sleep(20)
            end = now().replace(second=0, microsecond=0)
        minutes = min(40, int((end - midnight).total_seconds() // 60) // count - 1)
        mine = self.world.of_class()[0]
        rows = []
        for n in range(count):
            start = end - (count - n) * timedelta(minutes=minutes + 1)
            rows.append(
                {
                    "id": new_id(), "group": mine.group, "unit": self.world.unit, "subjectCode": "MA",
                    "subject": "Matematik", "teachers": list(mine.teachers), "start": start.isoformat(),
                    "end": (start + timedelta(minutes=minutes)).isoformat(), "room": "A1",
                }
            )  # fmt: skip
        import_files(self.cloud, {f"timetable/lessons/{new_id()}.jsonl": rows})
        lessons = list(lessons_of(rows))
        eventually(
            lambda: (
                self.call(
                    "attendance", "open_lesson", mine.teachers[0], path={"lesson": lessons[-1].id}
                ).status
                == 200
            )
        )
        return lessons


def start(cloud: Cloud, push: PushService, receiver: Receiver) -> Deployed:
    """Deploy everything and import one school."""
    lay(cloud, push, receiver)
    world, files = imagine()
    for group in files:
        import_files(cloud, group)
    made = Deployed(cloud, world, push, receiver)
    lesson = world.of_class()[-1]
    eventually(
        lambda: (
            made.call("attendance", "open_lesson", lesson.teachers[0], path={"lesson": lesson.id}).status
            == 200
        )
    )
    return made


def lay(cloud: Cloud, push: PushService, receiver: Receiver) -> None:
    """Deploy everything. What starts at an hour of the day is started by the tests alone, and nobody is left
    alone at night: else who is told of what would depend on when they run.
    """
    told = {"PushServices": push.origin, "WebhookOrigins": receiver.origin}
    parameters = PARAMETERS | told | {"QuietHours": "00:00-00:00"}
    deploy(cloud, assembly(layers.LOCAL), parameters, lambda _: None)
    scheduler = cloud.client("scheduler")
    for page in scheduler.get_paginator("list_schedules").paginate():
        for one in page["Schedules"]:
            known = scheduler.get_schedule(Name=one["Name"], GroupName=one["GroupName"])
            kind, hours, *_ = re.split("[( ]", known["ScheduleExpression"])[::2]
            if kind == "cron" and hours != "*":
                kept = {key: known[key] for key in KEPT if key in known}
                scheduler.update_schedule(**kept, State="DISABLED")


def import_files(cloud: Cloud, files: Mapping[str, Any]) -> None:
    """Drop files in the imports bucket and wait until they are taken without a fault."""
    Drop(cloud, lambda *_: None, total=len(files)).take(dict(files))


def create_user(cloud: Cloud, person: PersonId) -> str:
    """A user of the pool who is this person; returns the user name."""
    cognito = cloud.client("cognito-idp")
    pool = next(
        p["Id"] for p in cognito.list_user_pools(MaxResults=60)["UserPools"] if p["Name"] == "skolkit"
    )
    user = f"{person}@example.org"
    try:
        cognito.admin_create_user(
            UserPoolId=pool, Username=user, MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "custom:person", "Value": person}],
        )  # fmt: skip
        cognito.admin_set_user_password(UserPoolId=pool, Username=user, Password=PASSWORD, Permanent=True)
    except cognito.exceptions.UsernameExistsException:
        pass
    return user


def eventually(question: Callable[[], T], patience: float = PATIENCE) -> T:
    """The first truthy answer; fails when none comes in time."""
    until = time.monotonic() + patience
    while True:
        if answer := question():
            return answer
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.2)
