"""Table of contents of the register: one module per process."""

from __future__ import annotations

from functions.register.app import people, records
from functions.register.app.base import api, app, on, relay
from functions.register.app.data_protection import answer_extract
from functions.register.app.enrolment import follow_rollover
from functions.register.app.leaving import open_leaving, write_handover, write_notice
from functions.register.app.population import import_population, take_population
from functions.register.app.tables import import_people
from functions.register.app.watch import review_watch, run_watch, watch_residents

__all__ = [
    "answer_extract",
    "api",
    "app",
    "follow_rollover",
    "import_people",
    "import_population",
    "on",
    "open_leaving",
    "people",
    "records",
    "relay",
    "review_watch",
    "run_watch",
    "take_population",
    "watch_residents",
    "write_handover",
    "write_notice",
]
