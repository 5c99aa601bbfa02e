"""Synthesises the CDK assembly: `python -m infra.app` writes it to `CDK_OUTDIR` from the areas' own
declarations.

`SKOLKIT_LAYERS` is the directory with `common`, `dependencies` and `code` that `infra.layers` has built."""

from __future__ import annotations

import os
from pathlib import Path

from aws_cdk import App

from infra import areas
from infra.stacks.area import AreaStack
from infra.stacks.console import ConsoleStack
from infra.stacks.core import CoreStack


def build(outdir: str, layers: Path) -> App:
    """The whole application. Every area waits for core, and the console for every area."""
    app = App(outdir=outdir, analytics_reporting=False, tree_metadata=False)
    core = CoreStack(app)
    stacks = [AreaStack(app, area, layers) for area in areas.load_all()]
    console = ConsoleStack(app, stacks)
    for stack in stacks:
        stack.add_stack_dependency(core)
        console.add_stack_dependency(stack)
    return app


if __name__ == "__main__":
    build(os.environ["CDK_OUTDIR"], Path(os.environ["SKOLKIT_LAYERS"])).synth()
