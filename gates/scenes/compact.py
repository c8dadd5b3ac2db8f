"""Scripts and styles as they travel: without comments, which are a sixth of what a first visit would load."""

from __future__ import annotations

import re

_COMMENT_LINE = re.compile(r"\s*//")
_BLOCK_BEGINS = re.compile(r"\s*/\*")
_CONSTANT = re.compile(r"(^[ \t]*|\bfor \()const (?=[\w$[{])", re.MULTILINE)
_TICKS = re.compile(r"(?<!\\)`")


def script(source: str) -> str:
    """Return a module without the comments that have lines of their own; what stands in a template stays."""
    lines: list[str] = []
    in_comment = in_template = False
    for line in source.splitlines(keepends=True):
        if not in_template and (in_comment or _BLOCK_BEGINS.match(line)):
            _, end, after_comment = line.partition("*/")
            in_comment = not end
            if end and after_comment.strip():
                lines.append(after_comment)
                in_template ^= len(_TICKS.findall(after_comment)) % 2 == 1
        elif in_template or not _COMMENT_LINE.match(line):
            lines.append(line)
            in_template ^= len(_TICKS.findall(line)) % 2 == 1
    return "".join(lines)


def without_spaces(source: str) -> str:
    """Return a script without spaces that say nothing; without the package ``rjsmin``, as it is.

    Of a script with templates within templates, whose inner ones the package would take for code, the
    indentation goes; one with templates over several lines stays too.
    """
    lines = source.splitlines()
    if not all(map(_has_whole_templates, lines)):
        return "\n".join(map(str.strip, lines)) if all(map(_whole, lines)) else source
    try:
        from rjsmin import jsmin
    except ModuleNotFoundError:
        return source
    return str(jsmin(source))


def minified(source: str) -> str:
    """Return a script or an expression in as few characters as mean the same, with short names of its own.

    Without the package ``tdewolff-minify``, which not every system has, as :func:`without_spaces` does it.
    """
    try:
        import minify
    except ModuleNotFoundError:
        return without_spaces(source).strip()
    shorter = _CONSTANT.sub(r"\1let ", source)  # which the package joins with its neighbours
    return str(minify.string("application/javascript", shorter)).rstrip(";")


def _has_whole_templates(line: str) -> bool:
    """Whether a line holds whole templates alone: if all do, none stands within another, nor on two lines."""
    _, *others = _TICKS.split(line)
    inside = others[::2]
    return len(others) % 2 == 0 and all(text.count("{") == text.count("}") for text in inside)


def _whole(line: str) -> bool:
    """Whether every template of a line ends on it."""
    _, *inside, _ = [*_TICKS.split(line), ""]
    between = "`".join(inside[:-1])
    return len(inside) % 2 == 0 and between.count("{") == between.count("}")


def style(source: str) -> str:
    """Return a style sheet without comments and indentation."""
    first, *rest = source.split("/*")
    bare = first + "".join(part.partition("*/")[2] for part in rest)
    return "".join(f"{line.strip()}\n" for line in bare.splitlines() if line.strip())


_ENDS = re.compile(r"(?<=[{};,])\n")
_DECLARED = re.compile(r"^([\w-]+): ", re.MULTILINE)


def dense_style(source: str) -> str:
    """Return what :func:`style` does in as few lines as mean the same.

    Not for Streamlit, which takes a single line for a file's name.
    """
    return _ENDS.sub("", _DECLARED.sub(r"\1:", style(source)))
