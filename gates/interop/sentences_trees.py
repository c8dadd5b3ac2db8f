"""The English of what is said about trees of Flax, Equinox and d2l; see ``gates.interop.sentences``."""

TREES: dict[str, str] = {
    "interop.error.list": (
        "This list of {count} is none of d2l's: those have three arrays for each part, (inputs, hidden), "
        "(hidden, hidden) and (hidden), in the order i, f, o, c or z, r, h or h, and W_hq, b_q behind them "
        "or not. Give other lists as a mapping of names to arrays."
    ),
    "interop.error.tree.missing": (
        "{layer} is incomplete as a cell of {framework}: {missing} is missing. Save the whole tree again."
    ),
    "interop.error.tree.extra": (
        "Beside the weights of {layer} stands {extra}, which no such cell of {framework} has, so this one "
        "may compute something else. If it does not, pass a mapping without it."
    ),
    "interop.error.tree.mgu": (
        "{layer} is an MGUCell of Flax, a cell of one gate, and neither an LSTM, a GRU nor a plain RNN. "
        "Choose another layer."
    ),
    "interop.report.flax.gates": (
        "Flax has two kernels (in, units) for each part. They were transposed and put together in the order"
        " {order}."
    ),
    "interop.report.flax.fused": (
        "Flax has the parts side by side in two kernels (in, parts), in the order {order}, as here; they "
        "were transposed."
    ),
    "interop.report.flax.rnn": "Flax has two kernels (in, units); they were transposed.",
    "interop.report.flax.reset": "The reset acts after the product. z keeps: h = z⊙h₋₁ + (1−z)⊙n. b_hn is 0.",
    "interop.report.flax.reset.both": (
        "The reset acts after the product, and the bias of hn, b_hn, stands inside it: n = tanh(W x + b_n +"
        " r⊙(U h₋₁ + b_hn)). z keeps: h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.report.equinox": (
        "Its bias is called bias, as Equinox has it; PyTorch has bias_ih and bias_hh. The rows are in the "
        "order {order}, as here: none was moved."
    ),
    "interop.report.equinox.reset": (
        "The reset acts after the product, and bias_n stands inside it: n = tanh(W x + b_n + r⊙(U h₋₁ + "
        "bias_n)). z keeps: h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.report.d2l": (
        "d2l has two matrices (in, hidden) for each part. They were transposed and put together in the "
        "order {order}."
    ),
    "interop.report.d2l.list": (
        "A bare list has no names: it was read in d2l's order, i, f, o, c or z, r, h or h."
    ),
    "interop.report.d2l.reset": (
        "The reset acts before the product, as in d2l's equations: n = tanh(W x + U (r⊙h₋₁) + b). z keeps: "
        "h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.report.flax.squashes": (
        "A tree does not tell its cell's activations. Unless load(…, activation=…, gate_activation=…) says "
        "otherwise, they are Flax's own, tanh and sigmoid."
    ),
}
