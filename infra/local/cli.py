"""The command line behind `python3 -m infra`: run the whole system on this machine, test it, deploy it to
AWS."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from infra import layers
from infra.local import audit, aws, gates, pages, paths
from infra.local.bootstrap import DEFAULT_PORT
from infra.local.cloud import Cloud, CloudError
from infra.local.login import SYSTEM, demo_system, sign_in, system_token
from infra.local.running import Login, Running, start
from infra.local.steps import console

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)
trail = typer.Typer(no_args_is_help=True, help="The audit trail: who did and read what.")
app.add_typer(trail, name="audit")


@app.command()
def run(
    port: Annotated[
        int, typer.Option(envvar="PORT", help="The one port everything answers on.")
    ] = DEFAULT_PORT,
    kommun: Annotated[
        str, typer.Option(envvar="KOMMUN", help="Municipality code of a real one, e.g. 1281.")
    ] = "",
    units: Annotated[Path | None, typer.Option(envvar="UNITS", help="File with its school units.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away the saved state first.")] = False,
) -> None:
    """Run the whole system on this machine until Ctrl-C; the next start goes on with the same data."""
    if bool(kommun) != bool(units):
        raise CloudError(
            "KOMMUN and UNITS belong together: the municipality's code and the file with its school units."
        )
    if units is not None and not units.is_file():
        raise CloudError(
            f"There is no file {units}. UNITS is a table of school units (CSV) or Skolenhetsregistret's JSON."
        )
    # Both must save the state, also where a shell in the background has switched Ctrl-C off.
    for end in (signal.SIGINT, signal.SIGTERM):
        signal.signal(end, _interrupt)
    cloud = Cloud(port=port, state=paths.STATE)
    try:
        if fresh:
            cloud.erase()
        with cloud:
            running = start(cloud, kommun=kommun, units=units)
            _greet(running, demo_system(cloud)[0])
            cloud.wait()
    except KeyboardInterrupt:
        console.print("\nStopped; the state is saved. The next start goes on from here.")
        return
    raise CloudError(f"The embedded AWS ended by itself; see {paths.STATE / 'cloud.log'}.")


@app.command()
def login(
    who: Annotated[str, typer.Argument(help="A role (guardian, teacher, …), a user name, integration.")],
    password: Annotated[str, typer.Option(help="Needed only for a user that is not one of the six.")] = "",
) -> None:
    """Print an access token, for curl: of a demo person, by code + PKCE as in the phone app, or of the demo
    system (integration), by client credentials.
    """
    running = Running.load()
    if who == SYSTEM:
        typer.echo(system_token(Cloud(port=running.port, state=paths.STATE)))
        return
    known = [one for one in running.logins if who in (one.role, one.user)]
    if not known and not password:
        raise CloudError(
            f"{who} is none of {', '.join(one.role for one in running.logins)}; give --password too."
        )
    person = known[0] if known else Login(role="", user=who, password=password)
    cloud = Cloud(port=running.port, state=paths.STATE)
    typer.echo(sign_in(cloud, person.user, person.password))


@app.command()
def secret() -> None:
    """Print the demo system's OAuth2 client id and secret, as id:secret."""
    running = Running.load()
    typer.echo(":".join(demo_system(Cloud(port=running.port, state=paths.STATE))))


@app.command()
def check() -> None:
    """The fast gate: types, imports, style, format, unit tests."""
    raise typer.Exit(0 if gates.check() else 1)


@app.command()
def test() -> None:
    """Everything CI runs: the static gates and every suite, the last ones against an embedded AWS."""
    raise typer.Exit(0 if gates.test() else 1)


@app.command()
def fuzz() -> None:
    """The property tests with many more examples."""
    raise typer.Exit(0 if gates.fuzz() else 1)


@app.command()
def perf() -> None:
    """Measure what a school day costs, and print it."""
    raise typer.Exit(0 if gates.performance() else 1)


@app.command()
def week() -> None:
    """Live a week of a school and print what guardians received and what the evenings found."""
    raise typer.Exit(0 if gates.week() else 1)


@app.command()
def generate() -> None:
    """Write the generated files again: OpenAPI, event schemas, process map."""
    os.execve(sys.executable, [sys.executable, "-m", "infra.generate"], dict(os.environ))


@app.command()
def deploy(
    stage: Annotated[str, typer.Option(envvar="STAGE", help="test or prod.")],
    domain: Annotated[str, typer.Option(envvar="DOMAIN", help="The domain name people use.")] = "",
    certificate: Annotated[
        str, typer.Option(envvar="CERTIFICATE", help="Its certificate's ARN in ACM.")
    ] = "",
    alarm_mail: Annotated[str, typer.Option(envvar="ALARM_MAIL", help="Who is told of alarms.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Synthesise and lint only.")] = False,
) -> None:
    """Deploy to the AWS account of the current credentials with the CDK's own command line."""
    code = aws.deploy(stage, domain, certificate=certificate, alarm_mail=alarm_mail, dry_run=dry_run)
    raise typer.Exit(code)


@trail.command()
def verify(
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC).")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day (UTC).")],
    in_aws: Annotated[
        bool, typer.Option("--aws", help="In the account of the current credentials, not on this machine.")
    ] = False,
) -> None:
    """Check the archived segments: chain, seals, gaps, doubled and changed rows."""
    clients: audit.Clients = audit.Account() if in_aws else Cloud(port=Running.load().port, state=paths.STATE)
    raise typer.Exit(0 if audit.verify(clients, first.date(), last.date()) else 1)


@app.command("verify")
def verify_pages(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Signed pages (PDF).")],
    certificate: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="The municipality's certificates (PEM)."),
    ] = None,
    address: Annotated[
        str, typer.Option(help="Where they are published, https://…; default: on this machine.")
    ] = "",
) -> None:
    """Check signed pages of the catalogue of grades: every signature, every decision, page after page."""
    pem = certificate.read_text() if certificate else pages.published(address or Running.load().address)
    raise typer.Exit(0 if pages.verify(files, pem) else 1)


def main(arguments: Sequence[str]) -> int:
    """Run one command; failures we expect end in plain words, not in a traceback."""
    try:
        app(args=list(arguments), prog_name="python3 -m infra", standalone_mode=True)
    except (CloudError, layers.LayerError) as error:
        console.print(f"\n{error}", style="red", markup=False, soft_wrap=True)
        return 1
    except json.JSONDecodeError as error:
        console.print(
            f"\nA file in {paths.LOCAL} is damaged ({error}). Run: python3 -m infra run --fresh", style="red"
        )
        return 1
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _greet(running: Running, system: str) -> None:
    address = f"[bold]Skolkit is running at {running.address}[/bold]"
    console.print(f"\n{address}   (Ctrl-C stops it and saves the state)\n", soft_wrap=True)
    for one in running.logins:
        console.print(f"  {one.role:<14} {one.user:<28} {one.password}", markup=False)
    told = f"  {SYSTEM:<14} {system:<28} its secret: python3 -m infra secret"
    console.print(told, markup=False, soft_wrap=True)
    examples = f"\nTry it:\n  {running.example}\n  {running.standard}\n"
    console.print(examples, markup=False, soft_wrap=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
