"""A small GGUF v3 writer, and tensors of deterministic random weights in every type Lares reads. Standard library only."""

import hashlib
import math
import struct

ALIGNMENT = 32

# name: (ggml type id, elements a block, bytes a block)
TYPES = {
    "F32": (0, 1, 4),
    "F16": (1, 1, 2),
    "Q4_0": (2, 32, 18),
    "Q4_1": (3, 32, 20),
    "Q5_0": (6, 32, 22),
    "Q5_1": (7, 32, 24),
    "Q8_0": (8, 32, 34),
    "Q2_K": (10, 256, 84),
    "Q3_K": (11, 256, 110),
    "Q4_K": (12, 256, 144),
    "Q5_K": (13, 256, 176),
    "Q6_K": (14, 256, 210),
    "BF16": (30, 1, 2),
}

# Where a block keeps its f16 scale, the standard deviation of its weights when the scale is 1 and all other bits are
# random, and where it keeps a second f16 with the factor that centres the weights on zero.
BLOCKS = {
    "Q4_0": (0, 4.6, None),
    "Q4_1": (0, 4.6, (2, -7.5)),
    "Q5_0": (0, 9.2, None),
    "Q5_1": (0, 9.2, (2, -15.5)),
    "Q8_0": (0, 74.0, None),
    "Q2_K": (80, 14.0, (82, 1.5)),
    "Q3_K": (108, 43.0, None),
    "Q4_K": (0, 258.0, (2, 7.5)),
    "Q5_K": (0, 520.0, (2, 15.5)),
    "Q6_K": (208, 1370.0, None),
}


def size_of(type_name, elements):
    _, per_block, block_bytes = TYPES[type_name]
    assert elements % per_block == 0, f"{elements} elements do not fill blocks of {type_name}"
    return elements // per_block * block_bytes


def noise(seed, size):
    """`size` bytes that depend on nothing but the text `seed`."""
    return bytearray(hashlib.shake_256(seed.encode()).digest(size))


def half_tables(values):
    """Maps of a random byte to the low and the high byte of an f16."""
    packed = [struct.pack("<e", v) for v in values]
    return bytes(p[0] for p in packed), bytes(p[1] for p in packed)


def put_halves(data, offset, stride, choice, values):
    low, high = half_tables(values)
    data[offset::stride] = choice.translate(low)
    data[offset + 1 :: stride] = choice.translate(high)


def weights(type_name, elements, deviation, seed):
    """Random weights of about the given standard deviation, as the bytes of a tensor of this type."""
    data = noise(seed, size_of(type_name, elements))
    if type_name in BLOCKS:
        stride = TYPES[type_name][2]
        offset, unit, second = BLOCKS[type_name]
        choice = bytes(noise(seed + "/scales", len(data) // stride))
        scales = [deviation / unit * (0.75 + 0.5 * i / 255) for i in range(256)]
        if second is None:  # symmetric blocks occur with negative scales too
            scales = [s if i % 2 else -s for i, s in enumerate(scales)]
        put_halves(data, offset, stride, choice, scales)
        if second is not None:
            put_halves(data, second[0], stride, choice, [s * second[1] for s in scales])
        return data
    return floats(type_name, data, deviation)


def floats(type_name, data, deviation):
    """Random mantissa and sign; magnitudes spread over a factor of four, root mean square within a factor of two of `deviation`."""
    stride = TYPES[type_name][2]
    pattern, free_bits = ("<e", 3) if type_name == "F16" else ("<f", 0)
    free = (1 << free_bits) - 1
    width = struct.calcsize(pattern)

    def smallest(top):
        return struct.unpack(pattern, bytes(width - 1) + bytes([top]))[0]

    tops = [top for top in range(1, 0x78) if not top & free and smallest(top) > 0]
    exponent = min(tops, key=lambda top: abs(math.log(2.4 * smallest(top) / deviation)))
    table = bytes(b & (0x80 | free) | exponent for b in range(256))
    data[stride - 1 :: stride] = bytes(data[stride - 1 :: stride]).translate(table)
    return data


def values_near_one(elements, seed, low=0.8, high=1.25):
    """F32 weights of a norm."""
    return bytearray(b"".join(struct.pack("<f", low + (high - low) * b / 255) for b in noise(seed, elements)))


def f32(values):
    return bytearray(struct.pack(f"<{len(values)}f", *values))


class I32(int):
    pass


def _string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(value):
    """(GGUF type id, bytes) of a metadata value."""
    if isinstance(value, bool):
        return 7, struct.pack("<?", value)
    if isinstance(value, I32):
        return 5, struct.pack("<i", value)
    if isinstance(value, int):
        return 4, struct.pack("<I", value)
    if isinstance(value, float):
        return 6, struct.pack("<f", value)
    if isinstance(value, str):
        return 8, _string(value)
    if isinstance(value, list):
        kinds = [_value(v) for v in value]
        return 9, struct.pack("<IQ", kinds[0][0], len(value)) + b"".join(data for _, data in kinds)
    raise TypeError(f"no GGUF type for {type(value)}")


def write(path, metadata, tensors):
    """`metadata`: key → value. `tensors`: list of (name, type name, dimensions, function that makes the bytes)."""
    head = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
    for key, value in metadata.items():
        kind, data = _value(value)
        head += _string(key) + struct.pack("<I", kind) + data
    offset = 0
    for name, type_name, dimensions, _ in tensors:
        head += _string(name) + struct.pack("<I", len(dimensions))
        head += struct.pack(f"<{len(dimensions)}Q", *dimensions) + struct.pack("<IQ", TYPES[type_name][0], offset)
        offset += padded(size_of(type_name, product(dimensions)))
    digest = hashlib.sha256()
    with open(path, "wb") as file:
        for data in pieces(head, tensors):
            file.write(data)
            digest.update(data)
    return digest.hexdigest()


def pieces(head, tensors):
    yield head + bytes(padded(len(head)) - len(head))
    for name, type_name, dimensions, make in tensors:
        data = make()
        assert len(data) == size_of(type_name, product(dimensions)), f"{name}: {len(data)} bytes"
        yield data
        yield bytes(padded(len(data)) - len(data))


def padded(size):
    return (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


def product(dimensions):
    result = 1
    for d in dimensions:
        result *= d
    return result
