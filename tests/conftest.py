"""Settings that every test shares."""

import gc
import os

import pytest
from hypothesis import settings

# Shared cores make single examples slow at random, so no example is failed for its time; on CI the same
# examples come every time, and a run that fails there fails again at home.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(scope="module", autouse=True)
def _little_to_collect() -> None:
    """Keras, once a test has imported it, has all garbage collected after every run of a page in Streamlit.

    That looks through all that was ever imported, unless it is told to look at what comes from now on.
    """
    gc.collect(1)
    gc.freeze()
