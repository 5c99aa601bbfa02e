"""The bus's archive: beginning, following and cancelling a replay."""

from __future__ import annotations

from datetime import datetime

from functions.exchange.domain.replays import Replay, State
from skolkit.aws import client
from skolkit.config import bus_arn, settings

_OVER = {"IllegalStatusException", "ResourceNotFoundException", "ValidationException"}


def begin(replay: Replay) -> None:
    """Tell its facts again; one that has begun already is left alone.

    Whatever else AWS answers is no refusal: the request would be answered as if it had been heard, since it
    has been written down. It fails, and is begun when it comes again.
    """
    from botocore.exceptions import ClientError

    bus = bus_arn()
    place, name = bus.rpartition(":")[0], settings().bus
    rules = [f"{place}:rule/{name}/skolkit-{target.replace('.', '-', 1)}" for target in replay.targets]
    try:
        client("events").start_replay(
            ReplayName=_name(replay), EventSourceArn=f"{place}:archive/{name}",
            EventStartTime=replay.start, EventEndTime=replay.end,
            Destination={"Arn": bus, "FilterArns": rules},
        )  # fmt: skip
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise


def follow(replay: Replay) -> tuple[State, datetime | None]:
    """How it goes and how far it has come."""
    from botocore.exceptions import ClientError

    try:
        found = client("events").describe_replay(ReplayName=_name(replay))
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return "cancelled" if replay.cancelled_by else "unknown", None
    return found["State"].lower(), found.get("EventLastReplayedTime")


def cancel(replay: Replay) -> None:
    """Stop it where it is; what has ended meanwhile has ended."""
    from botocore.exceptions import ClientError

    try:
        client("events").cancel_replay(ReplayName=_name(replay))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _OVER:
            raise


def _name(replay: Replay) -> str:
    return f"{settings().bus}-{replay.id}"
