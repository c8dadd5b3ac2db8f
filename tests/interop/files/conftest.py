"""A file of weights for the tests of files."""

from pathlib import Path

import pytest

from tests.interop.compare import module
from tests.interop.files.samples import SUFFIXES, write_state_dict


@pytest.fixture(params=SUFFIXES)
def weights_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An LSTM of two layers in each format."""
    state = module("LSTM", 3, 4, num_layers=2).state_dict()
    return write_state_dict(tmp_path / f"model{request.param}", state)
