"""The English of what is said about layers and files of Keras; see ``gates.interop.sentences``."""

KERAS = {
    "interop.hdf5.error.text": (
        "{path} holds something other than text where Keras keeps texts ({name}), and is not read."
    ),
    "interop.hdf5.error.numbers": "{path} holds no numbers at {name}, where weights should be.",
    "interop.hdf5.error.packed": (
        "{path} keeps {name} compressed, in chunks or in another file; Keras keeps arrays whole, and only "
        "those are read. If you trust it, unpack it first: h5repack -f NONE -l CONTI."
    ),
    "interop.hdf5.error.link": (
        "{path} has a link at {name}, which may lead anywhere, so it was refused. Files that Keras writes "
        "have none."
    ),
    "interop.hdf5.error.newer": (
        "{path} is written in a newer form of HDF5 than the one in which Keras keeps weights. If you trust "
        "it, load it in Keras and save it again."
    ),
    "interop.hdf5.error.entries": "{path} has more than {count} entries and is not read.",
    "interop.keras.error.none": (
        "{source} holds no recurrent layer of Keras that can be read (LSTM, GRU, SimpleRNN, Bidirectional). "
        "It has: {kinds}."
    ),
    "interop.keras.error.many": "{path} describes more than {count} layers and is not read.",
    "interop.keras.error.weights": (
        '{path} has no {expected}. Save the model again in Keras: model.save("model.keras").'
    ),
    "interop.keras.error.layer": (
        "{layer} is a {kind}, for which there is no cell here. LSTM, GRU and SimpleRNN are read, and "
        "Bidirectional around one of them."
    ),
    "interop.keras.error.activation": (
        "{layer} uses the activation {activation}, which no cell here has: it looks at several units at "
        "once, or is somebody's own, or comes from an unknown version of Keras."
    ),
    "interop.keras.error.merge": (
        "{layer} merges its two directions by {mode}, which no network here does. Take one of them: {names}."
    ),
    "interop.keras.error.directions": (
        "The two halves of {layer} do not read in opposite directions, as no network here does. Load them "
        "one by one from the live model: forward_layer, backward_layer."
    ),
    "interop.keras.error.incomplete": (
        "{layer} has no {missing}. If the model is new, call it once or build it, so that its weights are "
        "made; if it is a file, save it again."
    ),
    "interop.keras.error.extra": (
        "Beside the weights of {layer} stands {extra}, which no layer of Keras' own has, so this one may "
        "compute something else."
    ),
    "interop.keras.error.shape": (
        "{array} has shape {shape}, but {expected} is needed to fit the arrays beside it and the layer's "
        "options. Check that the weights belong to the model."
    ),
    "interop.keras.error.config": "The configuration of {layer} is not as Keras writes it.",
    "interop.keras.error.save": (
        "Keras has no such layers: {what}. Save the network as .npz or .safetensors, which keep everything."
    ),
    "interop.keras.report.order": (
        "Keras keeps the gates side by side, in the order {given}, and multiplies from the left; here their "
        "rows stand one below another, in the order {order}, and every matrix is transposed."
    ),
    "interop.keras.report.transposed": "Keras multiplies from the left; here every matrix is transposed.",
    "interop.keras.report.cudnn": (
        "The arrays are those of a cuDNN layer of Keras 2: each gate's matrices were turned as Keras 2 "
        "turns them itself when it moves them into its plain layers."
    ),
    "interop.keras.report.bare": (
        "Weights alone do not tell whether Keras read the sequence from the end (go_backwards) or how it "
        "merged two directions: they are taken as forward, and side by side."
    ),
    "interop.keras.report.squashes": "The gates squash by {gate}, the candidate by {squash}.",
    "interop.keras.report.reset.after": (
        "The reset acts after the product (reset_after=True), with a bias of its own inside; z keeps, as in "
        "Keras: h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.keras.report.reset.before": (
        "The reset acts before the product (reset_after=False); z keeps, as in Keras: h = z⊙h₋₁ + (1−z)⊙n."
    ),
    "interop.keras.report.backwards": (
        "It reads from the end (go_backwards). Keras gives that output in the order of reading; here it is "
        "in the order of the sequence."
    ),
    "interop.keras.report.batch_first": (
        "Keras takes the batch first, (B, T, I); run() takes and gives time first, (T, B, n). Swap the "
        "first two axes."
    ),
    "interop.keras.report.time_major": "time_major=True: Keras too takes time first here.",
    "interop.keras.report.last": (
        "Keras gives the last step only (return_sequences=False); here every step is there, and the last "
        "one in final_hidden."
    ),
    "interop.keras.report.dropout": (
        "Dropout of {share} acts in training only and is left out, as in model.predict()."
    ),
    "interop.keras.report.stateful": (
        "stateful=True is not applied: each run begins in the state that is given to it, else in zeros."
    ),
    "interop.keras.report.policy": (
        "Keras computes this layer in {policy}; here it is computed in the precision of the weights."
    ),
    "interop.keras.report.begun": (
        "In its model {layer} is also given a state or a mask by other layers; here run() begins in zeros "
        "unless state=… is given."
    ),
    "interop.keras.report.masked": (
        "The model marks steps to be skipped (a mask); here nothing is skipped, so pass lengths=… for "
        "sequences that end early."
    ),
    "interop.keras.report.scores": (
        "{name} then squashes its scores by {activation}; the scores here are those before that."
    ),
}
