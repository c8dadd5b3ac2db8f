"""Scripts and styles travel without their comments, and mean the same."""

import subprocess

import pytest

from gates.paths import ASSETS
from gates.scenes import compact
from tests.node import NODE

SOURCE = """// first
/** A block
 * of lines. */
const a = 1; // stays, for it has no line of its own
/* one line */ const b = 2;
const text = `
// no comment
/* nor this */
`;
  // last
export default [a, b, text];
"""


def test_comments_with_lines_of_their_own_go_and_what_a_template_says_stays() -> None:
    assert compact.script(SOURCE) == (
        "const a = 1; // stays, for it has no line of its own\n const b = 2;\n"
        "const text = `\n// no comment\n/* nor this */\n`;\nexport default [a, b, text];\n"
    )


def test_a_sheet_loses_comments_and_indentation() -> None:
    assert compact.style("/* a */\n.b {\n  color: red; /* c\nd */\n}\n\n") == ".b {\ncolor: red;\n}\n"


def test_a_dense_sheet_keeps_what_lines_part() -> None:
    source = '.a,\n.b > c {\n  color: red;\n  grid-template-columns:\n    a\n    b;\n  content: "x: y";\n}\n'
    assert compact.dense_style(source) == '.a,.b > c {color:red;grid-template-columns:\na\nb;content:"x: y";}'


@pytest.mark.parametrize(
    ("source", "dense"),
    [
        ("const a = 1;  // one\nconst b = `x  ${ a }` + `  y`;\n", "const a=1;const b=`x  ${ a }`+`  y`;"),
        ("const c = `a  ${d.map((e) => `${e}  ${e}`)}`;", None),  # one within another
        ("  const c = `a  ${d(`  ${e}`)}`;\n    f( 1 );\n", "const c = `a  ${d(`  ${e}`)}`;\nf( 1 );"),
        ("  const f = `a  ${g\n? `  b` : `  c`}`;\n", None),
        ("  const f = `a  ${`\n  b`}`;\n", None),
        ("const h = `\n  two\n  lines`;\n", None),
    ],
)
def test_a_dense_script_keeps_its_templates(source: str, dense: str | None) -> None:
    assert compact.without_spaces(source) == (source if dense is None else dense)


def test_the_least_script_joins_its_constants_and_ends_without_a_sign() -> None:
    pytest.importorskip("minify", reason="no wheel for this system")
    assert compact.minified("const a = f(1);\nconst b = f(2);\ng(a, b);\n") == "let a=f(1),b=f(2);g(a,b)"


def test_every_script_still_parses_and_is_a_sixth_smaller(tmp_path) -> None:
    scripts = {path: path.read_text(encoding="utf-8") for path in sorted(ASSETS.rglob("*.js"))}
    compacted = {path: compact.script(source) for path, source in scripts.items()}
    for number, source in enumerate(compacted.values()):
        (tmp_path / f"{number}.mjs").write_text(source, encoding="utf-8")
    check = "const vm = require('vm'), fs = require('fs');"
    check += "for (const one of process.argv.slice(1)) new vm.SourceTextModule(fs.readFileSync(one, 'utf8'));"
    subprocess.run(
        [NODE, "--experimental-vm-modules", "-e", check, *map(str, sorted(tmp_path.glob("*.mjs")))],
        check=True,
    )
    assert sum(map(len, compacted.values())) < 0.9 * sum(map(len, scripts.values()))
