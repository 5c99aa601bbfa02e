"""The documents of access as PDF: each is a `.typ` file beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from skolkit import pdf as setting


def pdf(template: str, data: Mapping[str, object]) -> bytes:
    """The PDF of `<template>.typ` with `data`."""
    return setting.pdf(_template(template), data)


def pages(template: str, data: Mapping[str, object]) -> list[bytes]:
    """The same as pictures (PNG), one per page, to be looked at."""
    return setting.pages(_template(template), data)


def _template(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.typ")
