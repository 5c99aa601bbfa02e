"""Table of contents of the register: one module per process."""

from __future__ import annotations

from functions.register.app import people, records
from functions.register.app.base import api, app, on, relay
from functions.register.app.data_protection import answer_extract
from functions.register.app.enrolment import follow_rollover
from functions.register.app.leaving import open_leaving, write_handover, write_notice
from functions.register.app.tables import import_people

__all__ = [
    "answer_extract",
    "api",
    "app",
    "follow_rollover",
    "import_people",
    "on",
    "open_leaving",
    "people",
    "records",
    "relay",
    "write_handover",
    "write_notice",
]
