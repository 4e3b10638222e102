"""The little of GGUF that the physical limits need: how many weights one token passes through."""

import struct

SCALARS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}



def _skip_value(file, kind):
    if kind == 8:
        file.seek(struct.unpack("<Q", file.read(8))[0], 1)
    elif kind == 9:
        inner, count = struct.unpack("<IQ", file.read(12))
        if inner in SCALARS:
            file.seek(SCALARS[inner] * count, 1)
        else:
            for _ in range(count):
                _skip_value(file, inner)
    else:
        file.seek(SCALARS[kind], 1)


def body_weights(path):
    """Elements of the matrices of all layers."""
    with open(path, "rb") as file:
        magic, _, tensors, pairs = struct.unpack("<4sIQQ", file.read(24))
        assert magic == b"GGUF", f"{path} is no GGUF"
        for _ in range(pairs):
            _skip_value(file, 8)
            _skip_value(file, struct.unpack("<I", file.read(4))[0])
        count = 0
        for _ in range(tensors):
            name = file.read(struct.unpack("<Q", file.read(8))[0]).decode()
            rank = struct.unpack("<I", file.read(4))[0]
            dimensions = struct.unpack(f"<{rank}Q", file.read(8 * rank))
            file.seek(12, 1)
            if rank == 2 and name.startswith("blk."):
                count += dimensions[0] * dimensions[1]
    return count
