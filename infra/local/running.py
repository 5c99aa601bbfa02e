"""Brings the embedded AWS from empty, or from its saved state, to a municipality that can be used, and
remembers the addresses and logins for the other commands."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from infra import layers
from infra.local import paths
from infra.local.cloud import HOST, Cloud, CloudError
from infra.local.deploy import deploy, warm
from infra.local.steps import counted, step
from infra.local.synth import assembly

STANDARD_HOST = "ss12000.localhost"
PARAMETERS = {"Stage": "local", "Profile": "local", "DomainName": HOST, "StandardHost": STANDARD_HOST}
EXAMPLE_ROLE = "guardian"
EXAMPLE_PATH = "/register/v1/me/children"


@dataclass(frozen=True)
class Login:
    """A demo person: the role, and what to type on the sign-in page."""

    role: str
    user: str
    password: str


@dataclass(frozen=True)
class Running:
    """A cloud that is up: its port and the demo people. `origin` names the municipality that was seeded,
    `python` the version whose packages the functions hold."""

    port: int
    origin: str
    python: str
    logins: tuple[Login, ...]

    @property
    def address(self) -> str:
        """The one address people use."""
        return f"http://{HOST}:{self.port}"

    @property
    def example(self) -> str:
        """A line for the shell that answers with something to see."""
        token = f'"Authorization: Bearer $(python3 -m infra login {EXAMPLE_ROLE})"'
        return f"curl -H {token} {self.address}{EXAMPLE_PATH}"

    @property
    def standard(self) -> str:
        """The same, as another system that pulls SS 12000."""
        token = '"Authorization: Bearer $(python3 -m infra login integration)"'
        return f"curl -H {token} '{self.address}/v2.0/organisations?limit=3'"

    def save(self) -> None:
        """Remember it beside the state."""
        _file().write_text(json.dumps(asdict(self), indent=1))

    @staticmethod
    def load() -> Running:
        """What the last start remembered; CloudError when there was none."""
        saved = _saved()
        if saved is None:
            raise CloudError("Skolkit has not been started here yet. Run: python3 -m infra run")
        return saved


def start(cloud: Cloud, *, kommun: str, units: Path | None) -> Running:
    """Build, synthesise, deploy and seed, each only where something has changed."""
    origin = f"{kommun} {hashlib.sha256(units.read_bytes()).hexdigest()[:12]}" if units else "demo"
    before = _saved()
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    if before is not None and (before.origin, before.python) != (origin, python):
        raise CloudError(
            f"The saved state holds another municipality or was made with Python {before.python}. "
            "Throw it away with: python3 -m infra run --fresh"
        )
    with step("Building and synthesising"):
        built = assembly(layers.LOCAL)
    with step("Deploying") as say:
        deploy(cloud, built, PARAMETERS, say)
    warm(cloud)
    logins = before.logins if before else _seed(cloud, kommun, units)
    running = Running(cloud.port, origin, python, logins)
    running.save()
    return running


def _seed(cloud: Cloud, kommun: str, units: Path | None) -> tuple[Login, ...]:
    from infra.local import seed

    with counted("Filling in the municipality") as report:
        people = seed.seed(cloud, kommun=kommun or None, units=units, progress=report)
    return tuple(Login(one.role, one.user, one.password) for one in people)


def _file() -> Path:
    return paths.STATE / "running.json"


def _saved() -> Running | None:
    if not _file().exists():
        return None
    saved = json.loads(_file().read_text())
    return Running(**{**saved, "logins": tuple(Login(**one) for one in saved["logins"])})
