"""What every module of the table of contents declares on."""

from __future__ import annotations

from skolkit.http import Api
from skolkit.triggers import Triggers

api = Api(
    "grades", "Betyg", uses=("s3:GetObject papers",), reader_uses=("dynamodb:PutItem check-tries",)
)  # fmt: skip
api = Api("grades", "Betyg", uses=("s3:GetObjectVersion catalogue",))
app = api.app
on = Triggers(app)
relay = on.relay_outbox()
