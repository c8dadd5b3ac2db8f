"""How the files of Keras 2 beside this script were made: ``python make_keras2.py`` where tf_keras is.

That needs TensorFlow, is not in the project's environment, and no test runs it. The outputs beside the files
are Keras 2's own, on one input; those of the cuDNN layers, which run on a GPU only, are what Keras 2 gives
once it has loaded their weights into its plain layers itself.

Made with tf_keras 2.21.0 on TensorFlow 2.21.0.
"""

from pathlib import Path

import numpy as np
import tf_keras
from tf_keras import layers
from tf_keras.src.layers.rnn.cudnn_gru import CuDNNGRU
from tf_keras.src.layers.rnn.cudnn_lstm import CuDNNLSTM

HERE = Path(__file__).parent


def randomised(model: tf_keras.Model, seed: int) -> tf_keras.Model:
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(size=w.shape).astype(np.float32) * 0.5 for w in model.get_weights()])
    return model


def plain() -> tf_keras.Model:
    return randomised(
        tf_keras.Sequential(
            [
                layers.Input((None, 3)),
                layers.Bidirectional(
                    layers.LSTM(2, return_sequences=True, recurrent_activation="hard_sigmoid")
                ),
                layers.Dropout(0.1),
                layers.GRU(4, return_sequences=True, reset_after=False, name="middle"),
                layers.SimpleRNN(3, return_sequences=True, activation="relu", use_bias=False),
                layers.Dense(2, activation="softmax", name="head"),
            ]
        ),
        1,
    )


def cudnn(lstm: type, gru: type) -> tf_keras.Model:
    stack = [layers.Input((None, 3)), lstm(4, return_sequences=True), gru(5, return_sequences=True)]
    return randomised(tf_keras.Sequential(stack), 2)


x = np.random.default_rng(0).normal(size=(2, 6, 3)).astype(np.float32)
model = plain()
model.save(HERE / "keras2.h5")
model.save(HERE / "keras2.keras")
model.save_weights(HERE / "keras2_weights.h5")
top = tf_keras.Model(model.inputs, model.layers[-2].output)

fast = cudnn(CuDNNLSTM, CuDNNGRU)
fast.save(HERE / "keras2_cudnn.h5")
fast.save_weights(HERE / "keras2_cudnn_weights.h5")
slow = cudnn(layers.LSTM, layers.GRU)
slow.load_weights(HERE / "keras2_cudnn_weights.h5")

np.savez(HERE / "keras2_outputs.npz", x=x, plain=top(x).numpy(), head=model(x).numpy(), cudnn=slow(x).numpy())
