"""Pages of HTML: what the head of each of ours says, and how HTML spells the languages."""

from __future__ import annotations

from gates.text.escape import in_html

TAGS = {"en": "en", "zh": "zh-Hans"}
"""How HTML spells a language."""
ICON = '<link rel="icon" href="data:,">'
"""An empty icon, so that no browser asks a server for one."""

_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">{policy}
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
<title>{title}</title>
</head>
<body{css_class}>
{body}
</body>
</html>
"""


def page(language: str, title: str, body: str, head: str, *, policy: str = "", css_class: str = "") -> str:
    """Return a whole page.

    Args:
        language: one of ours.
        title: its title, as text.
        body: the HTML of its body.
        head: what else its head has, as HTML; it stands before the title.
        policy: its content security policy, for a page that no server sends with one.
        css_class: the class of its body.
    """
    return _PAGE.format(
        lang=TAGS[language],
        title=in_html(title),
        body=body,
        head=head,
        policy=f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">' if policy else "",
        css_class=f' class="{css_class}"' if css_class else "",
    )


def noscript(sentence: str) -> str:
    """Return what a browser shows that runs no scripts."""
    return f"<noscript>{in_html(sentence)}</noscript>"


def data(name: str, content: str) -> str:
    """Return an element with JSON for the page's script; ``content`` comes from ``escape.json_in_html``."""
    return f'<script type="application/json" id="{name}">{content}</script>'
