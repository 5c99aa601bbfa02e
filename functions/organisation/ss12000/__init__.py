"""The organisation's part of SS 12000:2020 (API 2.1.0): what each resource of its is made from."""

from __future__ import annotations

from functions.organisation.ss12000.activities import ACTIVITIES
from functions.organisation.ss12000.catalogue import OFFERINGS, PROGRAMMES, SYLLABUSES
from functions.organisation.ss12000.duties import DUTIES, assignment_roles_in, duties_of
from functions.organisation.ss12000.groups import GROUPS, memberships_of
from functions.organisation.ss12000.study_plans import STUDY_PLANS
from functions.organisation.ss12000.units import ORGANISATIONS

__all__ = ["RESOURCES", "assignment_roles_in", "duties_of", "memberships_of"]

RESOURCES = {
    "organisations": ORGANISATIONS,
    "groups": GROUPS,
    "duties": DUTIES,
    "activities": ACTIVITIES,
    "programmes": PROGRAMMES,
    "studyplans": STUDY_PLANS,
    "syllabuses": SYLLABUSES,
    "schoolUnitOfferings": OFFERINGS,
}
