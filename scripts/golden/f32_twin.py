"""Writes a GGUF whose weights are those of another, as F32: what an engine computes on it has no quantised activations.

    python scripts/golden/f32_twin.py MODEL.gguf TWIN.gguf

Needs numpy and the `gguf` package (for its plain dequantisers). The metadata is copied byte for byte.
"""

import pathlib
import struct
import sys

from gguf import GGUFReader
from gguf.quants import dequantize

ALIGNMENT = 32


def metadata_end(reader):
    ends = [f.offset + sum(int(part.nbytes) for part in f.parts) for key, f in reader.fields.items() if not key.startswith("GGUF.")]
    return max(ends)


def write(source, target):
    reader = GGUFReader(source)
    with open(source, "rb") as file:
        head = bytearray(file.read(metadata_end(reader)))
    offset = 0
    for tensor in reader.tensors:
        head += entry(tensor.name.encode(), [int(d) for d in tensor.shape], offset)
        offset += padded(4 * int(tensor.n_elements))
    with open(target, "wb") as file:
        file.write(head + bytes(-len(head) % ALIGNMENT))
        for tensor in reader.tensors:
            data = dequantize(tensor.data, tensor.tensor_type).astype("<f4").tobytes()
            file.write(data + bytes(-len(data) % ALIGNMENT))
    return pathlib.Path(target)


def entry(name, dimensions, offset):
    return b"".join(
        [struct.pack("<Q", len(name)), name, struct.pack("<I", len(dimensions)), struct.pack(f"<{len(dimensions)}Q", *dimensions), struct.pack("<IQ", 0, offset)]
    )


def padded(size):
    return (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


if __name__ == "__main__":
    print(write(sys.argv[1], sys.argv[2]))
