"""Signs a demo person in the way the phone app does it (authorization code with PKCE on the user pool's own
sign-in page), or the demo system (client credentials), and hands out the access token for `curl`."""

from __future__ import annotations

import base64
import hashlib
import html
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from infra.local.cloud import Cloud, CloudError

POOL = "skolkit"
SYSTEM = "integration"


@dataclass(frozen=True)
class App:
    """The client the phone app signs in with: its id, where it is sent back to, and the scopes it may ask
    for."""

    client_id: str
    redirect: str
    scopes: tuple[str, ...]


def phone_app(cloud: Cloud) -> App:
    """The user pool's client without a secret that uses the code flow."""
    for client in _clients(cloud):
        if "code" in client.get("AllowedOAuthFlows", []) and not client.get("ClientSecret"):
            return App(client["ClientId"], client["CallbackURLs"][0], tuple(client["AllowedOAuthScopes"]))
    raise CloudError(
        "The user pool has no client for the phone app. Is Skolkit deployed? Run: python3 -m infra run"
    )


def demo_system(cloud: Cloud) -> tuple[str, str]:
    """The OAuth2 client id and secret of the other system that comes with the deployment."""
    for client in _clients(cloud):
        if client["ClientName"] == SYSTEM:
            return client["ClientId"], client["ClientSecret"]
    raise CloudError("The user pool has no client for another system. Run: python3 -m infra run")


def system_token(cloud: Cloud) -> str:
    """An access token of the demo system, by client credentials."""
    with _browser(cloud) as browser:
        asked = {"grant_type": "client_credentials", "scope": "skolkit/ss12000.read"}
        reply = browser.post("/oauth2/token", data=asked, auth=demo_system(cloud))
    if reply.status_code != httpx.codes.OK:
        raise CloudError(f"The demo system got no token: {reply.text[:200]}")
    return str(reply.json()["access_token"])


def _clients(cloud: Cloud) -> Iterator[dict[str, Any]]:
    cognito = cloud.client("cognito-idp")
    for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]:
        if pool["Name"] == POOL:
            pages = cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool["Id"])
            for entry in (entry for page in pages for entry in page["UserPoolClients"]):
                yield cognito.describe_user_pool_client(UserPoolId=pool["Id"], ClientId=entry["ClientId"])[
                    "UserPoolClient"
                ]


def _browser(cloud: Cloud) -> httpx.Client:
    return httpx.Client(
        base_url=cloud.endpoint,
        verify=str(cloud.certificate) if cloud.certificate else True,
        timeout=60,  # a token waits for a function that may have to be started on a busy machine
    )


def sign_in(cloud: Cloud, user: str, password: str) -> str:
    """An access token for the person; CloudError when the user name or password is wrong."""
    app = phone_app(cloud)
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    question = {
        "client_id": app.client_id,
        "response_type": "code",
        "redirect_uri": app.redirect,
        "scope": " ".join(app.scopes),
        "state": secrets.token_urlsafe(16),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    with _browser(cloud) as browser:
        page = browser.get("/oauth2/authorize", params=question)
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        if action is None:
            raise CloudError(f"The sign-in page did not open: {page.status_code} {page.text[:200]}")
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        form = {name: html.unescape(value) for name, value in hidden} | {
            "username": user,
            "password": password,
        }
        answer = browser.post(html.unescape(action[1]), data=form)
        back = parse_qs(urlsplit(answer.headers.get("location", "")).query)
        if "code" not in back or back.get("state") != [question["state"]]:
            raise CloudError(f"{user} could not sign in: the user name or the password is wrong.")
        token = browser.post(
            "/oauth2/token",
            data={
                "grant_type": "authorization_code",
                "client_id": app.client_id,
                "code": back["code"][0],
                "redirect_uri": app.redirect,
                "code_verifier": verifier,
            },
        )
    if token.status_code != httpx.codes.OK:
        raise CloudError(f"{user} got no token: {token.text[:200]}")
    return str(token.json()["access_token"])
