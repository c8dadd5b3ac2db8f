"""The engine needs NumPy and nothing else."""

import subprocess
import sys

PROGRAM = """
import sys

class Only:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "streamlit", "plotly", "pandas", "scipy"}:
            raise ImportError(name)

sys.meta_path.insert(0, Only())
import numpy as np
import gates
from gates.analysis import flow

trace = gates.LSTM.init(inputs=3, hidden=4, rng=0).run(np.ones((5, 3)))
print(trace.forget.shape, sorted(n for n in sys.modules if n in ("torch", "streamlit", "plotly", "pandas")))
"""


def test_engine_runs_with_numpy_alone():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(5, 4) []"
