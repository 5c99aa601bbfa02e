"""How often clients ask, and what of: counters that are added to, never read before they are written, so that
whoever only reads may keep them (the reader's rights are for `USE#…` alone).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from functions.exchange.domain.uses import DayUse
from functions.exchange.store import ExchangeItem
from skolkit.clock import stamp, today
from skolkit.config import table_name
from skolkit.cursor import seal, unseal
from skolkit.table import dynamodb

DAYS = 400


class MinuteUseItem(ExchangeItem, discriminator="exchange_use_minute"):
    """Requests of a client in one minute."""

    requests = NumberAttribute()


class DayUseItem(ExchangeItem, discriminator="exchange_use_day"):
    """What a client has fetched of a resource in a day."""

    requests = NumberAttribute(default=0)
    entities = NumberAttribute(default=0)
    refusals = NumberAttribute(default=0)
    last_at = UnicodeAttribute()


def count_request(client: str, at: datetime) -> int:
    """Count a request of a client; how many it has made this minute. One update."""
    expires = int((at + timedelta(minutes=10)).timestamp())
    found = _add(MinuteUseItem, client, f"MINUTE#{at:%Y-%m-%dT%H:%M}", expires, {"requests": 1}, {})
    return int(found["requests"]["N"])


def count_answer(client: str, resource: str, at: datetime, *, entities: int, refused: bool) -> None:
    """Count an answer, under the Swedish day it was given. One update."""
    expires = int((at + timedelta(days=DAYS)).timestamp())
    more = {"requests": 1, "entities": entities, "refusals": int(refused)}
    sk = f"DAY#{today(at).isoformat()}#{resource}"
    _add(DayUseItem, client, sk, expires, more, {"last_at": stamp(at)})


def page_of_days(
    client: str, cursor: str | None, limit: int, *bound_to: str
) -> tuple[list[DayUse], str | None]:
    """What a client has fetched, newest day first, and the cursor of the next page. One query."""
    found: Any = DayUseItem.query(
        _use(client), DayUseItem.sk.startswith("DAY#"), limit=limit, page_size=limit,
        scan_index_forward=False, last_evaluated_key=unseal(cursor, *bound_to),
    )  # fmt: skip
    return [_day(item) for item in found], seal(found.last_evaluated_key, *bound_to)


def _day(item: DayUseItem) -> DayUse:
    _, day, resource = item.sk.split("#", 2)
    return DayUse(
        day=datetime.fromisoformat(day).date(), resource=resource, requests=int(item.requests),
        entities=int(item.entities), refusals=int(item.refusals),
        last_at=datetime.fromisoformat(item.last_at),
    )  # fmt: skip


def _use(client: str) -> str:
    return f"USE#{client}"


def _add(
    kind: type[ExchangeItem], client: str, sk: str, expires: int, more: dict[str, int], said: dict[str, str]
) -> dict[str, Any]:
    texts = {name: {"S": text} for name, text in (said | {"kind": kind.kind_name()}).items()}
    values = texts | {name: {"N": str(number)} for name, number in (more | {"expires": expires}).items()}
    adds = ", ".join(f"#{name} :{name}" for name in more)
    sets = ", ".join(f"#{name} = :{name}" for name in (*texts, "expires"))
    reply = dynamodb().update_item(
        TableName=table_name("exchange"), Key={"pk": {"S": _use(client)}, "sk": {"S": sk}},
        UpdateExpression=f"ADD {adds} SET {sets}", ReturnValues="UPDATED_NEW",
        ExpressionAttributeNames={f"#{name}": name for name in values},
        ExpressionAttributeValues={f":{name}": value for name, value in values.items()},
    )  # fmt: skip
    found: dict[str, Any] = reply["Attributes"]
    return found
