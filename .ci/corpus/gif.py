"""GIF (its specification, GIF89a) with any canvas, tables, blocks and code sizes."""
import struct


def compressed(indices, size, clear_at=4096):
    """LZW with codes of size + 1 bits or more. The table is cleared when it has `clear_at` codes."""
    clear, end = 1 << size, (1 << size) + 1
    value = count = 0
    out = bytearray()

    def put(code, width):
        nonlocal value, count
        value |= code << count
        count += width
        while count >= 8:
            out.append(value & 0xFF)
            value, count = value >> 8, count - 8

    width, table, following = size + 1, {}, end + 1
    put(clear, width)
    prefix = indices[0]
    for index in indices[1:]:
        code = table.get((prefix, index))
        if code is not None:
            prefix = code
            continue
        put(prefix, width)
        if following < clear_at:
            table[prefix, index] = following
            following += 1
            if following > 1 << width and width < 12:
                width += 1
        else:
            put(clear, width)
            width, table, following = size + 1, {}, end + 1
        prefix = index
    put(prefix, width)
    put(end, width)
    if count:
        out.append(value & 0xFF)
    return bytes(out)


def blocks(data, size=255):
    return b"".join(bytes((len(part),)) + part for part in (data[at : at + size] for at in range(0, len(data), size))) + b"\0"


def table(colours):
    """The header bits for a colour table, and the table."""
    bits = max(1, (len(colours) // 3 - 1).bit_length())
    return 0x80 | bits - 1, colours.ljust(3 << bits, b"\0")


def frame(lines, left=0, top=0, colours=None, interlaced=False, size=8, transparent=None, part=255, clear_at=4096, disposal=0):
    width, height = len(lines[0]), len(lines)
    flags, local = table(colours) if colours else (0, b"")
    if interlaced:
        lines = [lines[y] for first, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(first, height, step)]
    control = b""
    if transparent is not None or disposal:
        control = b"\x21\xf9\x04" + struct.pack("<BHB", disposal << 2 | (transparent is not None), 10, transparent or 0) + b"\0"
    head = b"\x2c" + struct.pack("<HHHHB", left, top, width, height, flags | (0x40 if interlaced else 0))
    data = compressed([index for line in lines for index in line], size, clear_at)
    return control + head + local + bytes((size,)) + blocks(data, part)


def gif(canvas, frames, colours=None, version=b"GIF89a", before=b"", trailer=b"\x3b", background=0):
    flags, table_ = table(colours) if colours else (0, b"")
    return version + struct.pack("<HHBBB", *canvas, flags | 0x70, background, 0) + table_ + before + b"".join(frames) + trailer


def lines_of(image, count):
    """The lines of an image as colour numbers, and its colours."""
    indexed = image.convert("RGB").quantize(count)
    data = indexed.tobytes()
    return [list(data[at : at + image.width]) for at in range(0, len(data), image.width)], bytes(indexed.getpalette()[: 3 * count]).ljust(3 * count, b"\0")
