"""Exercises by PyTorch's autograd alone: a file's numbers are its leaves, the equations are written anew."""

from typing import Any

import torch

ACTIVATED = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "identity": lambda a: a,
    "softmax": lambda a: torch.softmax(a, -1),
}
LOSS = {
    "half_squared": lambda y, t: ((y - t) ** 2).sum() / 2,
    "squared": lambda y, t: ((y - t) ** 2).sum(),
    "mean_squared": lambda y, t: ((y - t) ** 2).sum(),
    "binary_cross_entropy": lambda y, t: -(t * y.log() + (1 - t) * (1 - y).log()).sum(),
    "cross_entropy": lambda y, t: -(t * y.log()).sum(),
}


def tensors(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: tensors(own) for key, own in value.items() if key != "activation"}
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def autograd(value: dict[str, Any]) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
    """Return the loss of an exercise's JSON, its leaves and every step's signals."""
    leaves = {name: tensors(value[name]) for name in ("weights", "readout", "h0", "c0") if name in value}
    x = torch.tensor(value["x"], dtype=torch.float64)
    given = {"gate": "sigmoid", "candidate": "tanh", "cell": "tanh", "hidden": "tanh"}
    act = {name: ACTIVATED[own] for name, own in (given | value.get("activations", {})).items()}
    for name in ("h0", "c0") if value["cell"] == "lstm" else ("h0",):
        first = next(iter(leaves["weights"].values()))
        leaves.setdefault(name, torch.zeros(len(first["b"]), dtype=torch.float64, requires_grad=True))
    h, c = leaves["h0"], leaves.get("c0")

    def parts(name: str) -> tuple[Any, Any, Any, Any]:
        own = leaves["weights"][name]
        W, U = own["W"], own.get("U")
        if value["form"].startswith("rows"):
            W, U = W.T, None if U is None else U.T
        if "[h,x]" in value["form"]:
            W, U = W[:, len(h) :], W[:, : len(h)]
        if "[x,h]" in value["form"]:
            W, U = W[:, : x.shape[1]], W[:, x.shape[1] :]
        return W, U, own["b"], own.get("b_h", 0)

    def summed(name: str, x_t: Any, h_old: Any, c_seen: Any = 0) -> Any:
        W, U, b, b_h = parts(name)
        return W @ x_t + U @ h_old + b + b_h + leaves["weights"][name].get("p", 0) * c_seen

    def read(h: Any) -> Any:
        if "readout" not in leaves:
            return h
        V = leaves["readout"]["V"]
        V = V.T if value["form"].startswith("rows") else V
        shown = ACTIVATED[value["readout"].get("activation", "identity")]
        return shown(V @ h + leaves["readout"].get("b", 0))

    def held(name: str, t: int, own: Any) -> Any:
        """A signal with what clamps put there."""
        for clamp in value.get("clamps", ()):
            first, last = clamp.get("steps", (1, len(x)))
            if clamp["signal"] == name and first <= t + 1 <= last:
                units = clamp.get("units", range(1, len(own) + 1))
                mask = torch.tensor([unit + 1 in units for unit in range(len(own))])
                own = torch.where(mask, torch.tensor(float(clamp["value"]), dtype=torch.float64), own)
        return own

    without, one = value.get("without", ()), torch.ones(len(h), dtype=torch.float64)
    steps, loss = [], torch.zeros((), dtype=torch.float64)
    for t, x_t in enumerate(x):
        step: dict[str, Any] = {}
        match value["cell"]:
            case "lstm":
                for name in ("forget", "input"):
                    if name in without:
                        continue
                    coupled = name == "input" and value.get("coupled")
                    own = 1 - step["forget"] if coupled else act["gate"](summed(name, x_t, h, c))
                    step[name] = held(name, t, own)
                step["candidate"] = held("candidate", t, act["candidate"](summed("candidate", x_t, h)))
                i, f = (step.get(name, one) for name in ("input", "forget"))
                step["cell"] = c = held("cell", t, f * c + i * step["candidate"])
                if "output" not in without:
                    step["output"] = held("output", t, act["gate"](summed("output", x_t, h, c)))
                h = held("hidden", t, step.get("output", one) * act["cell"](c))
            case "gru":
                for name in ("reset", "update"):
                    step[name] = held(name, t, act["gate"](summed(name, x_t, h)))
                W, U, b, b_h = parts("candidate")
                if value["reset"] == "after":
                    a = W @ x_t + b + step["reset"] * (U @ h + b_h)
                else:
                    a = W @ x_t + b + U @ (step["reset"] * h) + b_h
                step["candidate"] = held("candidate", t, act["candidate"](a))
                z = step["update"]
                keep = z if value["update"] == "keep" else 1 - z
                h = held("hidden", t, keep * h + (1 - keep) * step["candidate"])
            case _:
                h = held("hidden", t, act["hidden"](summed("hidden", x_t, h)))
        step["hidden"] = h
        step["y"] = y = read(h)
        steps.append(step)
        if value["targets"][t] is not None:
            target = torch.tensor(value["targets"][t], dtype=torch.float64)
            loss = loss + LOSS[value["loss"]](y, target)
    if value["loss"] == "mean_squared":
        loss = loss / sum(len(row) for row in value["targets"] if row is not None)
    return loss, leaves, steps
