"""The document's code runs, in the order in which a reader meets it, and it names every suffix there is."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from gates.interop.files.registry import NAMES
from tests.interop.compare import assert_equal

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "interop.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")


def test_every_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.finditer(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL):
        before = TEXT.count("\n", 0, block.start(1))
        exec(compile("\n" * before + block[1], str(DOCUMENT), "exec"), names)
    out, net, model, load = (names[name] for name in ("out", "net", "model", "load"))
    assert out.layers[1].forward.forget.shape == (20, 8, 4) and out.scores.shape == (20, 8, 2)  # type: ignore[attr-defined]
    assert_equal(load("model.pt"), net)  # type: ignore[operator]
    x = torch.randn(5, 2, 3)
    with torch.no_grad():
        wanted = model["head"](model["encoder"](x)[0]).numpy()  # type: ignore[index]
    assert np.abs(net.run(x.numpy()).scores - wanted).max() < 1e-6  # type: ignore[attr-defined]


def test_every_kind_of_file_is_in_the_table() -> None:
    table = TEXT.partition("## Files")[2].partition("##")[0]
    assert {name for name in NAMES.values() if f"`{name}" not in table} <= {".json"}
    assert "`index.json`" in table
