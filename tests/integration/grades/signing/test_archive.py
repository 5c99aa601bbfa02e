"""What an archive asks of the files (PDF/A-3a, PDF/UA-1), as veraPDF sees it where there is one: `VERAPDF`
names its command.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from skolkit.types import PersonId
from tests.integration.grades.signing.test_pages import decided, told
from tests.integration.grades.signing.test_pages import fetched as page_of
from tests.support.areas import deliver
from tests.support.grade_book import put
from tests.support.grade_papers import ask_one, documents, ended, fetched, link, publish, work
from tests.support.grading import Graded, certify, teach

VERAPDF = os.environ.get("VERAPDF", "")


def document(school: Graded, pupil: PersonId, kind: str, **more: object) -> bytes:
    """A document that the principal issues."""
    work(ask_one(school, school.principal, pupil, kind, **more))
    made = next(one for one in documents(pupil, school.principal) if one["kind"] == kind)
    return fetched(link(pupil, made["id"], school.principal).body["url"])


@pytest.mark.skipif(not VERAPDF, reason="VERAPDF names no veraPDF")
def test_everything_that_is_kept_is_for_archives_and_for_all(school: Graded, tmp_path: Path) -> None:
    first, second = school.teachers[:2]
    certify(second, "MA")
    teach(school, "MA", [first, second])
    pupils = decided(school)  # the second teacher agrees after the first
    assert school.set(second, dict.fromkeys(pupils, "C")).status == 201
    assert deliver("grades", "write_page", *told("GradesDecided")) == []
    publish(school)
    one, leaver = pupils[0], PersonId(pupils[1])
    put(leaver, school.world.unit, ("MA", "B"), ("EN", "A"))
    ended(school, leaver)
    files = {
        "page": page_of(school),
        "term": document(school, PersonId(one), "termGrades", period=school.period),
        "extract": document(school, PersonId(one), "catalogueExtract"),
        "final": document(school, leaver, "finalGrades"),
    }
    paths = []
    for name, content in files.items():
        paths.append(tmp_path / f"{name}.pdf")
        paths[-1].write_bytes(content)
    for flavour in ("3a", "ua1"):
        done = subprocess.run(
            [VERAPDF, "--flavour", flavour, "--format", "text", *map(str, paths)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout.count("PASS ") == len(paths), done.stdout + done.stderr
