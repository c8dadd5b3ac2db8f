"""A sheet as one HTML page to be printed: no script that runs, no file beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gates.exercises.file import EMBEDDED
from gates.exercises.sheets.blocks import (
    Answers,
    Arrow,
    Blanks,
    Block,
    Document,
    Equations,
    Fields,
    Formulas,
    Heading,
    Maths,
    Matrices,
    Matrix,
    PageBreak,
    Paragraph,
    Picture,
    Prose,
    Table,
)
from gates.text import escape, html_page

PAPER = {"a4": "A4", "letter": "letter"}
_SCALE = 40  # pixels for a unit of a drawing
_LOW = re.compile(r"_((?:[^\W_]\u0303?|,(?=\w))++)")

STYLE = """
@page { size: %s; margin: 13mm 16mm; }
* { box-sizing: border-box; }
body { font: 11pt/1.45 "Source Serif 4", Georgia, "Noto Serif CJK SC", "Songti SC", SimSun, serif;
  color: #000; background: #fff; max-width: 178mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 17pt; line-height: 1.2; margin: 0 0 3mm; }
h2 { font-size: 12.5pt; margin: 3.5mm 0 1.5mm; border-bottom: .3mm solid #000; break-after: avoid; }
h3 { font-size: 11pt; margin: 4mm 0 1mm; break-after: avoid; }
p { margin: 1.5mm 0; }
.m { font-family: "STIX Two Text", "Cambria Math", "Times New Roman", "Liberation Serif", serif; }
.m sub { font-size: 75%%; line-height: 0; }
.fields { display: flex; gap: 8mm; margin: 0 0 4mm; }
.fields span { flex: 1; border-bottom: .2mm solid #000; padding-bottom: 1mm; }
.fields span + span { flex: .5; }
.matrices { display: flex; flex-wrap: wrap; align-items: center; gap: 1.5mm 6mm; margin: 1.5mm 0;
  break-inside: avoid; }
.matrices > b { flex: 0 0 27mm; font-weight: 600; }
.matrix { display: inline-flex; align-items: center; gap: 1.5mm; }
.matrix table { border-spacing: 0; border: solid; border-width: 0 .3mm; border-radius: 1.5mm; }
.matrix td { padding: 0 1.6mm; text-align: right; }
.formulas, .equations { margin: 1mm 0 1mm 4mm; }
.equations div { margin: .5mm 0; }
.equations math { font-size: 1.06em; }
.dense h1 { margin-bottom: 2mm; }
.dense h2 { margin: 3mm 0 1mm; }
.dense p { margin: 1mm 0; }
.listed { border-collapse: collapse; margin: 1.5mm 0; font-size: 10pt; }
.listed :is(th, td) { padding: .25mm 5mm .25mm 0; border-bottom: .15mm solid #999; text-align: left;
  vertical-align: baseline; font-weight: 400; }
.listed th { font-weight: 600; }
svg { display: block; margin: 2mm auto; max-width: 100%%; height: auto; break-inside: avoid; }
.blank { display: flex; align-items: flex-end; gap: 2mm; height: 10mm; padding-right: .5mm;
  break-inside: avoid; }
.blank .m { flex: 0 0 auto; min-width: 15mm; text-align: right; }
.blank i { flex: 1; border-bottom: .2mm dotted #555; }
.blank u { flex: 0 0 26mm; border: .2mm solid #000; height: 8mm; text-decoration: none; }
.answer { margin: .6mm 0 .6mm 12mm; text-indent: -8mm; overflow-wrap: anywhere; break-inside: avoid; }
.answer.asked b { border: .3mm solid #000; padding: 0 1mm; }
.break { break-before: page; }
@media screen { .break { border-top: .3mm dashed #888; margin: 12mm 0; } }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""


def write(document: Document) -> str:
    """Return the page."""
    body = "\n".join(part for block in document.blocks for part in _block(block))
    style = f"<style>{STYLE % PAPER[document.paper]}</style>"
    exercise = f'<script type="text/plain">{EMBEDDED} {document.embedded}\n</script>\n'
    return html_page.page(
        document.language,
        document.title,
        body,
        (exercise if document.embedded else "") + style,  # before what somebody wrote
        css_class="dense" if document.dense else "",
    )


def maths(text: str) -> str:
    """Return a formula, with its marks below the line."""
    return _LOW.sub(lambda match: f"<sub>{match[1]}</sub>", escape.in_html(text))


def _prose(prose: Prose) -> str:
    return "".join(
        f'<span class="m">{maths(piece.text)}</span>' if isinstance(piece, Maths) else escape.in_html(piece)
        for piece in prose
    )


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"<h{level}>{escape.in_html(text)}</h{level}>"
        case Paragraph(prose):
            yield f"<p>{_prose(prose)}</p>"
        case Fields(names):
            spans = "".join(f"<span>{escape.in_html(name)}</span>" for name in names)
            yield f'<div class="fields">{spans}</div>'
        case Matrices(name, members):
            yield (
                f'<div class="matrices"><b>{escape.in_html(name)}</b>'
                f"{''.join(_matrix(matrix) for matrix in members)}</div>"
            )
        case Formulas(lines):
            rows = "".join(f'<div class="m">{maths(line)}</div>' for line in lines)
            yield f'<div class="formulas">{rows}</div>'
        case Equations(lines):
            yield f'<div class="equations">{"".join(f"<div>{_mathml(line)}</div>" for line in lines)}</div>'
        case Table(head, rows):
            titles = "".join(f"<th>{_prose(each)}</th>" for each in head)
            body = "".join(f"<tr>{''.join(f'<td>{_prose(each)}</td>' for each in row)}</tr>" for row in rows)
            yield f'<table class="listed"><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>'
        case Answers(lines):
            for line in lines:
                *way, value = map(maths, line.plain)
                asked = " asked" if line.asked else ""
                yield f'<div class="answer m{asked}">{" = ".join(way)} = <b>{value}</b></div>'
        case Blanks(labels):
            for label in labels:
                letter = f'<span class="m">{maths(label)} =</span>' if label else ""
                result = " = <u></u>" if label else ""
                yield f'<div class="blank">{letter}<i></i>{result}</div>'
        case Picture():
            yield _drawn(block)
        case PageBreak():
            yield '<div class="break"></div>'


def _mathml(latex: str) -> str:
    from latex2mathml import converter

    return str(converter.convert(latex))


def _matrix(matrix: Matrix) -> str:
    label = f'<span class="m">{maths(matrix.label)} =</span>'
    if len(matrix.rows) == 1 and len(matrix.rows[0]) == 1:
        return f'<span class="matrix">{label} <span class="m">{maths(matrix.rows[0][0])}</span></span>'
    rows = "".join(
        f"<tr>{''.join(f'<td class=m>{maths(number)}</td>' for number in row)}</tr>" for row in matrix.rows
    )
    return f'<span class="matrix">{label}<table>{rows}</table></span>'


def _drawn(picture: Picture) -> str:
    def at(x: float, y: float) -> tuple[str, str]:
        return f"{x * _SCALE:.1f}", f"{(picture.height - y) * _SCALE:.1f}"

    parts = []
    for box in picture.boxes:
        x, y = at(box.x, box.y + box.height)
        across, down = at(box.x + box.width / 2, box.y + box.height / 2)
        parts.append(
            f'<rect x="{x}" y="{y}" width="{box.width * _SCALE:.1f}" height="{box.height * _SCALE:.1f}" '
            'rx="4" fill="none" stroke="#000"/>'
            f'<text x="{across}" y="{down}" dy=".35em" text-anchor="middle">{escape.in_html(box.text)}</text>'
        )
    for arrow in picture.arrows:
        (x1, y1), (x2, y2) = at(*arrow.start), at(*arrow.end)
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#000" marker-end="url(#tip)"/>')
        parts.append(_label_position(arrow, at))
    width, height = picture.width * _SCALE, picture.height * _SCALE
    tip = (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>'
    )
    return (
        f'<svg role="img" aria-label="{escape.in_html(picture.about)}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'font-size="14" class="m">{tip}{"".join(parts)}</svg>'
    )


def _label_position(arrow: Arrow, at: Callable[[float, float], tuple[str, str]]) -> str:
    (x1, y1), (x2, y2) = arrow.start, arrow.end
    lies = y1 == y2
    x, y = at((x1 + x2) / 2, y1 + 0.13) if lies else at(x1 + 0.14, (y1 + y2) / 2 - 0.08)
    anchor = ' text-anchor="middle"' if lies else ""
    return f'<text x="{x}" y="{y}"{anchor}>{_svg(arrow.text)}</text>'


def _svg(text: str) -> str:
    return _LOW.sub(lambda match: f'<tspan dy="3" font-size="75%">{match[1]}</tspan>', escape.in_html(text))
