"""What strangers type is read in time that grows as its length: the worst cases at the limit, in a process
of their own that is given far more time than they need and far less than a quadratic reading takes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gates.examples.presets.alphabets import NUMBERS
from gates.examples.presets.registry import PRESETS
from gates.inputs.parse import InputError, brackets, from_text, parse_numbers
from gates.inputs.sequence import MAX_CHARACTERS

N = MAX_CHARACTERS
ALPHABETS = {id(each.alphabet): each.alphabet for presets in PRESETS.values() for each in presets}.values()
"""Each once: many presets share one."""
HAS_LIMITS = os.name == "posix"
WORST = {
    "digits and a letter": "1" * (N - 1) + "x",
    "digits, a point, digits": "1" * (N // 2) + "." + "1" * (N // 2 - 2) + "x",
    "an exponent without end": "1e" + "1" * (N - 3) + "x",
    "a bracket and spaces": "]" + " " * (N - 1),
    "brackets and spaces": ("]" + " " * 999) * (N // 1000),
    "a bracket, spaces, a comma, spaces": "]" + " " * (N // 2) + "," + " " * (N // 2 - 2),
    "spaces between two numbers": "1" + " " * (N - 2) + "2",
    "spaces and no separator": ("1" + " " * 499) * (N // 500),
    "quotes": '"' * N,
    "separators": "," * N,
    "semicolons": "1;" * (N // 2),
    "groups": "1,234" * (N // 5),
    "spaced groups": "1 234 " * (N // 6) + ";",
    "quoted cells": '"a",' * (N // 4),
    "one quoted cell": '"' + "a" * (N - 2) + ",",
    "lines": "\n" * N,
    "combining marks in the wrong order": "a" + "\u0315\u0300" * (N // 2 - 1),
    "two long runs of marks": "a" + "\u0315" * (N // 2) + "\u0300" * (N // 2 - 1),
    "joiners": "\u200d" * N,
    "what unfolds to eighteen": "\ufdfa" * N,
    "one word": "a" * N,
    "joined words": "a-" * (N // 2),
    "Chinese": "门" * N,
    "brackets": "()" * (N // 2),
    "surrogates": "\ud800" * N,
    "different characters": "".join(chr(0x4E00 + place % 20_000) for place in range(N)),
}


def read_all(text: str) -> None:
    for read in (parse_numbers, from_text, lambda text: from_text(text, "words"), brackets):
        try:
            read(text)
        except InputError:
            continue
    for alphabet in ALPHABETS:
        alphabet.vector(text)


def test_the_worst_cases_at_the_limit_end() -> None:
    """Read quadratically, the first one took nine minutes; a process can be ended where ``re`` cannot."""
    # Of processor time: beside others the clock says little.
    script = "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (60, 60))\n" if HAS_LIMITS else ""
    script += "import test_limits as it\nfor name, text in it.WORST.items():\n"
    script += "    print(name, flush=True)\n    it.read_all(text)\nprint('done')"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (Path.cwd(), Path(__file__).parent)))},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=None if HAS_LIMITS else 600,
    )
    assert done.stdout.splitlines()[-1] == "done", "it was still reading this"


def test_one_word_or_character_has_an_end() -> None:
    with pytest.raises(InputError) as caught:
        from_text("a" * 101 + " b", "words")
    assert caught.value.key == "error.text.token.words"
    with pytest.raises(InputError) as caught:
        from_text("a" + "\u0323\u0301" * 60)
    assert caught.value.key == "error.text.token.characters"
    assert from_text("a" * 100 + " b", "words").tokens == ("a" * 100, "b")
    assert len(from_text("a" * 101, "characters")) == 101


def test_a_number_too_large_is_none_of_a_presets_numbers() -> None:
    assert NUMBERS.vector("−2.5e1") == (-25.0,)
    assert NUMBERS.vector("1" * 400) is None and NUMBERS.vector("1e999") is None
