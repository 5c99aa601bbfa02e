"""The organisation's part of SS 12000:2020 (API 2.1.0): what each resource of its is made from."""

from __future__ import annotations

from functions.organisation.ss12000.units import ORGANISATIONS

RESOURCES = {"organisations": ORGANISATIONS}
