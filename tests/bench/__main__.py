"""Run the benchmarks: ``python -m tests.bench`` for all, or their names: ``python -m tests.bench engine``.

Every module of this folder that does not begin with an underscore is one, and has a ``main()`` which prints
what it measured. Targets are ratios within one run: the same numbers mean little on another machine.
"""

import importlib
import sys
from pathlib import Path

FOUND = sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))


def main(chosen: list[str]) -> int:
    if unknown := set(chosen) - set(FOUND):
        print(f"No benchmark {', '.join(sorted(unknown))}; there are: {', '.join(FOUND)}.", file=sys.stderr)
        return 2
    for name in chosen or FOUND:
        print(f"\n== {name}", flush=True)
        importlib.import_module(f"tests.bench.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
