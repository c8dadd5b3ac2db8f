import threading
from types import SimpleNamespace

from gates.scenes.state import State
from gates.ui.large_runs import one_at_a_time

LARGE = State("lstm", source="signal", signal="sine", steps=1000, through="random", hidden=64)
SMALL = State("lstm", source="signal", signal="sine", steps=10, through="random", hidden=4)


def test_large_runs_are_shown_one_at_a_time_and_small_ones_beside_them():
    go, inside, most, shown = threading.Event(), [], [], []
    entered = threading.Semaphore(0)

    @one_at_a_time
    def show(page):
        inside.append(page)
        most.append(sum(each.state is LARGE for each in inside))
        entered.release()
        if page.state is LARGE:
            assert go.wait(60)
        inside.remove(page)
        shown.append(page.state)

    threads = [threading.Thread(target=show, args=(SimpleNamespace(state=LARGE),)) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert entered.acquire(timeout=600)
    show(SimpleNamespace(state=SMALL))
    assert shown == [SMALL], "a small one waits for nobody"
    go.set()
    for thread in threads:
        thread.join(60)
    assert len(shown) == 6
    assert max(most) == 1


def test_who_fails_lets_the_next_one_in():
    @one_at_a_time
    def show(page):
        raise ValueError

    for _ in range(2):
        try:
            show(SimpleNamespace(state=LARGE))
        except ValueError:
            continue
        raise AssertionError
