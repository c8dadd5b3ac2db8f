"""Own text, mark by mark: what counts as one character or word, and the numbers in what is refused."""

import unicodedata

import pytest

from gates.inputs.parse import MAX_TOKEN, MAX_VOCABULARY, InputError, from_text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("e\u0301a", ("é", "a")),  # composed first
        ("न\u093fम", ("नि", "म")),  # a vowel sign that takes room (Mc)
        ("1\u20e31", ("1⃣", "1")),  # an enclosing keycap (Me)
        ("👍\U0001f3fdb", ("👍🏽", "b")),  # a skin tone (Sk)
        ("^a`", ("^", "a", "`")),  # ASCII's own marks of that category stand by themselves
        ("👩\u200d🔬x", ("👩‍🔬", "x")),
        ("a\rb", ("a", "↵", "b")),
        ("a\r\nb", ("a", "↵", "b")),
        ("a\tb", ("a", "⇥", "b")),
        ("a\u00a0b", ("a", "␣", "b")),
        ("a\u3000b", ("a", "␣", "b")),
        ("a\x07\x1bb", ("a", "b")),  # control marks
        ("a\u200b\u202eb", ("a", "b")),  # formatting, such as the override of direction
        ("a\ud800b", ("a", "b")),  # half a surrogate pair
        ("a\ue000b", ("a", "b")),  # private use
    ],
)
def test_characters_are_cut_mark_by_mark(text: str, tokens: tuple[str, ...]) -> None:
    assert from_text(text).tokens == tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("3.14 1,000", ("3.14", "1,000")),
        ("3.x x.3 a,b", ("3", ".", "x", "x", ".", "3", "a", ",", "b")),
        ("don't it’s", ("don't", "it’s")),
        ("'twas dogs'", ("'", "twas", "dogs", "'")),
        ("well-known snake_case", ("well-known", "snake_case")),
        ("a- -b", ("a", "-", "-", "b")),
        ("aXb X-X LMN", ("aXb", "X-X", "LMN")),
        ("ⅷ e\u0301t", ("ⅷ", "ét")),  # a number that is no digit; an accent inside a word
        ("ひカ門a\uf900", ("ひ", "カ", "門", "a", "豈")),  # composed: the compatibility ideograph is its own
        ("東X京", ("東", "X", "京")),
    ],
)
def test_words_are_cut_mark_by_mark(text: str, tokens: tuple[str, ...]) -> None:
    assert from_text(text, "words").tokens == tokens


@pytest.mark.parametrize("mark", ["门", "ひ", "カ", "\ufa0e"])
def test_each_script_without_spaces_is_said(mark: str) -> None:
    assert [note.key for note in from_text(f"{mark} word", "words").notes] == ["note.words.unspaced"]
    assert not from_text(mark, "characters").notes
    assert not from_text("word 한국어", "words").notes


def test_a_run_of_marks_is_broken_after_thirty() -> None:
    """As Unicode's Stream-Safe Text Format has it (UAX 15): a grapheme joiner after every thirtieth."""
    joiner, mark = "\u034f", "\u0315"
    for count, stands in ((30, mark * 30), (31, mark * 30 + joiner + mark)):
        assert from_text("q" + mark * count).tokens == ("q" + stands,)
    again = from_text("q" + mark * 30 + "q" + mark * 30).tokens
    assert again == ("q" + mark * 30,) * 2, "another letter begins another run"
    twice = from_text("q" + mark * 61).tokens
    assert twice == ("q" + joiner.join([mark * 30, mark * 30, mark]),)
    assert all(unicodedata.is_normalized("NFC", token) for token in twice)


def test_a_token_has_at_most_a_hundred_code_points() -> None:
    longest = "n" * MAX_TOKEN
    assert from_text(f"a {longest}", "words").tokens == ("a", longest)
    for text, by in (("ab" * 100 + "c", "words"), ("q" + "\u0315" * 99 + "\u0300" * 40, "characters")):
        with pytest.raises(InputError) as caught:
            from_text(text, by)
        assert caught.value.key == f"error.text.token.{by}"
        values = caught.value.values
        assert (values["limit"], len(values["token"])) == (MAX_TOKEN, 20)
        assert values["count"] > MAX_TOKEN and text.startswith(values["token"][:2])
    assert values["count"] == 144  # and the joiners that break the run
    with pytest.raises(InputError) as caught:
        from_text("ab" * 100 + "c", "words")
    assert caught.value.values == {"token": "ab" * 10, "count": 201, "limit": MAX_TOKEN}


def test_a_vocabulary_has_its_limit_to_the_symbol() -> None:
    symbols = [chr(0x4E00 + place) for place in range(MAX_VOCABULARY + 1)]
    assert len(from_text("".join(symbols[:-1])).columns) == MAX_VOCABULARY
    with pytest.raises(InputError) as caught:
        from_text("".join(symbols))
    assert caught.value.key == "error.text.vocabulary"
    assert caught.value.values == {"count": MAX_VOCABULARY + 1, "limit": MAX_VOCABULARY}


def test_another_way_to_cut_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="not 'letters'"):
        from_text("abc", "letters")  # type: ignore[arg-type]
