from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gates.inputs.numbers import is_one_row
from gates.inputs.parse import (
    MAX_COLUMNS,
    MAX_STEPS,
    MAX_VOCABULARY,
    InputError,
    Sequence,
    brackets,
    from_text,
    parse_numbers,
)
from gates.text import LANGUAGES, translator


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1 2 3", [[1], [2], [3]]),
        ("1,2;3\t4", [[1.2], [3], [4]]),
        ("1\n2\n3", [[1], [2], [3]]),
        ("1, 2\n3, 4", [[1, 2], [3, 4]]),
        ("1\t2\r\n3\t4\r\n", [[1, 2], [3, 4]]),
        ("\n  .5   -1.25e1 \n\n +3  4. \n", [[0.5, -12.5], [3, 4]]),
        ("１，２；３", [[1], [2], [3]]),
        ("０．５、−1.5，–2", [[0.5], [-1.5], [-2]]),
        ("[1, 2, 3]", [[1], [2], [3]]),
        ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("[[1, 2],\n [3, 4]]\n", [[1, 2], [3, 4]]),
        ("1,2,\n3,4,", [[1, 2], [3, 4]]),
        ("7", [[7]]),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, rows: list[list[float]]) -> None:
    sequence = parse_numbers(text)
    assert sequence.x.tolist() == rows
    assert sequence.x.dtype == np.float64 and sequence.kind == "numbers"
    assert len(sequence.tokens) == len(rows)


def test_a_first_row_of_words_names_the_columns() -> None:
    table = parse_numbers('"open price", close\n1, 2\n3, 4')
    assert table.columns == ("open price", "close")
    assert table.x.tolist() == [[1, 2], [3, 4]]
    assert parse_numbers("temperature\n1 2 3").x.tolist() == [[1], [2], [3]]
    assert parse_numbers("开盘，收盘\n1，2").columns == ("开盘", "收盘")
    assert parse_numbers("a b c\n1 2 3").x.tolist() == [[1, 2, 3]]


PEOPLE = [  # as spreadsheets and loggers of several countries write them
    ("1,5; 2,5; 3,5", [[1.5], [2.5], [3.5]], ("x",), ["comma", "row.steps"]),
    ("1,5\t-2,5\n3,5\t4", [[1.5, -2.5], [3.5, 4]], ("x₁", "x₂"), ["comma"]),
    ("1.5;2,5\n3;4", [[1.5, 2.5], [3, 4]], ("x₁", "x₂"), ["comma"]),
    ("1.234,5;2\n3;4", [[1234.5, 2], [3, 4]], ("x₁", "x₂"), ["comma", "grouped"]),
    ("1,234.5;2\n3;4", [[1234.5, 2], [3, 4]], ("x₁", "x₂"), ["grouped"]),
    ("1\u00a0234,5;2\n3;4", [[1234.5, 2], [3, 4]], ("x₁", "x₂"), ["comma", "grouped"]),
    ("1’234.5;2\n3;4", [[1234.5, 2], [3, 4]], ("x₁", "x₂"), ["grouped"]),
    ('"1,234.5",2\n"3,000.0",4', [[1234.5, 2], [3000, 4]], ("x₁", "x₂"), ["grouped"]),
    ('"1,5","2,5"\n"3,5","4"', [[1.5, 2.5], [3.5, 4]], ("x₁", "x₂"), ["comma"]),
    ("0,1\n1,0", [[0, 1], [1, 0]], ("x₁", "x₂"), []),
    ("date,price\n2024-01-01,3\n2024-01-02,4", [[3], [4]], ("price",), ["words"]),
    ("2024-01-01 12:00, 3\n2024-01-01 12:01, 4", [[3], [4]], ("x",), ["words"]),
    ("2024-01-01 12:00 3\n2024-01-01 12:01 4", [[3], [4]], ("x",), ["words"]),
    ("t;a;b\n00:01;1,5;on\n00:02;2,5;off", [[1.5], [2.5]], ("a",), ["comma", "words"]),
    ("a,b\n1,2\n3,\n,5\n6,7", [[1, 2], [6, 7]], ("a", "b"), ["gaps"]),
    ("v,w\n1,2\nNaN,3\n4,NA\n5,n/a\n#N/A,6\n7,null\n8,9", [[1, 2], [8, 9]], ("v", "w"), ["gaps"]),
    ("1\nNaN\n3", [[1], [3]], ("x",), ["gaps"]),
    ("1,,3", [[1], [3]], ("x",), ["gaps.row", "row.steps"]),
    ("1 nan 2 NA", [[1], [2]], ("x",), ["gaps.row", "row.steps"]),
    ("when,v\nNaN,1\nNaN,2", [[1], [2]], ("v",), ["words"]),
    ("a;b;;\n1;2;;\n3;4;;\n;;;", [[1, 2], [3, 4]], ("a", "b"), []),
    ("a b c\n1 2 3", [[1, 2, 3]], ("a", "b", "c"), []),
]


@pytest.mark.parametrize(("text", "rows", "columns", "notes"), PEOPLE)
def test_numbers_are_read_as_people_have_them_and_it_is_said_how(text, rows, columns, notes) -> None:
    sequence = parse_numbers(text)
    assert sequence.x.tolist() == rows and sequence.columns == columns
    assert [note.key for note in sequence.notes] == [f"note.numbers.{name}" for name in notes]
    for language in LANGUAGES:
        assert all(translator(language)(note.key, **note.values) for note in sequence.notes)


def test_what_is_left_out_is_named() -> None:
    left = parse_numbers("when,what,v\na,b,1\nc,d,\ne,f,3").notes
    assert [note.values for note in left] == [{"columns": "when, what"}, {"count": 1, "rows": "3"}]
    assert parse_numbers("x 1\ny 2").notes[0].values == {"columns": "1"}
    assert parse_numbers("1 NaN 2 NA").notes[0].values == {"count": 2, "places": "2, 4"}
    many = "\n".join(f"{step} {'NA' if step % 2 else step}" for step in range(1, 21))
    assert parse_numbers(many).notes[0].values == {"count": 10, "rows": "1, 3, 5, 7, 9 …"}


def test_one_row_is_read_either_way_and_the_other_is_offered() -> None:
    steps, inputs = parse_numbers("1 2 3"), parse_numbers("1 2 3", row="inputs")
    assert steps.x.tolist() == [[1], [2], [3]] and inputs.x.tolist() == [[1, 2, 3]]
    assert inputs.columns == ("x₁", "x₂", "x₃")
    for sequence, key in ((steps, "note.numbers.row.steps"), (inputs, "note.numbers.row.inputs")):
        assert [(note.key, note.values) for note in sequence.notes] == [(key, {"count": 3})]
        for t in map(translator, LANGUAGES):
            assert t("input.row") in t(key, count=3)
    assert [is_one_row(text) for text in ("1 2 3", " 1;2 \n", "[1, 2]", "1,5; 2")] == [True] * 4
    assert not any(is_one_row(text) for text in ("", "1", "1\n2", "a b\n1 2", "[1, 2], [3, 4]"))
    for row in ("steps", "inputs"):  # nothing to ask where a name or a second row says it
        assert parse_numbers("v\n1 2 3", row=row).x.shape == (3, 1)
        assert parse_numbers("a b c\n1 2 3", row=row).x.shape == (1, 3)
        assert parse_numbers("1 2\n3 4", row=row).x.tolist() == [[1, 2], [3, 4]]


def test_scaled_numbers_have_mean_0_and_variance_1_and_it_is_said() -> None:
    text = "price;same\n10;7\n40;7\n10;7\n20;7"
    plain, scaled = parse_numbers(text), parse_numbers(text, scale="standard")
    mean, deviation = 20.0, 150**0.5  # ((10² + 20² + 10² + 0²) / 4)
    assert scaled.x[:, 0] == pytest.approx((plain.x[:, 0] - mean) / deviation, rel=1e-15)
    assert scaled.x[:, 0].mean() == pytest.approx(0, abs=1e-15) and scaled.x[:, 0].var() == pytest.approx(1)
    assert scaled.x[:, 1].tolist() == [0] * 4, "a column of one value has no variance to be brought to 1"
    assert scaled.tokens == plain.tokens == ("10 7", "40 7", "10 7", "20 7")
    assert [note.values for note in scaled.notes] == [{"columns": "price: 20, 12.25; same: 7, 0"}]
    assert parse_numbers("0.1\n0.1\n0.1", scale="standard").x.tolist() == [[0]] * 3
    assert parse_numbers("5", scale="standard").x.tolist() == [[0]]


def test_steps_and_columns_are_labelled() -> None:
    assert parse_numbers("0.5 -1").tokens == ("0.5", "−1")
    assert parse_numbers("0.5 -1").columns == ("x",)
    assert parse_numbers("1 0\n0 1").tokens == ("1 0", "0 1")
    assert parse_numbers("1 0\n0 1").columns == ("x₁", "x₂")
    assert parse_numbers("1 2 3 4\n5 6 7 8").tokens == ("1", "2")


WRONG = [
    ("", "error.numbers.empty", {}),
    (" \n,\n", "error.numbers.empty", {}),
    ("1 2\n3 x4", "error.numbers.letters", {"row": 2, "token": "x4"}),
    ("a b\n\n1 2\n3 4b", "error.numbers.letters", {"row": 4, "token": "4b"}),
    ("1, two, 3", "error.numbers.letters", {"row": 1, "token": "two"}),
    ("hello", "error.numbers.letters", {"row": 1, "token": "hello"}),
    ("1_000", "error.numbers.letters", {"row": 1, "token": "1_000"}),
    ("NaN", "error.numbers.missing", {"row": 1, "column": 1}),
    ("1 2\n3,,4", "error.numbers.missing", {"row": 2, "column": 2}),
    ("1 -inf", "error.numbers.not_finite", {"row": 1, "token": "-inf"}),
    ("2 inf\n1 2", "error.numbers.not_finite", {"row": 1, "token": "inf"}),
    ("1\n1e999", "error.numbers.huge", {"row": 2, "token": "1e999"}),
    ("1e12", "error.numbers.huge", {"row": 1}),
    ("1 2\n3 4\n5", "error.numbers.ragged", {"row": 3, "count": 1, "expected": 2}),
    ("a b\n1\n2", "error.numbers.header", {"count": 2, "expected": 1}),
    ("0.1 " * 10_000, "error.numbers.too_long", {"count": 10_000, "limit": MAX_STEPS}),
    ("0.1 2\n" * 10_000, "error.numbers.too_long", {"count": 10_000, "limit": MAX_STEPS}),
    (("1 " * 65 + "\n") * 2, "error.numbers.too_many_columns", {"count": 65, "limit": MAX_COLUMNS}),
]


@pytest.mark.parametrize(("text", "key", "values"), WRONG, ids=lambda v: str(v)[:30])
def test_wrong_numbers_are_named(text: str, key: str, values: dict[str, object]) -> None:
    with pytest.raises(InputError) as caught:
        parse_numbers(text)
    assert caught.value.key == key
    assert values.items() <= caught.value.values.items()
    for language in LANGUAGES:
        sentence = translator(language)(caught.value.key, **caught.value.values)
        assert all(str(value) in sentence for value in values.values())


@given(st.text(max_size=60))
def test_any_text_gives_finite_numbers_or_a_sentence(text: str) -> None:
    try:
        sequence = parse_numbers(text)
    except InputError as error:
        assert translator("zh")(error.key, **error.values)
    else:
        assert np.isfinite(sequence.x).all() and len(sequence) >= 1


@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=2, max_size=20))
def test_a_pasted_table_comes_back_exactly(rows: list[list[float]]) -> None:
    text = "\n".join("; ".join(map(repr, row)) for row in rows)
    assert parse_numbers(text).x.tolist() == rows


def test_text_by_characters_is_one_hot_in_order_of_appearance() -> None:
    sequence = from_text("  ab a\n", "characters")
    assert sequence.tokens == ("a", "b", "␣", "a")
    assert sequence.columns == ("a", "b", "␣")
    assert sequence.x.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert sequence.kind == "symbols"


def test_a_character_is_what_a_reader_calls_one() -> None:
    assert from_text("cafe\u0301").tokens == ("c", "a", "f", "é")
    assert from_text("门👩‍🔬👍🏽!").tokens == ("门", "👩‍🔬", "👍🏽", "!")
    assert from_text("a\u200bb\ufeff").tokens == ("a", "b")
    assert from_text("a\r\nb").tokens == ("a", "↵", "b")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Don't stop, 3.14 well-known!", ("Don't", "stop", ",", "3.14", "well-known", "!")),
        ("the cat. The dog", ("the", "cat", ".", "The", "dog")),
        ("Schöne Grüße - bald", ("Schöne", "Grüße", "-", "bald")),
        ("हिन्दी में", ("हिन्दी", "में")),
    ],
)
def test_text_by_words(text: str, tokens: tuple[str, ...]) -> None:
    sequence = from_text(text, "words")
    assert sequence.tokens == tokens and sequence.notes == ()


def test_chinese_by_words_is_cut_into_characters_and_says_so() -> None:
    sequence = from_text("这部电影 not good。", "words")
    assert sequence.tokens == ("这", "部", "电", "影", "not", "good", "。")
    assert [note.key for note in sequence.notes] == ["note.words.unspaced"]
    assert from_text("这部电影", "characters").notes == ()


@pytest.mark.parametrize(
    ("text", "by", "key"),
    [
        ("", "characters", "error.text.empty"),
        (" \n\u200b", "words", "error.text.empty"),
        ("a" * 1001, "characters", "error.text.too_long.characters"),
        ("a " * 1001, "words", "error.text.too_long.words"),
        (
            "".join(map(chr, range(0x4E00, 0x4E00 + MAX_VOCABULARY + 1))),
            "characters",
            "error.text.vocabulary",
        ),
    ],
)
def test_wrong_text_is_named(text: str, by: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        from_text(text, by)  # type: ignore[arg-type]
    assert caught.value.key == key
    for language in LANGUAGES:
        assert translator(language)(key, **caught.value.values)


@given(st.text(max_size=80), st.sampled_from(["characters", "words"]))
def test_any_text_is_one_hot_or_a_sentence(text: str, by: str) -> None:
    try:
        sequence = from_text(text, by)  # type: ignore[arg-type]
    except InputError as error:
        assert error.key == "error.text.empty"
    else:
        assert (sequence.x.sum(axis=1) == 1).all()
        assert all(
            sequence.columns[row.argmax()] == token
            for row, token in zip(sequence.x, sequence.tokens, strict=True)
        )


@pytest.mark.parametrize("read", [from_text, parse_numbers, brackets])
def test_a_flood_of_text_is_refused_before_it_is_read(read: Callable[[str], Sequence]) -> None:
    with pytest.raises(InputError) as caught:
        read("(" * 200_001)
    assert caught.value.key == "error.too_much"
    assert all(
        "200,000" in translator(language)("error.too_much", **caught.value.values) for language in LANGUAGES
    )


def test_typed_brackets() -> None:
    sequence = brackets("( ( )\n（）")
    assert sequence.tokens == ("(", "(", ")", "(", ")")
    assert sequence.x[:, 0].tolist() == [1, 1, 0, 1, 0]
    assert (sequence.x.sum(axis=1) == 1).all()


@pytest.mark.parametrize(
    ("text", "key"),
    [(" ", "error.brackets.empty"), ("(a)", "error.brackets.other"), ("(" * 1001, "error.brackets.too_long")],
)
def test_wrong_brackets_are_named(text: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        brackets(text)
    assert caught.value.key == key
    assert translator("en")(key, **caught.value.values)
