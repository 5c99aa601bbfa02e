"""Table of contents of the organisation: one module per process."""

from __future__ import annotations

from functions.organisation.app.base import api, app, on, relay
from functions.organisation.app.data_protection import answer_extract
from functions.organisation.app.groups import (
    end_memberships,
    follow_merge,
    follow_rules,
    import_groups,
    lead_rollover,
    roll_over_unit,
)
from functions.organisation.app.staff import import_duties
from functions.organisation.app.teaching import allocate_electives, import_programmes, import_syllabuses
from functions.organisation.app.units import import_calendars, import_units

__all__ = [
    "allocate_electives",
    "answer_extract",
    "api",
    "app",
    "end_memberships",
    "follow_merge",
    "follow_rules",
    "import_calendars",
    "import_duties",
    "import_groups",
    "import_programmes",
    "import_syllabuses",
    "import_units",
    "lead_rollover",
    "on",
    "relay",
    "roll_over_unit",
]
