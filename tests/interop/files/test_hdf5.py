"""HDF5 as decoded here, against h5py: every group, text and array of files such as Keras writes."""

import io
import itertools
from pathlib import Path

import h5py
import numpy as np
import pytest

from gates.interop import InteropError, load
from gates.interop.files.hdf5_tree import opened_tree
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
        keras.layers.LSTM(2, return_sequences=True, name=f"a_layer_with_a_long_name_{k}") for k in range(40)
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
