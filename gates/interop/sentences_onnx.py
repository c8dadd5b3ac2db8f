"""The English of what is said about layers and files of ONNX; see ``gates.interop.sentences``."""

ONNX: dict[str, str] = {
    "interop.error.opset": (
        "{path} is written in ONNX opset {version}, whose LSTM, GRU and RNN are older than opset {oldest}. "
        "Convert it with onnx.version_converter."
    ),
    "interop.error.fields": (
        "{path} consists of more than {limit} parts, an unbelievable number, and is not opened."
    ),
    "interop.error.external": (
        "{path} keeps {array} in another file, and no file that a model names is opened here. Save it in "
        "one piece: onnx.save(onnx.load(path), path, save_as_external_data=False)."
    ),
    "interop.error.onnx.none": (
        "{path} has no LSTM, GRU or RNN node; its operators are: {operators}. A layer that the exporter "
        "wrote out in small operators cannot be told from other computations. Export it as an ONNX layer, "
        "or load the model that it was made from."
    ),
    "interop.error.onnx.operator": (
        "{layer} is a {operator}, which is none of ONNX's LSTM, GRU and RNN and computes something of its "
        "own. Load the model that it was made from."
    ),
    "interop.error.onnx.inside": (
        "{layer} stands inside {place}, whose inner workings run on conditions that a file does not tell, "
        "and is not read. Export the layer by itself."
    ),
    "interop.error.onnx.many": (
        "{path} has {count} recurrent nodes, more than the {limit} that are read. An exporter may have "
        "unrolled a loop; load the model that it was made from."
    ),
    "interop.error.onnx.computed": (
        "{array} is not stored in the file: it comes out of {by}. Export the model with its weights folded "
        "into constants."
    ),
    "interop.error.onnx.count": (
        "{layer} names {given} activations, but {needed} are needed. Export the model again."
    ),
    "interop.error.onnx.activation": (
        "{layer} has the activation {given}, which ONNX's recurrent layers do not know. Export the model "
        "again."
    ),
    "interop.error.onnx.untold": (
        "{layer} has the activation {function} without its {parameter}, for which there is no default that "
        "ONNX's document and ONNX Runtime agree on. Add the number to the file."
    ),
    "interop.error.onnx.parameters": (
        "{layer} has {given} values for {parameter}, but only {needed} of its activations have that "
        "parameter, and it is not told whose they are. Give exactly {needed}."
    ),
    "interop.error.onnx.coupled": (
        "{layer} couples its gates, f = 1 − i, with the activation {given}; here that can only be shown of "
        "Sigmoid, and of HardSigmoid with beta 0.5. Change the activation, or leave input_forget out."
    ),
    "interop.error.onnx.clip": (
        "{layer} clips at {given}, but a threshold is above 0. Correct it, or leave clip out."
    ),
    "interop.error.onnx.unsaid": (
        "ONNX has no operator for this network ({what}), so it cannot be saved as .onnx. Save it as .npz "
        "or .safetensors."
    ),
    "interop.report.onnx.order": (
        "ONNX has the rows of the weights in the order {theirs}. They were moved: here it is {ours}."
    ),
    "interop.report.onnx.biases": "Wb and Rb, the two halves of B, were added up into one b.",
    "interop.report.onnx.biases.gru": (
        "Wb and Rb, the two halves of B, were added up for r and z. The candidate keeps both, b_hn inside "
        "the reset: n = tanh(W x + b_n + r⊙(U h₋₁ + b_hn))."
    ),
    "interop.report.onnx.reset.before": (
        "linear_before_reset is 0: the reset acts before the product, n = tanh(W x + U (r⊙h₋₁) + b_n). z "
        "keeps: h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.report.onnx.reset.after": (
        "linear_before_reset is 1: the reset acts after the product. z keeps: h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.report.onnx.activations": "Its activations are {activations}.",
    "interop.report.onnx.peepholes": (
        "Its gates see the cell through P: i and f the one before, c₋₁, o the new one, c."
    ),
    "interop.report.onnx.coupled": (
        "input_forget makes f = 1 − i, as ONNX Runtime computes it. Here that is i = 1 − f, so the rows of "
        "f are those of i with the opposite sign."
    ),
    "interop.report.onnx.clip": "What goes into the gates and the candidate is clipped to ±{clip}; c is not.",
    "interop.report.onnx.reverse": "It reads from the end of the sequence to its beginning.",
    "interop.report.onnx.layout": (
        "layout=1 is not applied: run() takes and gives time first, (T, B, n). Swap the first two axes."
    ),
    "interop.report.onnx.state": (
        "{state} comes out of {by}, not out of the file: give it as run(x, state=…). Without it, the run "
        "begins in 0."
    ),
    "interop.report.onnx.starts": (
        "{state} is stored in the file: the run begins there, unless told otherwise."
    ),
    "interop.report.onnx.starts.batch": (
        "{state} is stored in the file for a batch of {batch} sequences: run() needs such a batch, or a "
        "state of its own."
    ),
    "interop.report.onnx.lengths": (
        "The file fixes sequence_lens to {lengths}: so it is for a batch of {batch}, unless told otherwise."
    ),
    "interop.report.onnx.lengths.input": (
        "sequence_lens is an input of the model, {name}: say run(x, lengths=…)."
    ),
    "interop.report.onnx.alone": (
        "ONNX Runtime is not installed, so nothing was compared with its output: pip install onnxruntime"
    ),
    "interop.report.onnx.single": (
        "ONNX Runtime computes this in float32 only, and the network here in {dtype}."
    ),
}
