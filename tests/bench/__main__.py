"""Run the benchmarks: ``python -m tests.bench`` for all, or their names: ``python -m tests.bench engine``.

Each is a program ``bench_<name>.py`` of this folder that prints what it measured, in a process of its own.
Targets are ratios within one run: the same numbers mean little on another machine.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.bench._timing import ONE_THREAD

FOUND = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))

ON_ONE_CORE = ("engine", "training")


def environment(more: dict[str, str]) -> dict[str, str]:
    """This process's, in which NumPy's BLAS chooses its kernels by itself."""
    return {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"} | more


def main(chosen: list[str]) -> int:
    if unknown := set(chosen) - set(FOUND):
        print(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(FOUND)}.", file=sys.stderr)
        return 2
    for name in chosen or FOUND:
        print(f"\n== {name}", flush=True)
        alone = ONE_THREAD if name in ON_ONE_CORE else {}
        subprocess.run(
            [sys.executable, "-m", f"tests.bench.bench_{name}"], check=True, env=environment(alone)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
