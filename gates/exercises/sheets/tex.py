"""A sheet as TeX: LaTeX with TikZ; a Chinese one is for XeLaTeX with ctex."""

from __future__ import annotations

from collections.abc import Iterator

from gates.exercises.arithmetic.writers import tex_label, tex_number
from gates.exercises.file import EMBEDDED
from gates.exercises.sheets.blocks import (
    Answers,
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
from gates.text import escape

PAPER = {"a4": "a4paper", "letter": "letterpaper"}
PREAMBLE = r"""\usepackage[%s,margin=18mm]{geometry}
\usepackage{amsmath,textcomp,tikz}
\usetikzlibrary{arrows.meta}
\setlength{\parindent}{0pt}\setlength{\parskip}{4pt}
\newcommand{\result}{\framebox[26mm]{\rule{0pt}{5mm}}}
\newcommand{\blank}[1]{\par\vspace{7mm}\noindent$#1$\ $=$\ \dotfill\ $=$\ \result\par}
\newcommand{\answer}[1]{\par\noindent\hangindent=8mm\hangafter=1 #1\par}
"""
_SECTIONS = {1: r"\section*", 2: r"\subsection*", 3: r"\subsubsection*"}


def write(document: Document) -> str:
    """Return the TeX file."""
    kind = r"\documentclass[11pt]{ctexart}" if document.language == "zh" else r"\documentclass[11pt]{article}"
    fonts = "" if document.language == "zh" else "\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n"
    blocks = "\n".join(part for block in document.blocks for part in _block(block))
    exercise = f"% {EMBEDDED} {document.embedded}\n" if document.embedded else ""
    return (
        f"{exercise}{kind}\n{fonts}{PREAMBLE % PAPER[document.paper]}"
        f"\\begin{{document}}\n{blocks}\n\\end{{document}}\n"
    )


def _prose(prose: Prose) -> str:
    return "".join(
        f"${tex_label(piece.text)}$" if isinstance(piece, Maths) else escape.tex(piece) for piece in prose
    )


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{_SECTIONS[level]}{{{escape.tex(text)}}}"
        case Paragraph(prose):
            yield f"{_prose(prose)}\\par"
        case Fields(names):
            yield r"\ ".join(f"{escape.tex(name)}\\ \\hrulefill" for name in names) + r"\par"
        case Matrices(name, members):
            inside = r",\qquad ".join(_matrix(matrix) for matrix in members)
            yield f"\\textbf{{{escape.tex(name)}}}\\quad ${inside}$\\par"
        case Formulas(lines):
            yield "\n".join(f"$\\displaystyle {tex_label(line)}$\\par" for line in lines)
        case Equations(lines):
            yield "\n".join(f"$\\displaystyle {line}$\\par" for line in lines)
        case Table(head, rows):
            written = [" & ".join(map(_prose, row)) + r" \\" for row in (head, *rows)]
            inside = "\n".join([written[0], r"\hline", *written[1:]])
            yield f"\\begin{{tabular}}{{{'l' * len(head)}}}\n{inside}\n\\end{{tabular}}\\par"
        case Answers(lines):
            for line in lines:
                *way, value = line.tex
                result = f"\\boxed{{{value}}}" if line.asked else f"\\mathbf{{{value}}}"
                yield f"\\answer{{${' = '.join(way)} = {result}$}}"
        case Blanks(labels):
            for label in labels:
                yield f"\\blank{{{tex_label(label)}}}" if label else r"\par\vspace{7mm}\dotfill\par"
        case Picture():
            yield _drawn(block)
        case PageBreak():
            yield r"\clearpage"


def _matrix(matrix: Matrix) -> str:
    label = tex_label(matrix.label)
    if len(matrix.rows) == 1 and len(matrix.rows[0]) == 1:
        return f"{label} = {tex_number(matrix.rows[0][0])}"
    rows = r" \\ ".join(" & ".join(map(tex_number, row)) for row in matrix.rows)
    return f"{label} = \\begin{{pmatrix}} {rows} \\end{{pmatrix}}"


def _drawn(picture: Picture) -> str:
    lines = [r"\begin{center}\begin{tikzpicture}[>={Stealth}]"]
    for box in picture.boxes:
        middle = f"({box.x + box.width / 2:.2f},{box.y + box.height / 2:.2f})"
        corner = f"({box.x + box.width:.2f},{box.y + box.height:.2f})"
        lines.append(rf"\draw[rounded corners=2pt] ({box.x:.2f},{box.y:.2f}) rectangle {corner};")
        lines.append(rf"\node at {middle} {{{escape.tex(box.text)}}};")
    for arrow in picture.arrows:
        (x1, y1), (x2, y2) = arrow.start, arrow.end
        side = "above" if y1 == y2 else "right"
        text = r"\dots" if arrow.text == "…" else tex_label(arrow.text)
        lines.append(rf"\draw[->] ({x1:.2f},{y1:.2f}) -- node[{side}] {{${text}$}} ({x2:.2f},{y2:.2f});")
    return "\n".join([*lines, r"\end{tikzpicture}\end{center}"])
