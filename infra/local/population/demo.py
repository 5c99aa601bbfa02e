"""Ekhamra, the fictional municipality that `make run` starts with."""

from __future__ import annotations

from infra.local.population.model import SchoolUnit
from skolkit.sweden.codes import MunicipalityCode, SchoolForm, SchoolUnitCode

# No county has the number 99 and no unit of the register these codes: nobody can take Ekhamra for a real
# place.
_EKHAMRA = MunicipalityCode("9999")
_FORMS = (SchoolForm.PRESCHOOL_CLASS, SchoolForm.COMPULSORY)

DEMO_UNITS = tuple(
    SchoolUnit(
        code=SchoolUnitCode(code),
        name=name,
        municipality_code=_EKHAMRA,
        school_forms=_FORMS if years[0] == 0 else _FORMS[1:],
        address=f"{street}, Ekhamra",
        lat=lat,
        lon=lon,
        pupil_count=pupil_count,
        years=tuple(years),
    )
    for code, name, street, lat, lon, pupil_count, years in (
        ("99990017", "Ekhamra centralskola", "Skolgatan 4", 59.2011, 15.8012, 412, range(10)),
        ("99990025", "Sjövikens skola", "Strandstigen 2", 59.2145, 15.8290, 187, range(7)),
        ("99990033", "Norrtorps skola", "Torpvägen 11", 59.2302, 15.7748, 74, range(4)),
        ("99990041", "Lindbackeskolan", "Lindbacken 1", 59.1934, 15.8177, 231, range(7, 10)),
    )
)
"""Four units with 904 pupils together: one F–9, one F–6, a small one F–3 and one 7–9."""
