"""Bytes in an address: any come back, and what is damaged or unfolds too far is refused."""

import zlib

import pytest

from gates import packing

DATA = [b"", b"\x00", bytes(range(256)), b"\xff\xfe\xfd" * 3, "中文".encode() * 90, b"ab" * 500]


def test_any_bytes_come_back_from_a_text_that_an_address_may_hold() -> None:
    for data in DATA:
        text = packing.to_text(data)
        assert text.replace("-", "").replace("_", "").isalnum() or not data
        assert packing.from_text(text) == packing.from_text(text + "=" * (-len(text) % 4)) == data
        assert packing.inflate(packing.deflate(data) + b"behind") == (data, b"behind")
    assert packing.to_text(b"\xfb\xff\xbf") == "-_-_"
    assert packing.deflate(DATA[-1]) == zlib.compress(DATA[-1], 9)


@pytest.mark.parametrize("text", ["a b", "aä==", "a", "YQ=a"])
def test_other_signs_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        packing.from_text(text)


def test_what_is_cut_off_altered_or_larger_than_the_limit_is_refused() -> None:
    packed = packing.deflate(DATA[4])
    for wrong in (
        packed[:-1],
        packed[:-1] + b"\x00",
        b"",
        b"no zlib",
        packing.deflate(bytes(packing.LARGEST + 1)),
    ):
        with pytest.raises(ValueError, match=r"^damaged"):
            packing.inflate(wrong)
    assert packing.inflate(packing.deflate(bytes(packing.LARGEST))) == (bytes(packing.LARGEST), b"")
