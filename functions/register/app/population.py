"""What the population register tells (process 1)."""

from __future__ import annotations

from functions.register.app.base import OPENS, SEALS, api, on
from functions.register.events import PopulationRecordsArrived
from functions.register.imports.population import read_population
from functions.register.schemas.population import Dismissal, ParkedPage, ParkedQuery, ParkedView
from functions.register.usecases import population
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.events import Envelope
from skolkit.http import Request
from skolkit.triggers import DroppedFile


@on.on_file(
    "register/population/", process=1, timeout=900, memory=2048,
    meaning="Filen från folkbokföringen är inte läst. Se rapporten under reports/.",
)  # fmt: skip
def import_population(file: DroppedFile) -> None:
    """Read a file from the population register and send its records on their way."""
    read_population(file)


@on.on_facts(
    PopulationRecordsArrived.type, process=1, timeout=300, memory=1024, batch=4, runbook="population",
    uses=(*OPENS, *SEALS, "s3:GetObject population"),
    meaning="Poster från folkbokföringen är inte införda: flyttar, vårdnad och skydd kan vara gamla.",
)  # fmt: skip
def take_population(envelope: Envelope) -> None:
    """Take records of the population register, each in a transaction of its own."""
    population.take_records(PopulationRecordsArrived.model_validate(envelope.data))


@api.operation(
    "GET", "/v1/population/parked", process=1, query=ParkedQuery, answer=ParkedPage, errors=(NotFound,)
)
def list_parked(request: Request[None, ParkedQuery]) -> ParkedPage:
    """Records of the population register that could not be taken"""
    return population.list_parked(request.caller, request.query)


@api.operation(
    "POST", "/v1/population/parked/{file}/{line}/retry", process=1, status=202, keyed=True,
    answer=ParkedView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def retry_parked(request: Request[None, None]) -> ParkedView:
    """Try a record of the population register again"""
    assert request.key
    return population.retry_parked(request.caller, request.id("file"), request.path["line"], request.key)


@api.operation(
    "POST", "/v1/population/parked/{file}/{line}/dismissal", process=1, keyed=True,
    body=Dismissal, answer=ParkedView, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def dismiss_parked(request: Request[Dismissal, None]) -> ParkedView:
    """Let a record of the population register be"""
    assert request.key
    return population.dismiss_parked(
        request.caller, request.id("file"), request.path["line"], request.body, request.key
    )
