"""JSON from strangers: what it says, or a refusal that says why."""

import math

import pytest

from gates import strict_json


@pytest.mark.parametrize("text", ['"\\ud800"', '["a", {"b": "\\uDfff"}]', '{"\\udabc": 1}', '"\ud800"'])
def test_half_a_surrogate_pair_is_no_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"^half of a surrogate pair$"):
        strict_json.loads(text)
    assert strict_json.loads('["\\ud83d\\ude00", "\\\\ud800", "😀"]') == ["😀", "\\ud800", "😀"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("NaN", "NaN is no number"),
        ("[Infinity]", "Infinity is no number"),
        ("1e999", "a number that no float holds"),
        ("-1e400", "a number that no float holds"),
        (str(2**53 + 1), "a whole number that is too large"),
        (str(-(2**53) - 1), "a whole number that is too large"),
        ("1" * 5000, "a whole number that is too large"),
        ("[" * 10**5, "nested too deeply"),
        ("", "Expecting value.*"),
        ("{", "Expecting property name.*"),
    ],
)
def test_json_that_holds_no_number_or_no_end_is_refused(text: str, why: str) -> None:
    for spelled in (text, text.encode(), b"\xef\xbb\xbf" + text.encode()):
        with pytest.raises(ValueError, match=f"^{why}$"):
            strict_json.loads(spelled)
    edges = f"[{2**53}, {-(2**53)}, 1e308, -0.5]"
    for whole in (edges, edges.encode(), b"\xef\xbb\xbf" + edges.encode()):
        assert strict_json.loads(whole) == [2**53, -(2**53), 1e308, -0.5]


def test_a_reader_that_names_places_gets_what_no_float_holds() -> None:
    found = strict_json.loads(f"[NaN, -Infinity, 1e999, {2**53}, {2**53 + 1}, {'1' * 400}]", finite=False)
    assert math.isnan(found[0]) and found[1:] == [-math.inf, math.inf, 2**53, float(2**53), math.inf]
    assert [type(each) for each in found[3:]] == [int, float, float]


def test_a_key_that_stands_there_twice_is_named() -> None:
    twice = '{"a": {"b": 1, "c": 2}, "%s": 1, "%s": 2}'
    for finite in (True, False):
        with pytest.raises(ValueError, match=f"^'{'x' * 40}' stands there twice$"):
            strict_json.loads(twice.replace("%s", "x" * 41), unique=True, finite=finite)
        assert strict_json.loads(twice.replace("%s", "x"), finite=finite) == {"a": {"b": 1, "c": 2}, "x": 2}
        once = '{"a": {"a": 1}, "b": [{"a": 2}]}'
        assert strict_json.loads(once, unique=True, finite=finite) == {"a": {"a": 1}, "b": [{"a": 2}]}
