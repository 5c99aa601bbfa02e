"""HTTP operations: one declaration per route validates the request, renders the answer and the refusal, and
is the source of the OpenAPI document, of the functions' scopes and of the authorization test matrix.

An operation's function takes a `Request` and returns a pydantic model (its fields are the answer; one with
`version` becomes the ETag) or None. Refusals are `DomainError`s, rendered as problem+json (RFC 9457) in the
caller's language.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, get_origin
from urllib.parse import parse_qsl

from chalice.app import Chalice, Response
from chalice.app import Request as ChaliceRequest
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from skolkit.errors import (
    Busy,
    DomainError,
    Fault,
    Invalid,
    NotFound,
    Text,
    Unauthenticated,
    Unexpected,
    VersionRequired,
)
from skolkit.idempotency import RequestKey
from skolkit.identity import SCHOOL_SCOPE, Caller
from skolkit.table import AlreadyDone
from skolkit.telemetry import failure, logger
from skolkit.types import is_id

B = TypeVar("B")
Q = TypeVar("Q")
Handler = Callable[..., BaseModel | None]
Headers = dict[str, str | list[str]]

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_JSON = "application/json"
_PROBLEM = "application/problem+json"
_FORM = "application/x-www-form-urlencoded"
MOST_FORM = 2_000  # bytes: pages without sign-in ask for a word or two
_HTML = "text/html; charset=utf-8"
_ICALENDAR = "text/calendar"
# Words of ours are written like `dentalVisit` or `GR`; a capital and small letters could be a name.
_ECHOED = re.compile(
    r"[a-z][A-Za-z]{0,31}|[A-Z]{1,6}|\d{4}-\d{2}-\d{2}(T[0-9:.+Z-]+)?|\d{1,2}:\d{2}|[0-9a-f-]{36}|\d{1,8}"
)


class Shape(BaseModel):
    """Base of request and answer models: camelCase on the wire (as SS 12000), unknown fields are refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, alias_generator=to_camel, populate_by_name=True
    )


class Page(BaseModel):
    """An answer that is a page for people, with the policy of what it may load (Content-Security-Policy)."""

    model_config = ConfigDict(frozen=True)

    html: str
    language: str
    policy: str

    def __init__(self, html: str, language: str, policy: str) -> None:
        super().__init__(html=html, language=language, policy=policy)


class Rendered(BaseModel):
    """An answer that is JSON already, with headers of its own; `count`: how many things are in it, for
    whoever counts.
    """

    model_config = ConfigDict(frozen=True)

    json_text: bytes
    count: int = 0
    headers: Mapping[str, str] = {}


class CalendarFile(BaseModel):
    """An answer that is a file of events (RFC 5545) to take into one's calendar; `method` as in RFC 5546."""

    model_config = ConfigDict(frozen=True)

    ical: str
    name: str
    method: str


@dataclass(frozen=True, slots=True)
class Request(Generic[B, Q]):
    """A validated request. `body`/`query` are instances of the operation's models, or None; `address` is
    where it came from, to be counted and never kept.
    """

    caller: Caller
    path: Mapping[str, str]
    body: B
    query: Q
    if_match: int | None
    key: RequestKey | None
    address: str = ""

    def id(self, name: str) -> str:
        """An id from the path; malformed ones do not exist (`NotFound`)."""
        value = self.path[name]
        if not is_id(value):
            raise NotFound
        return value

    @property
    def version(self) -> int:
        """The version the change is for (`If-Match`). Raises `VersionRequired` without one."""
        if self.if_match is None:
            raise VersionRequired(field="If-Match")
        return self.if_match


@dataclass(frozen=True, slots=True)
class Operation:
    """One route. `id` is the function's name, the OpenAPI operationId, and the name in logs and audit."""

    id: str
    method: str
    path: str
    process: int
    summary: str
    handler: Handler
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    status: int = 200
    scope: str | None = SCHOOL_SCOPE
    errors: tuple[type[DomainError], ...] = ()
    keyed: bool = False
    versioned: bool = False
    form: bool = False

    @property
    def is_page(self) -> bool:
        return self.answer is Page

    @property
    def media(self) -> str:
        """What kind of content the answer is."""
        if self.is_page:
            return "text/html"
        return _ICALENDAR if self.answer is CalendarFile else _JSON

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    @property
    def path_names(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


@dataclass(frozen=True, slots=True)
class Watched:
    """A metric (`skolkit.telemetry.count`) of which the first count alarms; what it means, in Swedish, and
    the runbook.
    """

    metric: str
    meaning: str
    runbook: str


@dataclass
class Api:
    """The HTTP side of one area: its Chalice app and its operations.

    `uses` are IAM actions its writing function needs beyond tables, as on `skolkit.triggers.Trigger`;
    `reader_uses` those of its reading one. An area may have another API under a `base` path of its own,
    `beside` the first and served by the same two functions; `refuse` is how it says no, if not by `problem`.
    """

    area: str
    title: str
    uses: tuple[str, ...] = ()
    reader_uses: tuple[str, ...] = ()
    operations: list[Operation] = field(default_factory=list)
    base: str = ""
    beside: Api | None = None
    refuse: Callable[[DomainError, str], Response] | None = None
    watched: tuple[Watched, ...] = ()

    def __post_init__(self) -> None:
        self.base = self.base or self.area
        if self.beside:
            self.app: Chalice = self.beside.app
            return
        self.app = Chalice(app_name=self.area, configure_logs=False)
        self.app.api.binary_types = []

    def operation(
        self,
        method: str,
        path: str,
        *,
        process: int,
        body: type[B] | None = None,
        query: type[Q] | None = None,
        answer: type[BaseModel] | None = None,
        status: int = 200,
        scope: str | None = SCHOOL_SCOPE,
        errors: tuple[type[DomainError], ...] = (),
        keyed: bool = False,
        versioned: bool = False,
        form: bool = False,
    ) -> Callable[[Callable[[Request[B, Q]], BaseModel | None]], Callable[[Request[B, Q]], BaseModel | None]]:
        """Declare a route. `keyed`: needs an Idempotency-Key; `versioned`: needs If-Match; `scope=None`: open
        to all; `form`: the body comes from a page's form.
        """

        def declare(
            function: Callable[[Request[B, Q]], BaseModel | None],
        ) -> Callable[[Request[B, Q]], BaseModel | None]:
            operation = Operation(
                id=function.__name__, method=method, path=path, process=process,
                summary=(function.__doc__ or "").strip().split("\n")[0], handler=function,
                body=body, query=query, answer=answer,  # type: ignore[arg-type]
                status=status, scope=scope, errors=errors, keyed=keyed, versioned=versioned, form=form,
            )  # fmt: skip
            self.operations.append(operation)
            types = [_FORM] if form else [_JSON, "application/merge-patch+json"] if body else []
            view = _view(self, operation)
            self.app.route(path, methods=[method], content_types=types, name=operation.id)(view)
            return function

        return declare


def _view(api: Api, operation: Operation) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        started = time.perf_counter()
        request = api.app.current_request
        assert request is not None
        language = "en" if request.headers.get("accept-language", "sv").lower().startswith("en") else "sv"
        response = _respond(operation, request, path, language, api.refuse or problem)
        took = round((time.perf_counter() - started) * 1000, 1)
        logger().info(operation.id, status=response.status_code, ms=took)
        return response

    return view


def _respond(
    operation: Operation, request: ChaliceRequest, path: dict[str, str], language: str,
    refuse: Callable[[DomainError, str], Response],
) -> Response:  # fmt: skip
    from pynamodb.exceptions import PynamoDBException

    try:
        return _answer(operation, *_run(operation, request, path))
    except DomainError as error:
        return refuse(error, language)
    except PynamoDBException as error:
        logger().error("database failed", operation=operation.id, **failure(error))
        return refuse(Busy(), language)
    except Exception as error:  # noqa: BLE001 - whatever it is, its text must not reach the caller or the log
        logger().error("unexpected", operation=operation.id, **failure(error))
        return refuse(Unexpected(), language)


def _run(
    operation: Operation, request: ChaliceRequest, path: dict[str, str]
) -> tuple[BaseModel | None, str | None]:
    """The operation's answer, or the kept JSON of its first one when this is a repeat."""
    caller = _caller(operation, request)
    raw = _content(request) if operation.body else b""
    key = None
    if operation.keyed:
        header = request.headers.get("idempotency-key")
        key = RequestKey.of(header, caller.seal, operation.id, json.dumps(path).encode() + raw)
    validated: Request[Any, Any] = Request(
        caller=caller,
        path=path,
        body=_parsed(operation.body, raw, form=operation.form) if operation.body else None,
        query=_queried(operation.query, request) if operation.query else None,
        if_match=_if_match(request.headers.get("if-match")),
        key=key,
        address=(request.context.get("identity") or {}).get("sourceIp") or "",
    )
    if operation.versioned:
        _ = validated.version
    try:
        return operation.handler(validated), None
    except AlreadyDone as done:
        if key is None:
            raise
        return None, key.replay(done)
    except DomainError as refusal:
        # The first request may be what makes this one impossible now: a second notice overlaps the first.
        earlier = key.earlier() if key and not isinstance(refusal, NotFound) else None
        if key is None or earlier is None:
            raise
        return None, key.replay(earlier)


def _caller(operation: Operation, request: ChaliceRequest) -> Caller:
    if operation.scope is None:
        return Caller(person=None, client="anyone", scopes=frozenset())
    claims = (request.context.get("authorizer") or {}).get("claims")
    if not claims:
        raise Unauthenticated
    caller = Caller.from_claims(claims)
    if operation.scope not in caller.scopes:
        raise Unauthenticated
    # Someone the identity provider let in but nobody has tied to a person could else tell who exists.
    if operation.scope == SCHOOL_SCOPE and caller.person is None:
        raise Unauthenticated
    return caller


def _content(request: ChaliceRequest) -> bytes:
    raw = request.raw_body
    return raw.encode() if isinstance(raw, str) else raw


def _parsed(model: type[BaseModel], raw: bytes, *, form: bool) -> BaseModel:
    try:
        if form:
            if len(raw) > MOST_FORM:
                raise Invalid(faults=())
            return model.model_validate_strings(dict(parse_qsl(raw.decode(errors="replace"))))
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise invalid(error) from None


def _queried(model: type[BaseModel], request: ChaliceRequest) -> BaseModel:
    told: Any = request.query_params
    given: dict[str, Any] = dict(told or {})
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    several = {name for name, field in fields.items() if get_origin(field.annotation) is tuple}
    given |= {name: told.getlist(name) for name in given.keys() & several}
    try:
        # Parameters that may be said several times are no strings any more.
        return model.model_validate(given) if several else model.model_validate_strings(given)
    except ValidationError as error:
        raise invalid(error) from None


def _if_match(header: str | None) -> int | None:
    match = re.fullmatch(r'"(\d{1,9})"', header or "")
    return int(match[1]) if match else None


_ADVICE = Text("Rätta fältet och skicka igen.", "Correct the field and send again.")


def invalid(error: ValidationError) -> Invalid:
    """What pydantic found, as faults for people: at most fifty, without values that could be personal."""
    faults = tuple(
        Fault(
            ".".join(str(part) for part in fault["loc"]) or "body",
            Text(_swedish(fault["type"], fault["msg"]), fault["msg"]),
            _ADVICE,
            _echo(fault["input"]),
        )
        for fault in error.errors(include_url=False, include_context=False)[:50]
    )
    return Invalid(faults=faults)


_SWEDISH = {
    "missing": "fältet saknas",
    "extra_forbidden": "okänt fält",
    "json_invalid": "texten är inte giltig JSON",
    "string_pattern_mismatch": "fel form",
    "enum": "inte ett av de tillåtna värdena",
    "literal_error": "inte ett av de tillåtna värdena",
    "uuid_parsing": "inte ett giltigt id",
    "too_short": "för få värden",
    "too_long": "för många värden",
}


def _swedish(kind: str, message: str) -> str:
    if kind in _SWEDISH:
        return _SWEDISH[kind]
    return "fel datum eller tid" if kind.startswith(("date", "time")) else f"otillåtet värde ({message})"


def _echo(value: object) -> object:
    """The refused value when it is a number, date, id or code; what could be personal is left out."""
    if isinstance(value, bool | int | float):
        return value
    return value if isinstance(value, str) and _ECHOED.fullmatch(value) else None


def _answer(operation: Operation, answer: BaseModel | None, kept: str | None) -> Response:
    headers: Headers = {**_HEADERS}
    if kept is not None:
        return Response(
            kept, {**headers, "Content-Type": _JSON, "Idempotent-Replayed": "true"}, operation.status
        )
    if answer is None:
        return Response("", headers, 204)
    if isinstance(answer, Page):
        return Response(answer.html, {**headers, **_page_headers(answer)}, operation.status)
    if isinstance(answer, Rendered):
        own = {**headers, "Content-Type": _JSON, **answer.headers}
        return Response(answer.json_text.decode(), own, operation.status)
    if isinstance(answer, CalendarFile):
        return Response(answer.ical, {**headers, **_file_headers(answer)}, operation.status)
    version = getattr(answer, "version", None)
    if version is not None:
        headers["ETag"] = f'"{version}"'
    return Response(
        answer.model_dump_json(by_alias=True), {**headers, "Content-Type": _JSON}, operation.status
    )


def _file_headers(file: CalendarFile) -> Headers:
    return {
        "Content-Type": f"{_ICALENDAR}; charset=utf-8; method={file.method}",
        "Content-Disposition": f'attachment; filename="{file.name}"',
    }


def _page_headers(page: Page) -> Headers:
    return {
        "Content-Type": _HTML,
        "Content-Language": page.language,
        "Content-Security-Policy": page.policy,
        "Referrer-Policy": "no-referrer",  # the address is the secret
        "X-Robots-Tag": "noindex",
    }


def problem(error: DomainError, language: str) -> Response:
    """A refusal as problem+json (RFC 9457): type, title, status, what is wrong per field, what to do, and the
    paragraph of law that it rests on.
    """
    return _problem(error.status, error.code, error.said, error.faults, language, error.advised, error.law)


def _problem(
    status: int,
    code: str,
    said: Text,
    faults: tuple[Fault, ...],
    language: str,
    advice: Text | None = None,
    law: str = "",
) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:skolkit:problem:{code}",
        "title": said.in_language(language),
        "status": status,
    }
    if advice:
        body["detail"] = advice.in_language(language)
    if law:
        body["law"] = law
    if faults:
        body["errors"] = [
            {
                "field": fault.field,
                "reason": fault.reason.in_language(language),
                "advice": fault.advice.in_language(language),
            }
            | ({} if fault.value is None else {"value": fault.value})
            for fault in faults
        ]
    headers: Headers = {**_HEADERS, "Content-Type": _PROBLEM, "Content-Language": language}
    return Response(json.dumps(body, ensure_ascii=False, default=str), headers, status)
