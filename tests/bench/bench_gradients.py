"""What the gradients page computes when a slider moves: three cells, ten seeds, there and back."""

import time
from collections.abc import Callable

from gates.analysis.ensembles import KINDS, Loss, Setting, noise
from gates.analysis.influence import influence, spectra
from gates.scenes.gradients import Experiment
from gates.ui.gradients.runs import measure

TARGET = 0.3  # seconds on two cores, at H 32 and T 100
RUNS = 7


def answer(hidden: int, steps: int, seeds: int = 10) -> None:
    """Everything behind the curves and the LSTM's ways: runs, backward passes, lengths of gradients."""
    wanted = Experiment(Setting(hidden=hidden), Loss(), "noise", steps)
    for seed in range(seeds):
        for kind in KINDS:
            measure(wanted, kind, seed)


def best(work: Callable[[], object]) -> float:
    """The shortest of a few runs, in seconds: the others were disturbed."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print how long each answer takes."""
    slider = best(lambda: answer(32, 100))
    trace = Setting().cell("lstm", 8, 0).run(noise(0, 100, 8))
    print(f"curves, H 32, T 100: {1000 * slider:.0f} ms, {slider / TARGET:.2f} of the target")
    print(f"curves, H 64, T 1000: {1000 * best(lambda: answer(64, 1000)):.0f} ms")
    print(f"who hears whom, LSTM, H 32, T 100: {1000 * best(lambda: influence(trace)):.0f} ms")
    print(f"100 Jacobians and their spectra, LSTM, H 32: {1000 * best(lambda: spectra(trace)):.0f} ms")


if __name__ == "__main__":
    main()
