"""The organisation's part of a register extract: a person's groups and duties."""

from __future__ import annotations

from functions.organisation.store.base import OrganisationItem
from functions.organisation.store.duties import DutyItem
from functions.organisation.store.groups import PartsItem, wanted_groups
from functions.organisation.store.units import wanted_units
from skolkit.extracts import Requested, Section, section
from skolkit.table import fetch
from skolkit.types import GroupId, UnitId

_PARTS = {"member": "elev", "mentor": "mentor", "teacher": "lärare"}


def gather(asked: Requested) -> list[Section]:
    """Groups of all times, by name, and duties. One consistent query and a batch of groups."""
    rows = list(OrganisationItem.query(f"PERSON#{asked.person}", consistent_read=True))
    parts = [part for row in rows if isinstance(row, PartsItem) for part in row.parts]
    duties = [row for row in rows if isinstance(row, DutyItem)]
    groups, units = fetch(
        wanted_groups([GroupId(group) for group, *_ in parts]),
        wanted_units([UnitId(duty.unit) for duty in duties if duty.unit]),
    )
    dates = {"start": ("Från", "From"), "end": ("Till", "To")}
    return [
        section(
            "organisation.group", "Klasser och grupper", "Classes and groups",
            {"group": ("Grupp", "Group"), "part": ("Del", "Part"), **dates},
            [
                [groups[id].name if id in groups else id, _PARTS.get(part, part), start, end]
                for id, part, start, end in parts
            ],
        ),
        section(
            "organisation.duty", "Tjänster", "Duties",
            {"role": ("Tjänst", "Duty"), "unit": ("Skolenhet", "School unit"), **dates},
            [
                [duty.role, units[duty.unit].name if duty.unit in units else duty.unit, duty.start, duty.end]
                for duty in duties
            ],
        ),
    ]  # fmt: skip
