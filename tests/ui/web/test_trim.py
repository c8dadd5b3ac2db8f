import asyncio
import ctypes
import gc
import sys

import pytest

from gates.ui.web import trim


def trimmed_until(seen):
    """Trim without a pause until ``seen`` has three entries."""

    async def scenario():
        task = asyncio.create_task(trim.keep_trimming(0.001))
        while len(seen) < 3:
            await asyncio.sleep(0.001)
        task.cancel()

    asyncio.run(asyncio.wait_for(scenario(), 30))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc")
def test_free_memory_is_given_back_again_and_again(monkeypatch):
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("a C library without malloc_trim")
    give_back = trim.memory_trimmer()
    assert give_back is not None
    assert give_back() in (0, 1)
    times = []
    monkeypatch.setattr(trim, "memory_trimmer", lambda: lambda: times.append(1))
    trimmed_until(times)


def test_where_the_c_library_does_so_itself_runs_are_forgotten_all_the_same(monkeypatch):
    class Other:
        def __init__(self, name):
            raise OSError

    monkeypatch.setattr(ctypes, "CDLL", Other)
    assert trim.memory_trimmer() is None
    forgotten = []
    monkeypatch.setattr(trim.scene.RUNS, "forget", forgotten.append)
    trimmed_until(forgotten)
    assert set(forgotten) == {0.001}


def test_the_collector_leaves_alone_what_is_there_for_good():
    before = gc.get_threshold()
    try:
        trim.tune_collector()
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold()[0] == trim.FIRST_GENERATION
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
