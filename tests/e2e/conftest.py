"""End to end: the product on clouds of its own, one that is reached over HTTP and one where every call is
held against the functions' roles, each deployed once for the whole session.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from infra.local.cloud import Cloud, free_port
from skolkit.types import PersonId
from tests.support.areas import Answer, gateway_event, operation
from tests.support.deployed import Deployed, eventually, import_files, lay, start
from tests.support.privacy import details_of, read_logs
from tests.support.push_service import PushService
from tests.support.receivers import Receiver
from tests.support.world import UNIT, imagine


@pytest.fixture(scope="session")
def school() -> Iterator[Deployed]:
    """The product with one school whose pupils no scenario has touched: faults count every notice."""
    with PushService() as push, Receiver() as receiver, Cloud(port=free_port()) as cloud:
        yield start(cloud, push, receiver)


class Behind(Deployed):
    """The product called behind its gateway, as the gateway calls it for somebody it has let in.

    Where roles are evaluated the emulator serves TLS only, and its own authorizer then cannot fetch the
    keys that tokens are checked with; the tokens themselves are asked about over HTTP in `test_tokens.py`.
    """

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
        by: str | None = None,
    ) -> Answer:
        """Call an operation; `by` names the function instead of the one the gateway would choose."""
        assert token is None
        op = operation(area, name)
        event = gateway_event(
            op, person=person, path=path or {}, query=query or {}, body=body, headers=headers or {}
        )
        function = by or ("writer" if op.writes else "reader")
        reply = self.cloud.client("lambda").invoke(
            FunctionName=f"skolkit-{area}-{function}", Payload=json.dumps(event).encode()
        )
        payload = json.loads(reply["Payload"].read())
        assert "FunctionError" not in reply, payload
        text = payload["body"]
        made = {key.lower(): value for key, value in payload["headers"].items()}
        return Answer(payload["statusCode"], made, json.loads(text) if text else text)


@pytest.fixture(scope="session")
def guarded() -> Iterator[Behind]:
    """The product with a small school, where AWS asks every function's role."""
    with PushService() as push, Receiver() as receiver, Cloud(port=free_port(), auth=True) as cloud:
        lay(cloud, push, receiver)
        world, files = imagine(replace(UNIT, pupil_count=24, years=(5,)))
        for group in files:
            import_files(cloud, group)
        made = Behind(cloud, world, push, receiver)
        lesson = world.of_class()[-1]
        eventually(
            lambda: (
                made.call("attendance", "open_lesson", lesson.teachers[0], path={"lesson": lesson.id}).status
                == 200
            )
        )
        yield made
        read_logs(cloud, details_of(world))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What must not be in any log is looked for last, when every other test has had its chance to log it."""
    items.sort(key=lambda item: item.path.name == "test_privacy.py")
