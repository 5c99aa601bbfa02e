"""An area with many processes has a module per process under `app/`; an HTTP function loads only those that
serve what it is asked for, so that a cold start costs one process and not the whole area (measured: half).

    # functions/<area>/app/__init__.py
    app = serve(__name__)
    __getattr__ = whole(__name__)

`parts.json` beside it says which module serves which route; `infra.generate` writes it from the operations.
`base` holds the `api` that all modules declare on.
"""

from __future__ import annotations

import json
import pkgutil
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

ROUTES = "parts.json"


def serve(package: str) -> Callable[[dict[str, Any], Any], Any]:
    """The handler of the package's HTTP functions."""
    routes: dict[str, str] = {}

    def handle(event: dict[str, Any], context: Any) -> Any:
        if not routes:
            routes.update(json.loads((_home(package) / ROUTES).read_bytes()))
        part = routes.get(f"{event['httpMethod']} {event['requestContext']['resourcePath']}")
        if part:
            import_module(f"{package}.{part}")
        return import_module(f"{package}.base").app(event, context)

    return handle


def whole(package: str) -> Callable[[str], Any]:
    """What the package has by name (`api`, `on`, the functions that start by themselves), all parts loaded:
    for infrastructure, for those functions, and for tests.
    """

    def find(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        for part in every(package):
            if hasattr(part, name):
                return getattr(part, name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return find


def every(package: str) -> list[ModuleType]:
    """All modules of a package, loaded: rows of a table are read by their kind, which must be known."""
    return [import_module(f"{package}.{part.name}") for part in pkgutil.iter_modules([str(_home(package))])]


def _home(package: str) -> Path:
    return Path(str(sys.modules[package].__file__)).parent
