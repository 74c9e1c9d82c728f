"""What every page of ours shares: one file that stands by itself, from the assets beside this module."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from karvan.reports.markup import Html, el


def asset(name: str) -> str:
    """The text of a file of this package."""
    return files("karvan.reports").joinpath(name).read_text("utf-8")


def page(title: str, body: Html, script: str, style: str) -> str:
    """A whole page around a body that ends with the element `script` of the same asset."""
    return f'<!DOCTYPE html>\n<html lang="en">{_head(title, script, style)}{body}</html>\n'


def _head(title: str, script: str, style: str) -> Html:
    """Metadata, style, and a policy by which the browser itself runs only our script and loads nothing."""
    digest = base64.b64encode(hashlib.sha256(asset(script).encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return el(
        "head",
        el("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="referrer", content="no-referrer"),
        el("meta", name="color-scheme", content="light dark"),
        el("meta", name="generator", content="Karvan"),
        el("title", f"Karvan: {title}"),
        el("style", Html(asset(style))),
    )
