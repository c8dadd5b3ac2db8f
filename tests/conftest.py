"""Settings that every test shares."""

import os

from hypothesis import settings

# Shared cores make single examples slow at random, so no example is failed for its time; on CI the same
# examples come every time, and a run that fails there fails again at home.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")
