"""PNG in every combination of colour type, depth, interlacing, filter and transparency."""
import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
GREY, RGB, INDEXED, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, INDEXED: 1, GREY_ALPHA: 2, RGBA: 4}


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed(samples, depth):
    """A row's samples as bytes."""
    if depth == 16:
        return struct.pack(f">{len(samples)}H", *samples)
    if depth == 8:
        return bytes(samples)
    samples = list(samples) + [0] * (-len(samples) % (8 // depth))
    return bytes(sum(value << 8 - depth * (nth + 1) for nth, value in enumerate(samples[at : at + 8 // depth])) for at in range(0, len(samples), 8 // depth))


def filtered(row, above, kind, width):
    """A row with one of the five filters. `width` is the number of bytes in a pixel."""
    def predicted(at):
        a = row[at - width] if at >= width else 0
        b = above[at]
        c = above[at - width] if at >= width else 0
        if kind == 4:
            p = a + b - c
            return min((a, b, c), key=lambda value: abs(p - value))
        return (0, a, b, (a + b) // 2)[kind]

    return bytes((kind,)) + bytes(value - predicted(at) & 0xFF for at, value in enumerate(row))


def rows_of(lines, channels, depth, filters):
    width = max(1, channels * depth // 8)
    out, above = bytearray(), None
    for nth, line in enumerate(lines):
        row = packed(line, depth)
        above = above or bytes(len(row))
        out += filtered(row, above, filters[nth % len(filters)], width)
        above = row
    return bytes(out)


def png(lines, colour, depth, interlaced=False, filters=(0,), before=(), level=6, parts=1, strategy=0):
    """A PNG file. `lines` has the samples of each row, pixel by pixel. `before` has chunks that precede the data."""
    channels = CHANNELS[colour]
    width, height = len(lines[0]) // channels, len(lines)
    if interlaced:
        raw = b""
        for x0, y0, dx, dy in PASSES:
            taken = [[s for x in range(x0, width, dx) for s in line[x * channels : (x + 1) * channels]] for line in lines[y0::dy]]
            raw += rows_of(taken, channels, depth, filters) if taken and taken[0] else b""
    else:
        raw = rows_of(lines, channels, depth, filters)
    packer = zlib.compressobj(level, strategy=strategy)
    data = packer.compress(raw) + packer.flush()
    size = -(-len(data) // parts)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced)))
    body = b"".join(chunk(b"IDAT", data[at : at + size]) for at in range(0, len(data), size))
    return SIGNATURE + head + b"".join(before) + body + chunk(b"IEND")


def lines_of(image, colour, depth):
    """The samples of an RGBA image in a colour type, and for an indexed image the palette and its alphas."""
    most, width = (1 << depth) - 1, image.width
    scaled = lambda value: value * most // 255 if depth < 8 else value * 257 if depth == 16 else value
    if colour == INDEXED:
        indexed = image.convert("RGB").quantize(1 << depth)
        palette = bytes(indexed.getpalette()[: 3 << depth]).ljust(3 << depth, b"\0")
        data = indexed.tobytes()
        return [list(data[at : at + width]) for at in range(0, len(data), width)], palette
    mode = {GREY: "L", RGB: "RGB", GREY_ALPHA: "LA", RGBA: "RGBA"}[colour]
    data = image.convert("RGBA").convert(mode).tobytes()
    line = width * CHANNELS[colour]
    return [[scaled(value) for value in data[at : at + line]] for at in range(0, len(data), line)], None
