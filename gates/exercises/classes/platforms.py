"""A set for learning platforms: Moodle's XML with cloze questions, and a package of IMS QTI 2.1.

Neither follows a wrong number through, so that a tolerance of two units of the last place lets rounded
intermediate results pass; mistakes lie farther away.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from gates.exercises.arithmetic.forward import Line
from gates.exercises.classes import puzzles
from gates.exercises.classes.puzzles import PuzzleSet
from gates.exercises.classes.sets import ClassSet
from gates.exercises.puzzles.strips import LETTERS, Strips
from gates.exercises.sheets.blocks import Block, Formulas, Heading, Maths, Matrices, Paragraph, Prose, Table
from gates.exercises.sheets.content import Content, Options
from gates.exercises.sheets.html import maths
from gates.exercises.solve import Solution
from gates.text import escape, html_page, translator

_QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_DATE = (1980, 1, 1, 0, 0, 0)  # so that the same set makes the same file


def moodle(class_set: ClassSet) -> str:
    """Return the set as Moodle's XML: a cloze question an exercise, a numerical blank a line."""
    questions = []
    for _, content in _contents(class_set):
        body = "".join(_given(content)).replace("{", "&#123;").replace("}", "&#125;")
        blanks = "".join(
            f"<p>{maths(line.label)} = "
            f"{{{_weight(class_set)}:NUMERICAL:={_value(class_set, line)}:{_tolerance(class_set)}}}</p>"
            for line in content.answer_lines
        )
        questions.append(
            f'<question type="cloze"><name><text>{escape.in_html(content.exercise.title)}</text></name>'
            f'<questiontext format="html"><text><![CDATA[{body}{blanks}]]></text></questiontext></question>'
        )
    return '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>\n"


def moodle_strips(puzzle_set: PuzzleSet) -> str:
    """Return a set of *which strip is f?* as Moodle's XML: a question with one right choice each."""
    questions = []
    for number, each, body in _strips(puzzle_set):
        choices = "".join(
            f'<answer fraction="{100 * (letter == each.answer)}" format="html"><text>{letter}</text></answer>'
            for letter in LETTERS
        )
        questions.append(
            f'<question type="multichoice"><name><text>{_strip_title(puzzle_set, number)}</text></name>'
            f'<questiontext format="html"><text><![CDATA[{body}]]></text></questiontext>'
            f"<defaultgrade>{puzzle_set.points:g}</defaultgrade><single>true</single>"
            f"<shuffleanswers>false</shuffleanswers><answernumbering>none</answernumbering>{choices}</question>"
        )
    return '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n' + "\n".join(questions) + "\n</quiz>\n"


def qti_strips(puzzle_set: PuzzleSet) -> bytes:
    """Return a set of *which strip is f?* as a package of QTI 2.1: a choice each."""
    return _package(
        {f"exercise-{n}.xml": _choice(puzzle_set, n, each, body) for n, each, body in _strips(puzzle_set)}
    )


def qti(class_set: ClassSet) -> bytes:
    """Return the set as a package of QTI 2.1: an item an exercise, a text entry a line."""
    return _package(
        {f"exercise-{n}.xml": _entries(class_set, n, content) for n, content in _contents(class_set)}
    )


def _package(items: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"imsmanifest.xml": _manifest(list(items)), **items}.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), text)
    return out.getvalue()


def _strips(puzzle_set: PuzzleSet) -> Iterator[tuple[int, Strips, str]]:
    """Yield each puzzle with its number and what is given, as HTML."""
    t = translator(puzzle_set.language)
    for number, each in puzzle_set.exercises.items():
        if isinstance(each, Strips):
            asked = f"<p>{escape.in_html(puzzles.question(each, t))}</p>"
            yield number, each, asked + "".join(map(_shown, puzzles.given(each, t)))


def _strip_title(puzzle_set: PuzzleSet, number: int) -> str:
    t = translator(puzzle_set.language)
    title = t("generate.title", title=t(f"puzzle.{puzzle_set.template}.title"), number=number)
    return escape.in_html(title)


def _contents(class_set: ClassSet) -> Iterator[tuple[int, Content]]:
    for number, exercise in class_set.exercises.items():
        yield number, Content(Solution(exercise), Options(class_set.language, decimals=class_set.decimals))


def _given(content: Content) -> Iterator[str]:
    """Yield what is given as HTML, and how to round."""
    yield from filter(None, map(_shown, content.given()))
    note = content.t("sheet.decimals", decimals=content.options.decimals)
    yield f"<p>{escape.in_html(note)}</p>"


def _shown(block: Block) -> str:
    """Return a block as a paragraph or a table, matrices row by row in brackets; a drawing is left out."""
    match block:
        case Heading(text):
            return f"<p><strong>{escape.in_html(text)}</strong></p>"
        case Paragraph(prose):
            return f"<p>{_prose(prose)}</p>"
        case Matrices(name, members):
            texts = []
            for member in members:
                rows = "; ".join(", ".join(map(escape.in_html, row)) for row in member.rows)
                alone = len(member.rows) == len(member.rows[0]) == 1
                texts.append(f"{maths(member.label)} = {rows if alone else f'[{rows}]'}")
            return f"<p>{escape.in_html(name)}: {', '.join(texts)}</p>"
        case Formulas(lines):
            return f"<p>{'<br/>'.join(map(maths, lines))}</p>"
        case Table(head, rows):
            table = "".join(
                f"<tr>{''.join(f'<td>{_prose(each)}</td>' for each in row)}</tr>" for row in (head, *rows)
            )
            return f"<table><tbody>{table}</tbody></table>"
    return ""


def _prose(prose: Prose) -> str:
    return "".join(maths(part.text) if isinstance(part, Maths) else escape.in_html(part) for part in prose)


def _value(class_set: ClassSet, line: Line) -> str:
    return f"{line.value:.{class_set.decimals + 2}f}"


def _tolerance(class_set: ClassSet) -> str:
    return f"{2 * 10.0**-class_set.decimals:.{class_set.decimals}f}"


def _weight(class_set: ClassSet) -> int:
    return max(1, round(class_set.points))


def _entries(class_set: ClassSet, number: int, content: Content) -> str:
    entries, declared, processed = [], [], []
    for at, line in enumerate(content.answer_lines, 1):
        name = f"R{at}"
        declared.append(
            f'<responseDeclaration identifier="{name}" cardinality="single" baseType="float">'
            f"<correctResponse><value>{_value(class_set, line)}</value></correctResponse>"
            "</responseDeclaration>"
        )
        entries.append(
            f'<p>{maths(line.label)} = <textEntryInteraction responseIdentifier="{name}" '
            'expectedLength="10"/></p>'
        )
        tolerance = _tolerance(class_set)
        processed.append(
            "<responseCondition><responseIf>"
            f'<equal toleranceMode="absolute" tolerance="{tolerance} {tolerance}">'
            f'<variable identifier="{name}"/><correct identifier="{name}"/></equal>'
            '<setOutcomeValue identifier="SCORE"><sum><variable identifier="SCORE"/>'
            f'<baseValue baseType="float">{class_set.points:g}</baseValue></sum></setOutcomeValue>'
            "</responseIf></responseCondition>"
        )
    body = "".join((*_given(content), *entries))
    title = escape.in_html(content.exercise.title)
    return _item(class_set.language, number, title, declared, body, processed)


def _choice(puzzle_set: PuzzleSet, number: int, each: Strips, body: str) -> str:
    declared = (
        '<responseDeclaration identifier="R1" cardinality="single" baseType="identifier">'
        f"<correctResponse><value>{each.answer}</value></correctResponse></responseDeclaration>"
    )
    choices = "".join(f'<simpleChoice identifier="{letter}">{letter}</simpleChoice>' for letter in LETTERS)
    attributes = 'responseIdentifier="R1" shuffle="false" maxChoices="1"'
    body += f"<choiceInteraction {attributes}>{choices}</choiceInteraction>"
    processed = (
        '<responseCondition><responseIf><match><variable identifier="R1"/><correct identifier="R1"/></match>'
        f'<setOutcomeValue identifier="SCORE"><baseValue baseType="float">{puzzle_set.points:g}</baseValue>'
        "</setOutcomeValue></responseIf></responseCondition>"
    )
    return _item(puzzle_set.language, number, _strip_title(puzzle_set, number), [declared], body, [processed])


def _item(
    language: str, number: int, title: str, declared: Sequence[str], body: str, processed: Sequence[str]
) -> str:
    tag = html_page.TAGS[language]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem xmlns="{_QTI}" '
        f'identifier="exercise-{number}" title="{title}" xml:lang="{tag}" '
        'adaptive="false" timeDependent="false">\n'
        + "\n".join(declared)
        + '\n<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">'
        "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>\n"
        f"<itemBody>{body}</itemBody>\n"
        f"<responseProcessing>{''.join(processed)}</responseProcessing>\n</assessmentItem>\n"
    )


def _manifest(names: list[str]) -> str:
    resources = "".join(
        f'<resource identifier="{name.removesuffix(".xml")}" type="imsqti_item_xmlv2p1" href="{name}">'
        f'<file href="{name}"/></resource>'
        for name in names
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="gatescope">'
        "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>"
        f"<organizations/><resources>{resources}</resources></manifest>\n"
    )
