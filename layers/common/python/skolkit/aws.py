"""AWS clients: one botocore session per process and one client per service, made when first used."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session


@lru_cache(maxsize=1)
def session() -> Session:
    """The process's botocore session (its loader and credentials are what costs time)."""
    import botocore.session
    from botocore.config import Config

    from skolkit.answers import Parsers

    made = botocore.session.get_session()
    made.register_component("response_parser_factory", Parsers())
    # Without a name of ours botocore puts its own together anew, twice a request: 0.12 ms of about 1.7.
    made.set_default_client_config(Config(user_agent=made.user_agent()))
    return made


@cache
def client(service: str) -> Any:
    """The client of one AWS service, e.g. `client("events")`; five attempts with backoff, short timeouts."""
    from botocore.config import Config

    config = Config(
        connect_timeout=2,
        read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 5},
        # S3 refuses a link to what KMS has encrypted when it is signed in the old way.
        signature_version="s3v4" if service == "s3" else None,
    )
    return session().create_client(service, config=config)
