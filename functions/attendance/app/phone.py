"""Absence by telephone (process 19): a guardian's code, and the telephony provider's calls."""

from __future__ import annotations

from functions.attendance.app.base import api
from functions.attendance.domain import phone as rules
from functions.attendance.schemas import phone as schemas
from functions.attendance.usecases import phone
from skolkit.errors import ChangedMeanwhile, NotFound
from skolkit.http import Request

SCOPE = "skolkit/telephony"


@api.operation("GET", "/v1/me/phone-pin", process=19, answer=schemas.PhonePinView)
def read_phone_pin(request: Request[None, None]) -> schemas.PhonePinView:
    """Whether the caller has a code for reporting by telephone"""
    return phone.read_phone_pin(request.caller)


@api.operation(
    "PUT", "/v1/me/phone-pin", process=19, versioned=True,
    body=schemas.NewPhonePin, answer=schemas.PhonePinView,
    errors=(ChangedMeanwhile, rules.UnfitPin, rules.UnfitNumber, rules.NumberFull, rules.TooManyCodes),
)  # fmt: skip
def choose_phone_pin(request: Request[schemas.NewPhonePin, None]) -> schemas.PhonePinView:
    """Choose the number and the code to report by telephone with"""
    return phone.choose_phone_pin(request.caller, request.body, request.version)


@api.operation(
    "POST", "/v1/me/phone-pin/proof", process=19, keyed=True,
    body=schemas.ProvenNumber, answer=schemas.PhonePinView,
    errors=(ChangedMeanwhile, rules.WrongCode, rules.NumberFull),
)  # fmt: skip
def prove_phone_number(request: Request[schemas.ProvenNumber, None]) -> schemas.PhonePinView:
    """Prove the chosen number by the code that was sent to it"""
    assert request.key
    return phone.prove_phone_number(request.caller, request.body, request.key)


@api.operation(
    "DELETE", "/v1/me/phone-pin", process=19, versioned=True, status=204, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def remove_phone_pin(request: Request[None, None]) -> None:
    """Take the code for reporting by telephone away"""
    phone.remove_phone_pin(request.caller, request.version)


@api.operation(
    "POST", "/v1/phone/absence-notices", process=19, keyed=True, scope=SCOPE,
    body=schemas.PhoneAbsence, answer=schemas.PhoneAnswer, errors=(NotFound, ChangedMeanwhile),
)  # fmt: skip
def report_by_phone(request: Request[schemas.PhoneAbsence, None]) -> schemas.PhoneAnswer:
    """Report absence for whoever calls or texts, and what to answer"""
    assert request.key
    return phone.report_by_phone(request.caller, request.body, request.key)
