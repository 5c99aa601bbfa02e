"""Synthesises the template of a partner that hears facts: `python -m infra.partner DIRECTORY`. It is deployed
once per partner, under its own name and with its own parameters (`infra/README.md`)."""

from __future__ import annotations

import sys

from aws_cdk import App

from infra.stacks.partner import PartnerStack


def build(outdir: str) -> App:
    """An application of that one stack; it needs no assets."""
    app = App(outdir=outdir, analytics_reporting=False, tree_metadata=False)
    PartnerStack(app)
    return app


if __name__ == "__main__":
    build(sys.argv[1]).synth()
