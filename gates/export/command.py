"""The command ``gatescope export``: states of the app as one HTML file."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from gates import commands
from gates.errors import GatesError
from gates.export import page, states
from gates.export.states import ExportError
from gates.scenes.links.codec import position_fields
from gates.scenes.registry import HOME, PAGES
from gates.text import LANGUAGES, Translator, translator


def main(words: Sequence[str], prog: str = "gatescope export") -> int:
    """Write the file that ``words`` ask for; return the exit status."""
    arguments = _parser(translator("en"), prog).parse_args(words)
    options = {name: value for name in _options() if (value := getattr(arguments, name)) is not None}
    language = options.get("lang", LANGUAGES[0])
    t = translator(language if language in LANGUAGES else LANGUAGES[0])
    try:
        text = page.build([_link(link, options) for link in arguments.what], arguments.site)
        commands.write(arguments.out, text)
    except GatesError as wrong:
        return commands.refuse(t, wrong)
    print(t("command.export.written", file=arguments.out, size=round(len(text.encode()) / 1000)))
    return commands.DONE


def _parser(t: Translator, prog: str) -> argparse.ArgumentParser:
    usage = "PAGE|LINK … [--NAME VALUE …] [--site ADDRESS] --out FILE"
    more = t("command.export.names", names=", ".join(f"--{name}" for name in _options()))
    parser = commands.parser(prog, usage, t, "command.export", more)
    pages = ", ".join(states.EXPORTED)
    parser.add_argument("what", nargs="+", metavar="PAGE|LINK", help=t("command.export.what", pages=pages))
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=t("command.export.out"))
    parser.add_argument("--site", metavar="ADDRESS", help=t("command.export.site"))
    for name in _options():
        parser.add_argument(f"--{name}", dest=name, help=argparse.SUPPRESS)
    return parser


def _options() -> tuple[str, ...]:
    """The names of all parameters that a link of an exported page may have."""
    return tuple(dict.fromkeys(name for page in states.EXPORTED for name in PAGES[page].link.names))


def _link(page: str, options: dict[str, str]) -> str:
    """The link that a page's name or a link means together with the options.

    Raises:
        ExportError: for an option that says nothing of that page as it is.
    """
    parts = urlsplit(page)
    address = page if page.lower() not in PAGES else "/" if page.lower() == HOME else f"/{page}"
    if not options:
        return address
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | options
    link = f"{address.partition('?')[0]}?{urlencode(query)}"
    read = states.open_link(link)
    fields = [*PAGES[read.page].link.fields, *position_fields(*PAGES[read.page].link.drawn(read.state))]
    known = {field.name for field in fields if field.is_read(read.state)}
    for name in options:
        if name not in known:
            raise ExportError("export.option", name=name, page=read.page)
    return link
