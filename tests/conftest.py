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
    """Streamlit collects all garbage after every run of a page: long work beside all that was imported.

    So what there is before a module's tests, once its young garbage is gone, is looked through no more.
    """
    gc.collect(1)
    gc.freeze()
