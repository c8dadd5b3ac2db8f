"""Run the benchmarks: ``python -m tests.bench`` for all, or their names: ``python -m tests.bench engine``.

Each is a module ``bench_<name>.py`` of this folder, whose ``main()`` prints what it measured. Targets are
ratios within one run: the same numbers mean little on another machine.
"""

import importlib
import sys
from pathlib import Path

FOUND = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def main(chosen: list[str]) -> int:
    if unknown := set(chosen) - set(FOUND):
        print(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(FOUND)}.", file=sys.stderr)
        return 2
    for name in chosen or FOUND:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"tests.bench.bench_{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
