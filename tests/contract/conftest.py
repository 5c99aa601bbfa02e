"""Contract tests: what the operations, facts and rights promise, kept by all areas."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functions.attendance.usecases import lesson_check_in, lesson_reports, lessons
from infra.local.cloud import Cloud
from tests.support.fixtures import lay_tables
from tests.support.schools import Schools, make_schools
from tests.support.stored import Undo, stored


@pytest.fixture(scope="module")
def tables(cloud: Cloud) -> Cloud:
    """The tables, laid once per module: what is promised is asked many times of the same people."""
    lay_tables(cloud)
    return cloud


@pytest.fixture(scope="module")
def schools(tables: Cloud) -> Schools:
    """Two schools and everybody around one pupil."""
    return make_schools(tables)


@pytest.fixture(scope="module")
def undo(schools: Schools) -> Iterator[Undo]:
    """Knows every row as it was when the schools had been made."""
    made = Undo(stored())
    yield made
    made.close()


@pytest.fixture
def clean(schools: Schools, undo: Undo, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put back what a test changes. The lessons have begun, whatever the clock says."""
    for module in (lessons, lesson_reports):
        monkeypatch.setattr(module, "now", lambda: max(schools.lesson.end, schools.reported.end))
    monkeypatch.setattr(lesson_check_in, "now", lambda: schools.lesson.start)
    yield
    undo.undo()
