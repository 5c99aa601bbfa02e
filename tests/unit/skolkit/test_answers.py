"""DynamoDB's answers are what botocore makes of them, whatever the attribute holds."""

from __future__ import annotations

import base64
import json
from typing import Any

from botocore.parsers import JSONParser
from hypothesis import given
from hypothesis import strategies as st

from skolkit.answers import Parsers
from skolkit.aws import session

BLOB = st.binary(max_size=8).map(lambda blob: base64.b64encode(blob).decode())
TEXTS = st.lists(st.text(max_size=3), max_size=3)
VALUES = st.recursive(
    st.one_of(
        st.builds(lambda text: {"S": text}, st.text(max_size=5)),
        st.builds(lambda number: {"N": str(number)}, st.integers()),
        st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
        st.just({"NULL": True}),
        st.builds(lambda texts: {"SS": texts}, TEXTS),
        st.builds(lambda blob: {"B": blob}, BLOB),
        st.builds(lambda blobs: {"BS": blobs}, st.lists(BLOB, max_size=2)),
    ),
    lambda inner: st.one_of(
        st.builds(lambda values: {"L": values}, st.lists(inner, max_size=3)),
        st.builds(lambda values: {"M": values}, st.dictionaries(st.text(max_size=3), inner, max_size=3)),
    ),
)


def parsed(parser: Any, answer: dict[str, Any]) -> Any:
    shape = session().get_service_model("dynamodb").operation_model("BatchGetItem").output_shape
    return parser.parse({"status_code": 200, "headers": {}, "body": json.dumps(answer).encode()}, shape)


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=4), max_size=3))
def test_the_same_as_botocores(rows: list[dict[str, Any]]) -> None:
    answer = {"Responses": {"table": rows}, "UnprocessedKeys": {}}
    assert parsed(Parsers().create_parser("json"), answer) == parsed(JSONParser(), answer)
