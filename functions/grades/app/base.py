"""What every module of the table of contents declares on."""

from __future__ import annotations

from skolkit.http import Api
from skolkit.triggers import Triggers

api = Api(
    "grades", "Betyg", uses=("s3:GetObject papers", "s3:GetObjectVersion catalogue"),
    reader_uses=("dynamodb:PutItem check-tries",),
)  # fmt: skip
app = api.app
on = Triggers(app)
relay = on.relay_outbox()
