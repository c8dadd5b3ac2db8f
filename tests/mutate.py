"""Puts small mistakes into a part of gates/, one at a time, and sees whether its tests find them.

``make mutate PART=inputs`` works on a copy of the project, in ``build/mutants``, and goes on there when it is
started again. It ends with the mistakes that no test found, each as a change of the code, and the share that
was found. mutmut makes the mistakes and runs only the tests that call the changed function.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def files(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/test_{name}.py" for name in names)


TESTS = {
    "base": (
        "tests/test_command.py",
        "tests/test_commands.py",
        "tests/test_network.py",
        "tests/test_packing.py",
        "tests/test_scores_lengths.py",
        "tests/test_strict_json.py",
        "tests/cells/test_bad_input.py",
        "tests/export/test_notebook.py",
    ),
    "core": ("tests/core", "tests/cells", "tests/analysis", "tests/test_network.py"),
    "cells": ("tests/core", "tests/cells", "tests/analysis", "tests/test_network.py"),
    "analysis": ("tests/analysis", "tests/cells", "tests/figures", "tests/examples"),
    "text": ("tests/text",),
    "inputs": (
        "tests/inputs",
        "tests/examples",
        "tests/scenes/test_link.py",
        "tests/ui/test_computed_once.py",
    ),
    "interop": ("tests/interop",),
    "examples": (
        "tests/examples",
        "tests/glossary/test_formulas.py",
        "tests/scenes/test_lab.py",
        "tests/ui/test_lab.py",
    ),
    "exercises": ("tests/exercises", "tests/stage/exercise", "tests/stage/lab", "tests/ui/test_exercises.py"),
    "figures": ("tests/figures",),
    "training": (
        "tests/training/tasks",
        *files("tests/training", "cli", "corpus", "forecast", "fused", "language", "loop", "loop_reference"),
        *files("tests/training", "models", "recipe", "terminal", "weights"),
        *files("tests/training/runs", "pool", "pool_faults", "run_limits", "takeover", "worker"),
    ),
    "glossary": ("tests/glossary",),
    "course": ("tests/course", "tests/ui/web/test_lessons.py"),
    "export": (
        "tests/export",
        "tests/ui/web/test_embed.py",
        "tests/ui/web/test_takeaway.py",
    ),
    "lectures": ("tests/lectures",),
    "scenes": (
        "tests/scenes",
        "tests/examples/lab",
        *files("tests/ui", "exercises", "gradient_runs", "lab", "computed_once", "shared", "train"),
        *files("tests/ui/web", "assets", "preview", "worksheets"),
    ),
    "ui": (
        "tests/ui",
        "tests/pages",
        "tests/glossary/test_formulas.py",
        "tests/scenes/test_lab.py",
        *files("tests/lectures", "file", "lecture"),
    ),
}
"""The tests of each part, without those in a browser. A part is a folder of gates/; ``base`` is its files.

Left out are tests whose processes import the package on their own, such as the workers of a training, and
those that look at a part from far away and take long.
"""
RAW_IDS = "disable_test_id_escaping_and_forfeit_all_rights_to_community_support"
"""mutmut collects tests several times in a process, where pytest escapes names anew: a test with
“→” in its name would be found but once."""
KERNEL = "tests/export/test_notebook.py::test_a_notebook_shows_a_still_picture_and_the_stage"
"""It imports the package in a process of its own, where no mistake is set up."""
FOUND = ("killed", "timeout", "segfault", "caught by type check")
WITHOUT = ("not checked", "skipped")


def main(given: Sequence[str] | None = None) -> int:
    """Tries a part; the exit code says whether the wanted share of the mistakes was found.

    0: at least that; 1: less; 2: the part could not be tried.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description=__doc__)
    parser.add_argument("part", choices=TESTS)
    parser.add_argument("--only", default="*", help="file names within the part, such as bptt.py")
    parser.add_argument("--goal", type=float, default=92.0, help="percent of the mistakes to be found")
    parser.add_argument("--sample", type=int, metavar="N", help="try so many, drawn at random, not all")
    parser.add_argument("--seed", type=int, default=1, help="draws others")
    parser.add_argument("--workers", type=int, default=2, help="how many are tried at a time")
    parser.add_argument("--anew", action="store_true", help="forget what an earlier run has found")
    wanted = parser.parse_args(given)
    folder = ROOT / "build" / "mutants" / wanted.part
    if wanted.anew:
        shutil.rmtree(folder, ignore_errors=True)
    copy(folder, settings(wanted.part, wanted.only))
    tool = [sys.executable, "-m", "mutmut"]
    environment = os.environ | {"PYTHONPATH": ".", "CI": "1"}  # the same examples each time
    print(f"Trying {wanted.part}; how far it is stands in {folder / 'log.txt'}", flush=True)
    run = [*tool, "run", "--max-children", str(wanted.workers)]
    with (folder / "log.txt").open("w", encoding="utf-8") as log:
        chosen: list[str] = []
        if wanted.sample:
            # A name that nothing has: mutmut makes all mistakes, learns which tests call what, and stops.
            subprocess.run([*run, "-"], cwd=folder, env=environment, stdout=log, stderr=log)
            chosen = sample(results(folder), wanted.sample, wanted.seed)
        ended = subprocess.run([*run, *chosen], cwd=folder, env=environment, stdout=log, stderr=log)
    if ended.returncode:  # as where a test fails without any mistake: what was found then is no measure
        print(f"mutmut stopped before its end; the end of {folder / 'log.txt'} says why")
        return 2
    found = results(folder)
    return report({name: found[name] for name in chosen or found}, tool, folder, wanted.goal)


def sample(names: Collection[str], count: int, seed: int) -> list[str]:
    """Draw names; the same seed draws the same ones as long as the code is the same."""
    return sorted(random.Random(seed).sample(sorted(names), min(count, len(names))))


def settings(part: str, only: str) -> str:
    """Mutmut's own, for the copy's pyproject.toml."""
    rest = [path for path in tracked() if path.parts[0] not in ("gates", "tests", "pyproject.toml")]
    chosen = {
        "source_paths": ["gates"],
        "only_mutate": patterns(part, only),
        "also_copy": sorted({path.parts[0] for path in rest}),
        "pytest_add_cli_args": [
            *("-p", "no:cacheprovider"),
            *("-m", "not browser"),
            *("-o", f"{RAW_IDS}=1"),
            *("--deselect", KERNEL),
        ],
        "pytest_add_cli_args_test_selection": list(TESTS[part]),
    }
    return "\n[tool.mutmut]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in chosen.items())


def patterns(part: str, only: str) -> list[str]:
    """Mutmut's patterns, in which * spans folders too: the files beside the folders are named one by one."""
    if part != "base":
        return [f"gates/{part}/**/{only}", f"gates/{part}/{only}"]
    return [f"gates/{path.name}" for path in sorted((ROOT / "gates").glob(only)) if path.suffix == ".py"]


EMPTIED = """

def pytest_make_parametrize_id(val):
    # Of bytes pytest has no raw name, and half of a surrogate pair cannot be written down.
    if isinstance(val, bytes):
        return repr(val)[:80]
    return val.encode("utf-8", "replace").decode() if isinstance(val, str) else None


def pytest_sessionstart(session):
    \"\"\"Begin with empty caches: each mistake is tried in a process that has run these tests before.\"\"\"
    import sys
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "gates":
            for value in list(vars(module).values()):
                if callable(getattr(value, "cache_clear", None)):
                    value.cache_clear()
"""


def tracked() -> list[Path]:
    named = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in named.stdout.split("\0") if name and (ROOT / name).is_file()]


def copy(folder: Path, settings: str) -> None:
    for path in tracked():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings)
    with (folder / "tests" / "conftest.py").open("a", encoding="utf-8") as file:
        file.write(EMPTIED)


def results(folder: Path) -> dict[str, str]:
    """What became of each mistake, by its name."""
    listed = subprocess.run(
        [sys.executable, "-m", "mutmut", "results", "--all", "true"],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(re.findall(r"^\s*(\S+): (.+?)\s*$", listed.stdout, re.MULTILINE))


def report(found: dict[str, str], tool: Sequence[str], folder: Path, goal: float) -> int:
    counts = Counter(found.values())
    tried = sum(count for name, count in counts.items() if name not in WITHOUT)
    caught = sum(counts[name] for name in FOUND)
    for name, outcome in sorted(found.items()):
        if outcome not in (*FOUND, *WITHOUT):
            change = subprocess.run([*tool, "show", name], cwd=folder, capture_output=True, text=True)
            print(f"\n{outcome}: {change.stdout.strip()}")
    share = 100 * caught / max(1, tried)
    print(f"\n{caught} of {tried} mistakes were found, {share:.1f}%; {dict(counts)}")
    return 0 if tried and share >= goal else 1


if __name__ == "__main__":
    sys.exit(main())
