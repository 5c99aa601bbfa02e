"""SS 12000 for writing (process 35): attendance, absence, comings and goings, homes' weeks."""

from __future__ import annotations

from typing import Any

from functions.attendance.ss12000 import BODIES
from functions.exchange.app.base import standard
from functions.exchange.domain.clients import ClientRefused
from functions.exchange.usecases import writing as usecases
from skolkit.errors import NotFound
from skolkit.http import Rendered, Request

WRITE = "skolkit/ss12000.write"
KEPT = ("absences",)
"""What the standard lets nobody delete."""


def _declare(name: str) -> None:
    def write(request: Request[Any, None]) -> Rendered:
        return usecases.write_entity(request, name)

    def delete(request: Request[Any, None]) -> None:
        usecases.delete_entity(request, name)

    write.__name__, write.__doc__ = f"write_{name}", f"Write one of {name}"
    standard.operation(
        "POST", f"/{name}", process=35, scope=WRITE, body=BODIES[name], answer=Rendered,
        errors=(ClientRefused, NotFound),
    )(write)  # fmt: skip
    if name in KEPT:
        return
    delete.__name__, delete.__doc__ = f"delete_{name}", f"Take back one of {name}"
    standard.operation(
        "DELETE", f"/{name}/{{id}}", process=35, scope=WRITE, status=204, errors=(ClientRefused, NotFound)
    )(delete)


for _name in BODIES:
    _declare(_name)
