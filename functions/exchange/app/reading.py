"""SS 12000 for reading (process 35): a list, one entity and a lookup of every resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from functions.exchange.app.base import standard
from functions.exchange.domain.clients import AttributeWithheld, ClientRefused, TooManyRequests
from functions.exchange.schemas import standard as schemas
from functions.exchange.usecases import standard as usecases
from functions.exchange.usecases.resources import RESOURCES
from functions.exchange.usecases.uses import counted
from skolkit.cursor import BadCursor
from skolkit.errors import NotFound
from skolkit.http import Rendered, Request

READ = "skolkit/ss12000.read"
NO_LOOKUP = ("studyplans", "aggregatedAttendance")
NO_ENTITY = ("aggregatedAttendance",)


def _serve(
    id: str, method: str, path: str, summary: str, act: Callable[[Request[Any, Any], str], Rendered],
    resource: str, **declared: Any,
) -> None:  # fmt: skip
    def handle(request: Request[Any, Any]) -> Rendered:
        return counted(act, request, resource)

    handle.__name__, handle.__doc__ = id, summary
    standard.operation(method, path, process=35, scope=READ, answer=Rendered, **declared)(handle)


def _declare(name: str) -> None:
    _serve(
        f"list_{name}", "GET", f"/{name}", f"A page of {name}", usecases.list_entities, name,
        query=schemas.listing(name),
        errors=(ClientRefused, AttributeWithheld, TooManyRequests, usecases.TokenCombined, BadCursor),
    )  # fmt: skip
    if name not in NO_ENTITY:
        _serve(
            f"read_{name}", "GET", f"/{name}/{{id}}", f"One of {name}", usecases.read_entity, name,
            query=schemas.shown(name), errors=(ClientRefused, TooManyRequests, NotFound),
        )  # fmt: skip
    if name not in NO_LOOKUP:
        _serve(
            f"lookup_{name}", "POST", f"/{name}/lookup", f"Many of {name}", usecases.lookup_entities, name,
            query=schemas.shown(name), body=schemas.lookup(name),
            errors=(ClientRefused, AttributeWithheld, TooManyRequests, usecases.TooLarge),
        )  # fmt: skip


for _name in RESOURCES:
    _declare(_name)


@standard.operation(
    "GET", "/deletedEntities", process=35, scope=READ, query=schemas.Deleted, answer=Rendered,
    errors=(ClientRefused, TooManyRequests, usecases.TokenCombined, BadCursor),
)  # fmt: skip
def list_deletedEntities(request: Request[None, schemas.Deleted]) -> Rendered:  # noqa: N802 - the standard's name
    """What is not there any more"""
    return counted(lambda asked, _: usecases.list_deleted(asked), request, "deletedEntities")
