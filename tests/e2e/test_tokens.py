"""Every way to come without a right token ends the same: 401 as problem+json, nothing kept by anyone on the
way, and nothing read or written.

What is proved here is our side: that no operation but health is reachable without the authorizer, and that
each asks for its scope. The checks of signature, issuer and time are made by the gateway; here they are the
embedded one's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from infra.local import paths
from infra.local.login import sign_in
from infra.local.seed import PASSWORD
from skolkit.http import Operation
from skolkit.identity import SCHOOL_SCOPE
from skolkit.types import PersonId, new_id
from tests.support.areas import every_operation
from tests.support.deployed import Deployed, create_user

# Every other operation asks for a token.
OPEN = {
    "access.read_health", "attendance.answer_by_link", "attendance.open_answer", "exchange.fetch_calendar",
    "grades.compare_document",
    "grades.list_certificates", "grades.open_check", "grades.read_check",
}  # fmt: skip
HEALTH = "access", "/v1/health"
CLOSED = [(area, op) for area, op in every_operation() if f"{area}.{op.id}" not in OPEN]


@dataclass(frozen=True)
class Tokens:
    """A person's right access token, and tokens that are each wrong in one thing."""

    right: str
    wrong: dict[str, str | None]


@pytest.fixture(scope="module")
def http(school: Deployed) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=school.cloud.endpoint, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def tokens(school: Deployed) -> Tokens:
    person = school.world.staff("administrator")
    right = school.token(person)
    header, payload, signature = right.split(".")
    claims, kept = _decoded(payload), _decoded(header)
    flipped = ("A" if signature[20] != "A" else "B").join((signature[:20], signature[21:]))
    later = claims | {"exp": claims["exp"] + 86_400}
    tied = _user_token(school, _client(school, "tied"), create_user(school.cloud, person))
    wrong: dict[str, str | None] = {
        "none": None,
        "empty": "",
        "garbage": "not-a-token",
        "three parts of nothing": "e30.e30.e30",
        "another person in it": f"{header}.{_encoded(claims | {'person': new_id()})}.{signature}",
        "prolonged": f"{header}.{_encoded(later)}.{signature}",
        "more scopes": f"{header}.{_encoded(claims | {'scope': 'skolkit/ss12000.read'})}.{signature}",
        "signature changed": f"{header}.{payload}.{flipped}",
        "signature missing": f"{header}.{payload}.",
        "alg none": f"{_encoded(kept | {'alg': 'none'})}.{payload}.",
        "signed with the public key": _symmetric(school, kept, claims),
        "signed with another key": _signed_by_us(kept, claims),
        "past and signed with another key": _signed_by_us(kept, claims | {"exp": int(time.time()) - 60}),
        "id token": tied["IdToken"],
        "expired": _expired(school, create_user(school.cloud, person)),
        "of another user pool": _other_pool(school, person),
        "of an integration": _integration(school),
        "of a user who is no person": _user_token(school, _client(school, "untied"), _untied(school))[
            "AccessToken"
        ],
    }
    return Tokens(right, wrong)


WRONG = (
    "none", "empty", "garbage", "three parts of nothing", "another person in it", "prolonged", "more scopes",
    "signature changed", "signature missing", "alg none", "signed with the public key",
    "signed with another key", "past and signed with another key", "id token", "expired",
    "of another user pool", "of an integration", "of a user who is no person",
)  # fmt: skip


def ask(http: httpx.Client, area: str, op: Operation, token: str | None) -> httpx.Response:
    """A request that is well-formed; nothing in it exists."""
    path = op.path.format(**{name: new_id() for name in op.path_names})
    headers = {"content-type": "application/json", "if-match": '"1"', "idempotency-key": new_id()}
    if token is not None:
        headers["authorization"] = f"Bearer {token}".strip()
    return http.request(op.method, f"/{area}{path}", headers=headers, content="{}" if op.body else None)


def refused(reply: httpx.Response, told: str) -> None:
    assert reply.status_code == 401, (told, reply.text)
    assert reply.headers["content-type"] == "application/problem+json", told
    assert reply.headers["cache-control"] == "no-store", told
    assert reply.json()["type"] == "urn:skolkit:problem:unauthenticated", told


def test_only_the_listed_operations_are_open() -> None:
    assert {f"{area}.{op.id}" for area, op in every_operation() if op.scope is None} == OPEN


def test_the_right_token_opens_what_the_wrong_ones_do_not(http: httpx.Client, tokens: Tokens) -> None:
    """Otherwise everything below could be refused for another reason."""
    assert set(WRONG) == set(tokens.wrong)
    for area, op in CLOSED:
        opened = ask(http, area, op, tokens.right).status_code != 401
        assert opened == (op.scope == SCHOOL_SCOPE), op.id  # what is for machines is not for the phone


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_token_opens_nothing(http: httpx.Client, tokens: Tokens, kind: str) -> None:
    for area, op in CLOSED:
        refused(ask(http, area, op, tokens.wrong[kind]), f"{kind}: {area}.{op.id}")


def test_health_asks_for_nothing_and_tells_nothing(http: httpx.Client) -> None:
    reply = http.get("/".join(HEALTH).replace("//", "/"))
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})
    assert reply.headers["cache-control"] == "no-store"


def test_a_user_who_is_no_person_is_nobody_with_the_phones_scope_too(
    school: Deployed, http: httpx.Client
) -> None:
    """The phone asks for the scope itself: this token passes the gateway, the function has to refuse it."""
    token = sign_in(school.cloud, _untied(school), PASSWORD)
    claims = _decoded(token.split(".")[1])
    assert "skolkit/school" in claims["scope"].split()
    assert "person" not in claims
    for area, op in CLOSED:
        refused(ask(http, area, op, token), f"{area}.{op.id}")


def test_nobody_can_make_themselves_somebody_else(school: Deployed) -> None:
    """The phone's client may not write `custom:person`, from which the token's `person` is made."""
    cognito = school.cloud.client("cognito-idp")
    pool = _pool(school)
    for listed in cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]:
        client = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=listed["ClientId"])
        written = client["UserPoolClient"].get("WriteAttributes")
        if listed["ClientName"] in ("phone", "integration"):
            assert written == ["locale"], listed["ClientName"]
    token = school.token(school.world.staff("principal"))
    assert "aws.cognito.signin.user.admin" not in _decoded(token.split(".")[1])["scope"]


def test_a_path_nobody_made_is_not_found_whatever_the_token(http: httpx.Client, tokens: Tokens) -> None:
    for token in (None, tokens.right):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        reply = http.get("/attendance/v1/pupils", headers=headers)
        assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")
        assert reply.headers["cache-control"] == "no-store"


def _decoded(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _bytes(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encoded(part: dict[str, Any]) -> str:
    return _bytes(json.dumps(part, separators=(",", ":")).encode())


def _symmetric(school: Deployed, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """HS256 with the pool's public key as the secret: taken by libraries that let the token choose the
    algorithm.
    """
    keys = httpx.get(f"{school.cloud.endpoint}/{_pool(school)}/.well-known/jwks.json").json()["keys"]
    modulus = base64.urlsafe_b64decode(keys[0]["n"] + "==")
    signed = f"{_encoded(header | {'alg': 'HS256'})}.{_encoded(claims)}"
    return f"{signed}.{_bytes(hmac.digest(modulus, signed.encode(), hashlib.sha256))}"


SIGN = """
import sys
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
sys.stdout.buffer.write(key.sign(sys.stdin.buffer.read(), padding.PKCS1v15(), hashes.SHA256()))
"""


def _signed_by_us(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """RS256 by a key of our own under the name of the pool's; made where the emulator is installed."""
    signed = f"{_encoded(header)}.{_encoded(claims)}"
    made = subprocess.run(
        [paths.venv_bin("cloud", "python"), "-c", SIGN],
        input=signed.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return f"{signed}.{_bytes(made.stdout)}"


def _pool(school: Deployed) -> str:
    pools = school.cloud.client("cognito-idp").list_user_pools(MaxResults=60)["UserPools"]
    return next(str(pool["Id"]) for pool in pools if pool["Name"] == "skolkit")


def _client(school: Deployed, name: str, pool: str = "", **more: Any) -> str:
    """A client that takes user name and password, which none of ours does."""
    made = school.cloud.client("cognito-idp").create_user_pool_client(
        UserPoolId=pool or _pool(school), ClientName=name,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], **more,
    )  # fmt: skip
    return str(made["UserPoolClient"]["ClientId"])


def _user_token(school: Deployed, client: str, user: str) -> dict[str, str]:
    reply = school.cloud.client("cognito-idp").initiate_auth(
        ClientId=client, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user, "PASSWORD": PASSWORD},
    )  # fmt: skip
    made: dict[str, str] = reply["AuthenticationResult"]
    return made


def _expired(school: Deployed, user: str) -> str:
    """Right in everything but time: it opens a door, and a second later it does not. Cognito itself gives
    no token for less than five minutes; the embedded one does.
    """
    seconds: dict[str, Any] = {"AccessTokenValidity": 3, "TokenValidityUnits": {"AccessToken": "seconds"}}
    token = _user_token(school, _client(school, "hasty", **seconds), user)["AccessToken"]
    fresh = school.call("register", "list_my_children", None, token=token)
    assert fresh.status == 200, fresh.body
    time.sleep(max(0.0, _decoded(token.split(".")[1])["exp"] - time.time()) + 1)
    return token


def _other_pool(school: Deployed, person: PersonId) -> str:
    """The same person with the same claims and scope, vouched for by a pool that is not ours."""
    cognito = school.cloud.client("cognito-idp")
    ours = cognito.describe_user_pool(UserPoolId=_pool(school))["UserPool"]
    pool = cognito.create_user_pool(
        PoolName="another", LambdaConfig=ours["LambdaConfig"],
        Schema=[{"Name": "person", "AttributeDataType": "String", "Mutable": True}],
    )["UserPool"]["Id"]  # fmt: skip
    user = f"{person}@example.org"
    cognito.admin_create_user(
        UserPoolId=pool, Username=user, MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "custom:person", "Value": person}],
    )  # fmt: skip
    cognito.admin_set_user_password(UserPoolId=pool, Username=user, Password=PASSWORD, Permanent=True)
    token = _user_token(school, _client(school, "elsewhere", pool), user)["AccessToken"]
    claims = _decoded(token.split(".")[1])
    assert claims["person"] == person
    assert "skolkit/school" in claims["scope"].split()
    return token


def _untied(school: Deployed) -> str:
    """A user the municipality's identity provider knows and the register does not."""
    cognito, user = school.cloud.client("cognito-idp"), "untied@example.org"
    try:
        cognito.admin_create_user(UserPoolId=_pool(school), Username=user, MessageAction="SUPPRESS")
    except cognito.exceptions.UsernameExistsException:
        return user
    cognito.admin_set_user_password(
        UserPoolId=_pool(school), Username=user, Password=PASSWORD, Permanent=True
    )
    return user


def _integration(school: Deployed) -> str:
    """The integrations' own token, by client credentials."""
    cognito, pool = school.cloud.client("cognito-idp"), _pool(school)
    listed = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    id = next(client["ClientId"] for client in listed if client["ClientName"] == "integration")
    client = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=id)["UserPoolClient"]
    reply = httpx.post(
        f"{school.cloud.endpoint}/oauth2/token",
        data={"grant_type": "client_credentials", "scope": "skolkit/ss12000.read"},
        auth=(id, client["ClientSecret"]),
    )
    assert reply.status_code == 200, reply.text
    return str(reply.json()["access_token"])
