"""Table of contents of the register: who people are, who has custody, where they are enrolled (processes 2
and 3).
"""

from __future__ import annotations

from functions.register.domain import enrolment as rules
from functions.register.domain.search import NothingToFind
from functions.register.events import TableAsked
from functions.register.imports.people import PEOPLE
from functions.register.schemas import tables as tables_schemas
from functions.register.schemas.contacts import ContactChange, ContactView
from functions.register.schemas.enrolment import EnrolmentView, NewEnrolment
from functions.register.schemas.people import Children, PersonView
from functions.register.schemas.search import Search, SearchPage
from functions.register.usecases import contacts, enrolment, people, search, tables
from skolkit import imports
from skolkit.cursor import BadCursor
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Api, Request
from skolkit.jobs import JobView
from skolkit.table_jobs import NothingToUndo, NothingUploaded
from skolkit.triggers import DroppedFile, Triggers
from skolkit.types import PersonId

api = Api(
    "register",
    "Elever och vårdnadshavare",
    uses=("kms:Encrypt", "s3:GetObject", "s3:PutObject"),
    reader_uses=("s3:GetObject",),
)
app = api.app
on = Triggers(app)
relay = on.relay_outbox()


@api.operation("GET", "/v1/me/children", process=2, answer=Children)
def list_my_children(request: Request[None, None]) -> Children:
    """The children in the caller's custody"""
    return people.list_my_children(request.caller)


@api.operation("GET", "/v1/persons/{person}", process=2, answer=PersonView, errors=(NotFound,))
def read_person(request: Request[None, None]) -> PersonView:
    """A person and where they go to school"""
    return people.read_person(request.caller, PersonId(request.id("person")))


@api.operation("GET", "/v1/persons/{person}/contacts", process=2, answer=ContactView, errors=(NotFound,))
def read_contacts(request: Request[None, None]) -> ContactView:
    """How a person may be reached"""
    return contacts.read_contacts(request.caller, PersonId(request.id("person")))


@api.operation(
    "PUT", "/v1/persons/{person}/contacts", process=2, versioned=True,
    body=ContactChange, answer=ContactView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def change_contacts(request: Request[ContactChange, None]) -> ContactView:
    """Set one's own mail, telephone and language"""
    person = PersonId(request.id("person"))
    return contacts.change_contacts(request.caller, person, request.body, request.version)


@api.operation(
    "POST", "/v1/persons/{person}/enrolments", process=3, status=201, keyed=True,
    body=NewEnrolment, answer=EnrolmentView,
    errors=(
        NotFound, ChangedMeanwhile, rules.UnknownUnit, rules.EndsBeforeStart, rules.BeforeBirth,
        rules.AlreadyEnrolled,
    ),
)  # fmt: skip
def enrol_pupil(request: Request[NewEnrolment, None]) -> EnrolmentView:
    """Enrol a pupil at a school unit"""
    assert request.key
    return enrolment.enrol_pupil(request.caller, PersonId(request.id("person")), request.body, request.key)


@api.operation(
    "POST", "/v1/searches", process=2, body=Search, answer=SearchPage,
    errors=(NotFound, NothingToFind, BadCursor),
)  # fmt: skip
def search_people(request: Request[Search, None]) -> SearchPage:
    """Find people; a POST, since names and numbers must not be in addresses"""
    return search.search_people(request.caller, request.body)


@api.operation(
    "GET", "/v1/tables/{table}/template", process=2, query=tables_schemas.FormatQuery,
    answer=tables_schemas.TemplateView, errors=(NotFound,),
)  # fmt: skip
def read_template(request: Request[None, tables_schemas.FormatQuery]) -> tables_schemas.TemplateView:
    """An empty table to fill in, for people (`persons`) or `enrolments`"""
    return tables.read_template(request.caller, request.path["table"], request.query)


@api.operation(
    "POST", "/v1/uploads", process=2, status=201, body=tables_schemas.NewUpload,
    answer=tables_schemas.UploadView, errors=(NotFound,),
)  # fmt: skip
def start_upload(request: Request[tables_schemas.NewUpload, None]) -> tables_schemas.UploadView:
    """A place to send a table's file to"""
    return tables.start_upload(request.caller, request.body)


@api.operation(
    "POST", "/v1/uploads/{upload}/trials", process=2, status=202, keyed=True,
    body=tables_schemas.Mapping, answer=JobView, errors=(NotFound, NothingUploaded),
)  # fmt: skip
def try_table(request: Request[tables_schemas.Mapping, None]) -> JobView:
    """Find out what an uploaded table would change"""
    assert request.key
    return tables.try_table(request.caller, request.id("upload"), request.body, request.key)


@api.operation(
    "POST", "/v1/uploads/{upload}/imports", process=2, status=202, keyed=True,
    body=tables_schemas.Mapping, answer=JobView, errors=(NotFound, NothingUploaded),
)  # fmt: skip
def import_table(request: Request[tables_schemas.Mapping, None]) -> JobView:
    """Take an uploaded table in"""
    assert request.key
    return tables.import_table(request.caller, request.id("upload"), request.body, request.key)


@api.operation(
    "POST", "/v1/table-jobs/{job}/undo", process=2, status=202, keyed=True, answer=JobView,
    errors=(NotFound, NothingToUndo),
)  # fmt: skip
def undo_import(request: Request[None, None]) -> JobView:
    """Take an import back, as far as nobody has changed anything since"""
    assert request.key
    return tables.undo_import(request.caller, request.id("job"), request.key)


@api.operation(
    "POST", "/v1/exports", process=2, status=202, keyed=True, body=tables_schemas.NewExport,
    answer=JobView, errors=(NotFound,),
)  # fmt: skip
def export_table(request: Request[tables_schemas.NewExport, None]) -> JobView:
    """Ask for a table of a unit's pupils; protected ones are not in it"""
    assert request.key
    return tables.export_table(request.caller, request.body, request.key)


@api.operation("GET", "/v1/table-jobs/{job}", process=2, answer=JobView, errors=(NotFound,))
def read_table_job(request: Request[None, None]) -> JobView:
    """How far a trial, an import, an undoing or an export has come"""
    return tables.read_table_job(request.caller, request.id("job"))


@api.operation(
    "GET", "/v1/table-jobs/{job}/rows", process=2, query=tables_schemas.RowQuery,
    answer=tables_schemas.TableRowPage, errors=(NotFound, BadCursor),
)  # fmt: skip
def list_table_rows(request: Request[None, tables_schemas.RowQuery]) -> tables_schemas.TableRowPage:
    """What each row of a table does"""
    return tables.list_table_rows(request.caller, request.id("job"), request.query)


@api.operation(
    "GET", "/v1/table-jobs/{job}/file", process=2, query=tables_schemas.FileQuery,
    answer=tables_schemas.FileLink, errors=(NotFound,),
)  # fmt: skip
def link_table_file(request: Request[None, tables_schemas.FileQuery]) -> tables_schemas.FileLink:
    """A link to a report, to the refused rows or to an export"""
    return tables.link_table_file(request.caller, request.id("job"), request.query.name)


@on.on_facts(
    "register.TableAsked.v1",
    process=2,
    timeout=900,
    memory=1024,
    batch=1,
    runbook="import",
    uses=("kms:Encrypt", "s3:GetObject", "s3:PutObject"),
    meaning="En inlämnad tabell är inte inläst, eller ett uttag inte skrivet. Se jobbets utfall.",
)
def work_on_tables(envelope: Envelope) -> None:
    """Try, take, undo or give out a table."""
    tables.work(TableAsked.model_validate(envelope.data))


@on.on_file(
    "register/persons/",
    process=2,
    uses=("kms:Encrypt",),
    meaning="Elever och vårdnadshavare i den inlämnade filen är inte inlästa. Se rapporten under reports/.",
)
def import_people(file: DroppedFile) -> None:
    """Take a file of people, with custody and enrolments."""
    imports.run(file, PEOPLE)
