"""The files of every example of every step page, and of other pages: ``python -m tests.export.sizes``.

Prints a row a file: its bytes, of them the script and the compressed data, and whether its own engine
computes the run.
"""

import sys
from collections.abc import Iterator

from gates.examples.presets.registry import PRESETS
from gates.export import page
from tests.export.files import Parsed

OTHERS = (
    "/",
    "/lab?cell=lstm&preset=latch",
    "/compare?preset=reset",
    "/gradients",
    "/gradients?demo=latch",
    "/train",
)


def links() -> Iterator[str]:
    """Each example as its page opens with it, and as it asks; then the other pages."""
    for kind, presets in PRESETS.items():
        for one in presets:
            for guess in ("", "&guess=draw"):
                yield f"/{kind}?preset={one.id}{guess}"
    yield from OTHERS


def row(link: str) -> tuple[str, int, int, int, bool]:
    """The link; bytes of the file, of its script and of its data; whether it computes its run itself."""
    text = page.build([link])
    parsed = Parsed(text)
    script, data = (len(parsed.texts[name].encode()) for name in ("script", "data"))
    return link, len(text.encode()), script, data, bool(parsed.data["runs"][0]["common"].get("again"))


def main() -> None:
    """Print the table, the largest file first."""
    for link, size, script, data, again in sorted(map(row, links()), key=lambda one: -one[1]):
        print(f"{size:>9,} {script:>9,} {data:>9,} {'again' if again else '':>6} {link}")


if __name__ == "__main__":
    sys.exit(main())
