"""The network of `v2_rows.py` as a runtime of MLServer."""

import networks
import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceResponse

INPUTS, HIDDEN, OUTPUTS = 64, 128, 16


class TwoLayers(MLModel):
    async def load(self):
        tensors = networks.linear_tensors(INPUTS, HIDDEN, OUTPUTS)
        self.weights = {name: np.array(values, np.float32).reshape(shape) for name, (shape, values) in tensors.items()}
        return True

    async def predict(self, payload):
        x = NumpyCodec.decode_input(payload.inputs[0])
        hidden = np.maximum(x @ self.weights["hidden.weight"] + self.weights["hidden.bias"], 0)
        y = hidden @ self.weights["y.weight"] + self.weights["y.bias"]
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("y", y)])
