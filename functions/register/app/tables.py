"""Files and tables of people (process 2)."""

from __future__ import annotations

from functions.register.app.base import SEALS, api, on
from functions.register.events import PersonProtected, TableAsked
from functions.register.usecases import tables
from functions.register.usecases.tables import DESK
from skolkit import imports
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.jobs import JobView
from skolkit.tables import shapes
from skolkit.tables.desk import FileGone, NothingToUndo
from skolkit.tables.intake import NothingUploaded
from skolkit.triggers import DroppedFile


@on.on_file(
    "register/persons/",
    process=2,
    uses=SEALS,
    meaning="Elever och vårdnadshavare i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_people(file: DroppedFile) -> None:
    """Take a file of people, with custody and enrolments."""
    from functions.register.imports.people import PEOPLE

    imports.run(file, PEOPLE)


@api.operation(
    "GET", "/v1/tables/{table}/template", process=2,
    query=shapes.FormatQuery, answer=shapes.TemplateView, errors=(NotFound,),
)  # fmt: skip
def read_template(request: Request[None, shapes.FormatQuery]) -> shapes.TemplateView:
    """An empty table with its headings, as a file"""
    return DESK.read_template(request.caller, request.path["table"], request.query)


@api.operation(
    "POST", "/v1/tables/{table}/uploads", process=2, status=201, keyed=True,
    body=shapes.NewUpload, answer=shapes.UploadView, errors=(NotFound,),
)  # fmt: skip
def start_upload(request: Request[shapes.NewUpload, None]) -> shapes.UploadView:
    """Get a form by which a table can be sent"""
    assert request.key
    return DESK.start_upload(request.caller, request.path["table"], request.body, request.key)


@api.operation(
    "POST", "/v1/table-uploads/{upload}/trial", process=2, status=202, keyed=True,
    body=shapes.Mapping, answer=JobView, errors=(NotFound, ChangedMeanwhile, NothingUploaded),
)  # fmt: skip
def try_table(request: Request[shapes.Mapping, None]) -> JobView:
    """Find out what a table would change"""
    assert request.key
    return DESK.take(request.caller, "try_table", request.id("upload"), request.body, request.key)


@api.operation(
    "POST", "/v1/table-uploads/{upload}/import", process=2, status=202, keyed=True,
    body=shapes.Mapping, answer=JobView, errors=(NotFound, ChangedMeanwhile, NothingUploaded),
)  # fmt: skip
def import_table(request: Request[shapes.Mapping, None]) -> JobView:
    """Take a table in"""
    assert request.key
    return DESK.take(request.caller, "import_table", request.id("upload"), request.body, request.key)


@api.operation(
    "POST", "/v1/table-jobs/{job}/undo", process=2, status=202, keyed=True,
    answer=JobView, errors=(NotFound, NothingToUndo),
)  # fmt: skip
def undo_import(request: Request[None, None]) -> JobView:
    """Take an import back, except for what has been changed since"""
    assert request.key
    return DESK.undo_import(request.caller, request.id("job"), request.key)


@api.operation(
    "POST", "/v1/tables/{table}/exports", process=2, status=202, keyed=True,
    body=shapes.NewExport, answer=JobView, errors=(NotFound,),
)  # fmt: skip
def export_table(request: Request[shapes.NewExport, None]) -> JobView:
    """Give a table out, of a unit or of the whole municipality"""
    assert request.key
    return DESK.export_table(request.caller, request.path["table"], request.body, request.key)


@api.operation("GET", "/v1/table-jobs/{job}", process=2, answer=JobView, errors=(NotFound,))
def read_table_job(request: Request[None, None]) -> JobView:
    """How far a table's trial, import, undoing or export has come"""
    return DESK.read_job(request.caller, request.id("job"))


@api.operation(
    "GET", "/v1/table-jobs/{job}/rows", process=2,
    query=shapes.RowQuery, answer=shapes.TableRowPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_table_rows(request: Request[None, shapes.RowQuery]) -> shapes.TableRowPage:
    """What each row of a table does or did"""
    return DESK.list_rows(request.caller, request.id("job"), request.query)


@api.operation(
    "POST", "/v1/table-jobs/{job}/link", process=2,
    body=shapes.FileName, answer=shapes.FileLink, errors=(NotFound, FileGone),
)  # fmt: skip
def link_table_file(request: Request[shapes.FileName, None]) -> shapes.FileLink:
    """A link to fetch a table's report or export, for five minutes"""
    return DESK.link_file(request.caller, request.id("job"), request.body.name)


@on.on_facts(
    TableAsked.type, process=2, timeout=900, memory=1024, batch=1, runbook="tables",
    uses=(
        *SEALS, "s3:GetObject tables", "s3:GetObject uploads", "s3:PutObject tables",
        "s3:DeleteObject tables", "dynamodb:DeleteItem keys",
    ),
    meaning="En tabell läses inte in, ångras inte eller lämnas inte ut. Det som hunnit göras är helt.",
)  # fmt: skip
def work_on_tables(envelope: Envelope) -> None:
    """Try, take, undo or give out a table."""
    tables.work_on_tables(TableAsked.model_validate(envelope.data))


@on.on_facts(
    "register.PersonProtected.v1", process=2, timeout=300, runbook="tables",
    uses=(
        "s3:GetObject tables", "s3:PutObject tables", "s3:DeleteObject tables", "s3:DeleteObject uploads",
    ),
    meaning="Filer ur tabeller visar fortfarande någon som har fått skyddade personuppgifter.",
)  # fmt: skip
def withdraw_tables(envelope: Envelope) -> None:
    """Withdraw the files that show somebody who has become protected."""
    tables.withdraw_tables(PersonProtected.model_validate(envelope.data))
