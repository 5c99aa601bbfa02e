"""What every module of the table of contents declares on: the area's API, and SS 12000's beside it."""

from __future__ import annotations

from functions.exchange.schemas.standard import refused
from skolkit.http import Api, Watched
from skolkit.triggers import Triggers

COUNTS = ("dynamodb:UpdateItem uses",)
api = Api(
    "exchange", "Informationsutbyte",
    uses=(
        *COUNTS, "cognito-idp:CreateUserPoolClient", "cognito-idp:DeleteUserPoolClient",
        "cognito-idp:UpdateUserPoolClient", "events:CancelReplay", "events:DescribeReplay",
        "events:StartReplay",
    ),
    reader_uses=(*COUNTS, "events:DescribeReplay"),
)  # fmt: skip
standard = Api(
    "exchange", "SS 12000:2020 (API 2.1.0)", base="v2.0", beside=api, refuse=refused,
    watched=(
        Watched(
            "ClientReportedError",
            "Ett anslutet system säger att något gick fel med det som hämtats: uppgifter kan saknas där.",
            "subscriptions",
        ),
    ),
)  # fmt: skip
app = api.app
on = Triggers(app)
relay = on.relay_outbox()
