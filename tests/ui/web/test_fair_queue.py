import asyncio

import pytest

from gates.ui.web.requests.fair_queue import Buckets, Busy, Client, FairQueue, Limits


class Hall:
    """Readers who ask for turns; ``begun`` grows in the order in which they get them."""

    def __init__(self, **limits):
        self.queue = FairQueue(Limits(**limits))
        self.begun = []
        self.tasks = {}
        self.ends = {}

    async def ask(self, name, tab=None, address="school", heavy=False):
        self.ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._ask(name, Client(address, tab or name), heavy))
        await settle()

    async def _ask(self, name, client, heavy):
        async with self.queue.slot(client, heavy):
            self.begun.append(name)
            await self.ends[name].wait()

    async def end(self, name):
        self.ends[name].set()
        await settle()


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def lived(scenario):
    return asyncio.run(asyncio.wait_for(scenario(), 30))


def test_readers_take_turns_however_much_one_of_them_asks_for():
    async def scenario():
        hall = Hall(light=1)
        await hall.ask("first")
        for k in range(3):
            await hall.ask(f"greedy {k}", tab="greedy")
        await hall.ask("a")
        await hall.ask("b")
        for _ in range(6):
            await hall.end(hall.begun[-1])
        return hall.begun

    assert lived(scenario) == ["first", "greedy 0", "a", "b", "greedy 1", "greedy 2"]


def test_small_ones_go_before_large_ones_and_beside_them():
    async def scenario():
        hall = Hall(light=1, heavy=1)
        await hall.ask("large 0", heavy=True)
        await hall.ask("large 1", heavy=True)
        await hall.ask("small 0")
        await hall.ask("small 1")
        assert hall.begun == ["large 0", "small 0"], "a large one that runs holds no small one up"
        await hall.end("large 0")
        assert hall.begun == ["large 0", "small 0"], "a small one waits, so the large one does too"
        await hall.end("small 0")
        return hall.begun

    assert lived(scenario) == ["large 0", "small 0", "small 1", "large 1"]


def test_a_large_one_is_not_overtaken_for_ever():
    async def scenario():
        hall = Hall(light=1, heavy=1, most_overtaking=5, tab_waiting=100)
        await hall.ask("small 0")
        await hall.ask("small 1")
        await hall.ask("large", heavy=True)
        for k in range(2, 40):
            await hall.ask(f"small {k}")
        while "large" not in hall.begun:
            await hall.end(hall.begun[-1])
        return hall.begun.index("large")

    assert lived(scenario) == 6


def test_after_a_large_one_the_small_ones_have_the_server_for_a_while():
    async def scenario():
        now = 0.0
        hall = Hall(light=1, heavy=1)
        hall.queue.clock = lambda: now
        await hall.ask("large 0", heavy=True)
        await hall.ask("large 1", heavy=True)
        hall.queue.rest(0.001)
        await hall.end("large 0")
        await hall.ask("small 0")
        assert hall.begun == ["large 0", "small 0"]
        await hall.end("small 0")
        now = 0.001
        while "large 1" not in hall.begun:  # the clock of the loop, which wakes it without anybody's help
            await asyncio.sleep(0.001)
        return hall.begun

    assert lived(scenario) == ["large 0", "small 0", "large 1"]


def test_who_asks_for_too_much_is_told_at_once():
    async def scenario():
        hall = Hall(light=1, tab_waiting=2, address_waiting=3)
        await hall.ask("runs")
        for k in range(2):
            await hall.ask(f"tab {k}", tab="tab")
        with pytest.raises(Busy):
            async with hall.queue.slot(Client("school", "tab")):
                pass
        await hall.ask("another tab")
        with pytest.raises(Busy):
            async with hall.queue.slot(Client("school", "invented")):
                pass
        await hall.ask("elsewhere", address="home")
        for _ in range(5):
            await hall.end(hall.begun[-1])
        await hall.ask("again", tab="tab")
        return hall

    hall = lived(scenario)
    assert hall.begun == ["runs", "tab 0", "another tab", "elsewhere", "tab 1", "again"]
    assert not hall.queue.of_address["school"]


def test_who_leaves_while_waiting_or_running_gives_its_turn_back():
    async def scenario():
        hall = Hall(light=1)
        for name in ("runs", "leaves", "stays", "last"):
            await hall.ask(name)
        hall.tasks["leaves"].cancel()
        await settle()
        hall.tasks["runs"].cancel()
        await settle()
        await hall.end("stays")
        await hall.end("last")
        return hall

    hall = lived(scenario)
    assert hall.begun == ["runs", "stays", "last"]
    assert hall.queue.light.running == 0
    assert not hall.queue.light.waiting


def test_a_bucket_fills_at_its_rate_up_to_twice_of_it():
    now = 0.0
    bucket = Buckets(10.0, clock=lambda: now)
    assert bucket.wait_seconds("a", 20) == 0
    bucket.spend("a", 20)
    assert bucket.wait_seconds("a", 1) == pytest.approx(0.1)
    assert bucket.wait_seconds("b", 1) == 0
    now = 0.5
    assert bucket.wait_seconds("a", 5) == 0
    assert bucket.wait_seconds("a", 6) == pytest.approx(0.1)
    now = 100.0
    bucket.spend("a", 5)
    assert bucket.wait_seconds("a", 16) == pytest.approx(0.1)
    assert bucket.wait_seconds("a", 1000) == pytest.approx(0.5), (
        "what is larger than the bucket waits until it is full"
    )


def test_buckets_forget_the_longest_silent(monkeypatch):
    monkeypatch.setattr(Buckets, "MOST", 3)
    bucket = Buckets(10.0, clock=lambda: 0.0)
    for name in "abcd":
        bucket.spend(name, 1)
    assert list(bucket.levels) == ["b", "c", "d"]


def test_many_invented_tabs_share_the_budget_of_their_address():
    turns = FairQueue(Limits(tab_rate=10, address_rate=20), clock=lambda: 0.0)
    for k in range(40):
        turns.charge(Client("one", f"tab {k}"))
    with pytest.raises(Busy) as busy:
        turns.charge(Client("one", "another"))
    assert busy.value.after == 1
    turns.charge(Client("two", "another"))
