"""HDF5 as decoded here, against h5py: every group, text and array of files such as Keras writes."""

import io
import itertools
import re
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from gates.interop import InteropError, load
from gates.interop.files.hdf5.chunks import SLACK
from gates.interop.files.hdf5.tree import opened_tree
from tests.interop.keras.models import keras, sequential, written

FILES = Path(__file__).parents[1] / "data"


def assert_reads_alike(path: Path) -> None:
    groups, arrays = {"": None}, {}
    with h5py.File(path) as file, path.open("rb") as binary, opened_tree(binary, "x", 2**28) as tree:
        file.visititems(
            lambda name, found: (groups if isinstance(found, h5py.Group) else arrays).update({name: None})
        )
        assert tree.groups.keys() == groups.keys() and list(tree.arrays) == list(arrays)
        for name in arrays:
            theirs = file[name][()]
            ours = tree.array(name)
            assert ours.dtype == theirs.dtype and ours.shape == theirs.shape
            np.testing.assert_array_equal(ours, theirs)
        for name in groups:
            held = file[name or "/"]
            assert tree.below(name) == sorted((k for k in held if isinstance(held[k], h5py.Dataset)),
                                              key=lambda k: (len(k), k))  # fmt: skip
            for attribute, value in held.attrs.items():
                texts = [t.decode() if isinstance(t, bytes) else t for t in np.atleast_1d(value).tolist()]
                assert tree.texts(name, attribute) == texts


@pytest.mark.parametrize("name", [path.name for path in sorted(FILES.glob("*.h5"))])
def test_files_of_keras_2(name: str) -> None:
    assert_reads_alike(FILES / name)


@pytest.mark.parametrize("suffix", [".h5", ".weights.h5"])
def test_files_of_keras_3_with_many_layers(suffix: str, tmp_path: Path) -> None:
    layers = [
        keras.layers.LSTM(2, return_sequences=True, name=f"a_layer_with_a_long_name_{k}") for k in range(12)
    ]
    assert_reads_alike(written(sequential(*layers), tmp_path, suffix))


def test_numbers_and_texts_of_every_kind(tmp_path: Path) -> None:
    path, rng = tmp_path / "m.h5", np.random.default_rng(0)
    kinds = [
        f"{order}{kind}" for order, kind in itertools.product("<>", ("f2", "f4", "f8", "i2", "u8", "i4"))
    ]
    with h5py.File(path, "w") as file:
        for kind, shape in itertools.product(kinds, ((3, 4), (5,), (0, 3), ())):
            file[f"{kind[1:]}{ord(kind[0])}/{len(shape)}{shape[:1] == (0,)}"] = (
                9 * rng.normal(size=shape)
            ).astype(kind)
        for k in range(1000):
            file.create_group(f"wide/group {k}")
        file.attrs["long"] = "x" * 300_000
        file.attrs["fixed"] = np.array([b"one", b"second"])
        file.attrs["words"] = ["gates", "门", ""]
        file.attrs["none"] = []
        small = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        small.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((4,))
        h5py.h5d.create(file.id, b"compact", h5py.h5t.IEEE_F32LE, space, small).write(
            h5py.h5s.ALL, h5py.h5s.ALL, rng.normal(size=4).astype("f4")
        )
    assert_reads_alike(path)


@pytest.mark.parametrize("options", [
    {"chunks": (2, 3)}, {"compression": "gzip"}, {"compression": 9, "shuffle": True}, {"fletcher32": True},
    {"compression": "gzip", "shuffle": True, "fletcher32": True},
    {"chunks": (16, 16), "maxshape": (None, None)},
])  # fmt: skip
def test_arrays_in_chunks(tmp_path: Path, options: dict[str, Any]) -> None:
    rng, wide = np.random.default_rng(1), {**options, "chunks": (3, 7)}
    with h5py.File(tmp_path / "m.h5", "w") as file:
        for kind in ("f2", ">f4", "f8", "i4"):
            file.create_dataset(
                f"{kind[-2:]}/odd", data=(9 * rng.normal(size=(7, 11))).astype(kind), **options
            )
            file.create_dataset(
                f"{kind[-2:]}/many", data=(9 * rng.normal(size=(90, 71))).astype(kind), **wide
            )
        file.create_dataset("bytes", data=np.arange(35, dtype="i1").reshape(5, 7), **wide)
        if set(options) != {"chunks", "maxshape"}:
            long = rng.normal(size=200_000).astype("f4")
            file.create_dataset("long", data=long, **{**options, "chunks": (70_001,)})
    assert_reads_alike(tmp_path / "m.h5")


def chunk(path: Path, content: bytes, filters: dict[str, Any]) -> Path:
    """A file whose array of (4, 4) is one chunk of these bytes."""
    with h5py.File(path, "w") as file:
        array = file.create_dataset("x", shape=(4, 4), dtype="f4", chunks=(4, 4), **filters)
        array.id.write_direct_chunk((0, 0), content)
    return path


def array_in(path: Path) -> Any:
    with path.open("rb") as binary, opened_tree(binary, str(path), 2**20) as tree:
        return tree.array("x")


def test_a_chunk_gives_its_own_bytes_and_no_more(tmp_path: Path) -> None:
    gzip, right = {"compression": "gzip"}, np.arange(16, dtype="<f4").tobytes()
    good = chunk(tmp_path / "good.h5", zlib.compress(right), gzip)
    np.testing.assert_array_equal(array_in(good).ravel(), np.arange(16))
    bomb = zlib.compress(bytes(2**20), 9)
    spoilt = {
        "a bomb": bomb[:1000],
        "whole": zlib.compress(bytes(2**12), 9),
        "short": zlib.compress(right[:-1]),
        "cut": zlib.compress(right)[:-3],
        "noise": right,
        "nothing": b"\0",
        "long": right + bytes(2000),
    }
    for name, content in spoilt.items():
        with pytest.raises(InteropError, match=r"damaged.*at: x"):
            array_in(chunk(tmp_path / f"{name}.h5", content, gzip))
    checked = right + bytes(4)
    with pytest.raises(InteropError, match="damaged"):
        array_in(chunk(tmp_path / "sum.h5", checked, {"fletcher32": True}))


def test_no_byte_beyond_a_chunk_is_unpacked(tmp_path: Path) -> None:
    """Gzip of half a MB or of 16 for a chunk of 64 bytes: reading takes the memory of some hundred."""
    with pytest.raises(InteropError, match="damaged"):  # which loads the sentences
        array_in(chunk(tmp_path / "noise.h5", bytes(64), {"compression": "gzip"}))
    for size in (2**19, 2**24):  # packed as small as a chunk may be, and larger
        bomb = zlib.compress(bytes(size), 9)
        path = chunk(tmp_path / "bomb.h5", bomb, {"compression": "gzip"})
        assert (len(bomb) <= SLACK) == (size == 2**19)
        tracemalloc.start()
        try:
            with pytest.raises(InteropError, match="damaged"):
                array_in(path)
            assert tracemalloc.get_traced_memory()[1] < 2**17
        finally:
            tracemalloc.stop()


def test_lists_of_chunks_that_repeat_or_lead_in_a_ring_end(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=np.arange(144.0).reshape(12, 12), chunks=(1, 1))
    content = path.read_bytes()
    nodes = [at.start() for at in re.finditer(b"TREE\x01", content)]
    assert len(nodes) > 1, "a list of lists"
    upper = next(at for at in nodes if content[at + 5] == 1)
    child = upper + 24 + 8 + 3 * 8
    twice = bytearray(content)
    twice[child + 40 : child + 48] = content[child : child + 8]
    ring = bytearray(content)
    ring[child : child + 8] = upper.to_bytes(8, "little")
    for spoilt in (twice, ring):
        path.write_bytes(spoilt)
        with pytest.raises(InteropError, match="damaged"):
            array_in(path)


def test_a_newer_form_is_named(tmp_path: Path) -> None:
    for options in ({"libver": "latest"}, {"track_order": True}):
        with h5py.File(tmp_path / "m.h5", "w", **options) as file:
            file["x"] = np.ones(3)
        named = pytest.raises(InteropError, match="newer form of HDF5")
        with (tmp_path / "m.h5").open("rb") as file, named, opened_tree(file, "x", 2**20):
            pass


def test_bfloat16_is_the_upper_half_of_float32(tmp_path: Path) -> None:
    plain = {"recurrent_initializer": "glorot_uniform", "dtype": "bfloat16"}  # orthogonal needs more digits
    model = sequential(keras.layers.LSTM(2, return_sequences=True, **plain))
    kernel = model.get_weights()[0]
    assert kernel.dtype.name == "bfloat16"
    for source in (model, written(model, tmp_path, ".keras")):
        network = load(source)
        np.testing.assert_array_equal(network.cells[0].part("input").W, kernel[:, :2].astype(np.float32).T)
        assert "Keras computes this layer in bfloat16" in str(network.report)


def test_texts_that_refer_to_one_long_text_over_and_over_are_not_multiplied(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["names"] = ["y" * 100_000, *["z"] * 3000]
    content = path.read_bytes()
    at = content.index(bytes.fromhex("a0860100"))
    first, other = content[at : at + 16], content[at + 16 : at + 32]
    assert other[:4] == bytes.fromhex("01000000")
    start, end = at, at + 16 * 3001
    spoiled = io.BytesIO(content[:start] + first * 3001 + content[end:])
    named = pytest.raises(InteropError, match=r"needs 1[67]\.\d MB of memory")
    with opened_tree(spoiled, "x", 2**28) as tree, named:
        tree.texts("", "names")


def test_texts_of_no_bytes_end_however_many_are_claimed(tmp_path: Path) -> None:
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        file.attrs["names"] = np.array([b"a", b"b", b"c"])
    content = bytearray(path.read_bytes())
    at = content.index(b"names\0\0\0") + 8
    size, count = slice(at + 4, at + 8), slice(at + 16, at + 24)
    assert content[size] == (1).to_bytes(4, "little") and content[count] == (3).to_bytes(8, "little")
    content[size], content[count] = bytes(4), (2**40).to_bytes(8, "little")
    named = pytest.raises(InteropError, match="damaged")
    with named, opened_tree(io.BytesIO(content), "x", 2**28) as tree:
        tree.texts("", "names")
