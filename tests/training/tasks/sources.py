"""Own text and numbers for the tasks that are made from them, and a text in The Time Machine's place."""

import numpy as np

from gates.training.tasks.corpus import python_documentation

_TIME = np.arange(400)
SERIES = "\n".join(f"{value:.4f}" for value in np.sin(_TIME / 3) + 0.5 * np.cos(_TIME / 11) + 20)
"""Two waves, one number a line."""

SOURCES = {"text": python_documentation()[:6000], "series": SERIES, "characters": python_documentation()}
