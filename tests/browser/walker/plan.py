"""What a walk does next: drawn by a seed from what the page offers. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

Action = dict[str, Any]
"""One thing that a person does, as JSON: ``kind``, what it touches, and what it is given."""

LANGUAGES = ("en", "zh")
WEIGHTS: Mapping[str, float] = {
    "nav": 5,
    "pagelink": 1,
    "option": 5,
    "radio": 4,
    "slider": 3,
    "number": 2,
    "text": 3,
    "area": 2,
    "toggle": 2,
    "multi": 2,
    "tab": 2,
    "button": 2,
    "popover": 0.5,
    "expander": 1,
    "stage": 8,
    "key": 5,
    "language": 2,
    "notation": 2,
    "back": 3,
    "forward": 2,
    "reload": 1,
}
"""How often each kind of action is drawn, where the page offers one."""

KEYS = (
    "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowLeft", "Home",
    "End", "ArrowDown", "ArrowUp",
)  # fmt: skip
PAIRS = (("f", "Escape"), ("?", "Escape"), (" ", " "))
"""Keys of which the second takes back what the first did: full screen, help, play and pause."""

TEXTS = ("hello world", "to be or not to be", "时间旅行者", "aabbab", "émigré ñandú", "a", "👩‍🚀 go")
NUMBERS = ("0 0\n1 0\n0 1\n0 0", "1\n0.5\n-0.25\n0", "1, 2, 3\n4, 5, 6", "1 2\n3 four", "")
BRACKETS = ("(()())", "((", "()x")

LEFT_OUT = ("train-start", "train-experiment", "train-text", "train-pause", "train-stop", "train-own")
"""Controls whose effect takes seconds or goes on by itself; the journeys use them."""
LARGEST = 40
"""The most that a walk asks for above a number's least, so that its steps stay short."""
WHOLE_LENGTH = ("steps", "units", "hidden", "seeds")


def choose(rng: random.Random, inventory: Sequence[Action], language: str, notations: int) -> Action:
    """Returns the next action.

    Args:
        rng: this walk's own draws.
        inventory: what the page offers, as ``probe.js`` lists it.
        language: what the page speaks now.
        notations: how many there are to choose from.
    """
    offered: dict[str, list[Action]] = {"key": [{}], "back": [{}], "forward": [{}], "reload": [{}]}
    for item in inventory:
        if str(item.get("key", "")).startswith(LEFT_OUT) or _leaves(item):
            continue
        if item.get("key") == "shared-lang":
            offered["language"] = [{}]
        else:
            offered.setdefault(item["kind"], []).append(item)
    kinds = sorted(offered)
    kind = rng.choices(kinds, [WEIGHTS[kind] for kind in kinds])[0]
    if kind == "stage":  # each sort of part as often as another, however many there are of it
        part = rng.choice(sorted({item["part"] for item in offered[kind]}))
        offered[kind] = [item for item in offered[kind] if item["part"] == part]
    return _given(rng, {"kind": kind, **rng.choice(offered[kind])}, language, notations)


def _leaves(item: Action) -> bool:
    """Whether a button of the stage is one that only a second press takes back, which the keys do too."""
    return item.get("part") == "transport" and item["name"] in FULL_SCREEN


FULL_SCREEN = (
    "Play", "Pause", "Play the training", "Pause the training", "Keys", "Close",
    "Fill the screen", "Leave full screen",
    "播放", "暂停", "播放训练过程", "暂停播放训练过程", "按键", "铺满屏幕", "关闭",
)  # fmt: skip


def _given(rng: random.Random, action: Action, language: str, notations: int) -> Action:
    match action["kind"]:
        case "language":
            return action | {"to": next(one for one in LANGUAGES if one != language)}
        case "notation":
            return action | {"to": rng.randrange(notations)}
        case "key":
            if rng.random() < 0.15:
                return action | {"keys": list(rng.choice(PAIRS))}
            return action | {"keys": [rng.choice(KEYS)] * rng.randint(1, 3)}
        case "option" | "multi":
            return action | {"share": rng.random()}
        case "slider":
            return action | {"keys": rng.choice((["Home"], ["End"], ["ArrowRight"] * 2, ["ArrowLeft"] * 3))}
        case "number":
            return action | {"value": number(rng, action)}
        case "text":
            texts = BRACKETS if action["key"].endswith("brackets") else TEXTS
            return action | {"value": rng.choice(texts)}
        case "area":
            return action | {"value": rng.choice(NUMBERS)}
        case "stage":
            return action | {"share": round(rng.random(), 3)}
    return action


def number(rng: random.Random, action: Action) -> str:
    """Returns a number within the bounds of a number input, near its least."""
    low, high = (float(action[name] or 0) for name in ("low", "high"))
    step = float(action["step"] or 1)
    if low < 0 or step < 1:  # a bias, a rate
        return f"{round(low + rng.random() * (min(high, low + LARGEST) - low), 2):g}"
    return str(int(low) + rng.randint(1, int(min(high - low, LARGEST))))
