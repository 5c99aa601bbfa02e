"""Deployment to a real AWS account: the same assembly as on this machine, with the packages built for Lambda,
handed to the CDK's own command line."""

from __future__ import annotations

import json
import subprocess

from infra import layers
from infra.local import paths
from infra.local.cloud import CloudError
from infra.local.deploy import stacks
from infra.local.gates import lint
from infra.local.steps import console, step
from infra.local.synth import assembly, node_environment, node_home

# The registry's newest (3.0.0) does not read the assemblies of our aws-cdk-lib.
CDK_CLI = "aws-cdk@2.1148.1"
STAGES = ("test", "prod")


def deploy(stage: str, domain: str, *, certificate: str, alarm_mail: str, dry_run: bool) -> int:
    """Synthesise, lint and, unless it is a dry run, deploy every stack; the exit code.

    `certificate` is the ARN of the domain's certificate in ACM, `alarm_mail` who is told of alarms.
    """
    if stage not in STAGES:
        raise CloudError(
            f"The stage is one of {', '.join(STAGES)}, not {stage!r}. (On this machine: python3 -m infra run)"
        )
    if not (dry_run or (domain and certificate)):
        raise CloudError(
            "Give the domain name that people use and its certificate in ACM: "
            "python3 -m infra deploy --stage test --domain … --certificate arn:…"
        )
    with step("Building for AWS and synthesising"):
        built = assembly(layers.CLOUD)
    for part, size in layers.sizes(layers.CLOUD).items():
        console.print(f"  {part}: {size / 1e6:.1f} MB unzipped")
    if layers.CLOUD.compiler() is None:
        console.print(
            f"  Python {layers.CLOUD_PYTHON} is not on this machine, so no .pyc files are shipped and every "
            "cold start is about a second slower. Install it before deploying to prod."
        )
    found = stacks(built)
    if not lint(built):
        return 1
    if dry_run:
        console.print(f"Dry run: {len(found)} stacks in {built}, nothing deployed.")
        return 0
    given = {"Stage": stage, "Profile": "aws", "DomainName": domain, "CertificateArn": certificate}
    given |= {"AlarmMail": alarm_mail} if alarm_mail else {}
    parameters = [
        f"{stack.name}:{key}={given[key]}"
        for stack in found
        for key in json.loads(stack.template.read_text()).get("Parameters", {})
        if key in given
    ]
    options = [word for parameter in parameters for word in ("--parameters", parameter)]
    # The wheel's own `npx` has lost the link to the rest of npm.
    npx = [
        str(node_home() / "bin" / "node"),
        str(node_home() / "lib/node_modules/npm/bin/npx-cli.js"),
        "--yes",
    ]
    cdk = [CDK_CLI, "deploy", "--app", str(built), "--all", "--require-approval", "broadening", *options]
    return subprocess.run([*npx, *cdk], cwd=paths.ROOT, env=node_environment(), check=False).returncode
