"""The little of GGUF that the physical limits need: how many weights and bytes one token passes through."""

import dataclasses
import struct

SCALARS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
BLOCKS = {0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 10: (256, 84), 11: (256, 110),
          12: (256, 144), 13: (256, 176), 14: (256, 210), 30: (1, 2)}  # fmt: skip


@dataclasses.dataclass
class Work:
    body_weights: int  # elements of the matrices of all layers
    bytes_per_token: int  # bytes of weights read for one generated token: layers and head


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


def work(path):
    with open(path, "rb") as file:
        magic, _, tensors, pairs = struct.unpack("<4sIQQ", file.read(24))
        assert magic == b"GGUF", f"{path} is no GGUF"
        for _ in range(pairs):
            _skip_value(file, 8)
            _skip_value(file, struct.unpack("<I", file.read(4))[0])
        sizes = {}
        for _ in range(tensors):
            name = file.read(struct.unpack("<Q", file.read(8))[0]).decode()
            rank = struct.unpack("<I", file.read(4))[0]
            dimensions = struct.unpack(f"<{rank}Q", file.read(8 * rank))
            kind, _ = struct.unpack("<IQ", file.read(12))
            elements = 1
            for d in dimensions:
                elements *= d
            per_block, block_bytes = BLOCKS[kind]
            sizes[name] = (rank, elements, elements // per_block * block_bytes)
    head = sizes.get("output.weight") or sizes["token_embd.weight"]
    body = [v for name, v in sizes.items() if name.startswith("blk.")]
    return Work(sum(e for rank, e, _ in body if rank == 2), sum(b for _, _, b in body) + head[2])
