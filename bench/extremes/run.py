#!/usr/bin/env python3
"""Measures the slowest images under 1 MB that we know. Each may take 1 s of processor time and 400 MiB, or is refused.

    cargo build --release -p satchel-images --example thumbnails
    bench/extremes/run.py [part of a name] [folder for the images]

The script needs Pillow for the WebP files. It renders each image twice, each time in a new process: at 400 and 200 px,
and at these and 2000 px, the largest size that a tier may have. It exits with 1 if a target is missed.
"""
import io
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target" / "release" / "examples" / "thumbnails"
SECONDS, MEBIBYTES, BYTES = 1.0, 400, 1_000_000
SIZES = ("400,200", "2000,400,200")


def chunk(kind, data=b""):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def deflated(pattern, count):
    """`count` repetitions of the pattern, at level 9."""
    packer, block = zlib.compressobj(9), pattern * (1 + (1 << 20) // len(pattern))
    times = len(block) // len(pattern)
    parts = [packer.compress(block) for _ in range(count // times)]
    return b"".join(parts) + packer.compress(pattern * (count % times)) + packer.flush()


def png(width, height, depth, colour, data, before=b"", interlaced=0):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    return b"\x89PNG\r\n\x1a\n" + head + before + chunk(b"IDAT", data) + chunk(b"IEND")


def row_of(width, channels, depth, kind):
    return bytes((kind,)) + bytes(-(-width * channels * depth // 8))


def pngs():
    side = 8192
    for name, colour, channels in (("grey", 0, 1), ("rgb", 2, 3), ("grey_alpha", 4, 2), ("rgba", 6, 4)):
        for depth in (8, 16):
            for kind in (0, 4):
                yield f"png_{name}_{depth}_filter_{kind}", png(side, side, depth, colour, deflated(row_of(side, channels, depth, kind), side))
    yield "png_1_bit", png(side, side, 1, 0, deflated(row_of(side, 1, 1, 4), side))
    palette = chunk(b"PLTE", bytes(768))
    yield "png_indexed", png(side, side, 8, 3, deflated(row_of(side, 1, 8, 4), side), palette)
    yield "png_indexed_1_bit_alpha", png(side, side, 1, 3, deflated(row_of(side, 1, 1, 0), side), chunk(b"PLTE", bytes(6)) + chunk(b"tRNS", b"\0\x80"))
    yield "png_1_bit_alpha", png(side, side, 1, 0, deflated(row_of(side, 1, 1, 0), side), chunk(b"tRNS", b"\0\1"))
    for name, width, height in (("tall", 1, 60_000_000), ("tall_million", 64, 1_000_000), ("wide_million", 1_000_000, 64)):
        yield f"png_{name}", png(width, height, 8, 0, deflated(row_of(width, 1, 8, 0), height))
    for name, colour, channels, depth in (("grey", 0, 1, 8), ("rgb", 2, 3, 8), ("rgba", 6, 4, 8), ("rgba_16", 6, 4, 16), ("1_bit", 0, 1, 1)):
        rows = b"".join(deflated_pass(side, side, channels, depth))
        yield f"png_interlaced_{name}", png(side, side, depth, colour, zlib_of(rows), interlaced=1)
    yield "png_interlaced_tall", png(64, 1_000_000, 8, 0, zlib_of(b"".join(deflated_pass(64, 1_000_000, 1, 8))), interlaced=1)
    small = deflated(row_of(8, 3, 8, 0), 8)
    yield "png_profile_760_mb", png(8, 8, 8, 2, small, chunk(b"iCCP", b"x\0\0" + deflated(b"\0", 760_000_000)))
    yield "png_profile_4_mb", png(8, 8, 8, 2, small, chunk(b"iCCP", b"x\0\0" + zlib.compress(curves(4 << 20))))
    yield "png_text", png(8, 8, 8, 2, small, chunk(b"zTXt", b"x\0\0" + deflated(b"\0", 900_000_000)) + chunk(b"iTXt", b"x\0\1\0\0\0" + b"\0" * 50_000))
    yield "png_exif", png(8, 8, 8, 2, small, chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + bytes(900_000)))
    yield "png_empty_chunks", png(8, 8, 8, 2, small, chunk(b"teSt") * 70_000)
    yield "png_empty_data", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)) + chunk(b"IDAT") * 70_000 + chunk(b"IDAT", small) + chunk(b"IEND")


def deflated_pass(width, height, channels, depth):
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)):
        columns, rows = len(range(x0, width, dx)), len(range(y0, height, dy))
        yield row_of(columns, channels, depth, 0) * rows


def zlib_of(data):
    return zlib.compress(data, 9)


def curves(size):
    """An RGB profile (ICC.1) whose three tone curves share one table as long as the profile."""
    entries = (size - 400) // 2
    curve = b"curv\0\0\0\0" + struct.pack(">I", entries) + bytes(entries * 2)
    xyz = b"XYZ \0\0\0\0" + struct.pack(">3i", 20000, 20000, 20000)
    start = 128 + 4 + 7 * 12
    tags = [(name, start, 20) for name in (b"wtpt", b"rXYZ", b"gXYZ", b"bXYZ")] + [(name, start + 20, len(curve)) for name in (b"rTRC", b"gTRC", b"bTRC")]
    directory = struct.pack(">I", len(tags)) + b"".join(name + struct.pack(">II", at, length) for name, at, length in tags)
    body = directory + xyz + curve
    head = struct.pack(">I4sI4s4s4s", 128 + len(body), b"\0\0\0\0", 0x02400000, b"mntr", b"RGB ", b"XYZ ") + struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    return (head + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)).ljust(128, b"\0") + body


def segment(marker, body=b""):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def frame(marker, width, height, components, factors=0x11):
    return segment(marker, struct.pack(">BHHB", 8, height, width, components) + b"".join(bytes((n + 1, factors if n == 0 else 0x11, 0)) for n in range(components)))


STEPS = segment(0xDB, b"\0" + bytes([1] * 64))
ZERO = bytes([1] + [0] * 15)


def of_one_code(table, symbol):
    return segment(0xC4, bytes((table,)) + ZERO + bytes((symbol,)))


def scan(components, first, last, approximation):
    return segment(0xDA, bytes([len(components)] + [byte for n in components for byte in (n + 1, 0)] + [first, last, approximation]))


def bits(pattern, times):
    text = pattern * times
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\0")


def jpegs():
    for side in (3192, 8192):
        for components in (1, 3, 4):
            blocks = (side // 8) ** 2
            start = b"\xff\xd8" + STEPS + frame(0xC2, side, side, components) + of_one_code(0, 0) + of_one_code(0x10, 0xE0)
            dc = scan(list(range(components)), 0, 0, 0) + bytes(-(-blocks * components // 8))
            # "End of band" for runs of 2^14 blocks and more.
            empty = bits("0" + "1" * 14, -(-blocks // (2 ** 15 - 1)))
            name = f"{side}_{components}"
            once = b"".join(scan([n % components], at, at, 0) + empty for n in range(components) for at in range(1, 64))
            yield f"jpeg_bands_{name}", start + dc + once + b"\xff\xd9"
            refined = b"".join(scan([0], at, at, 0x03) + empty for at in range(1, 64)) + b"".join(scan([0], at, at, (low + 1) << 4 | low) + empty for low in (2, 1, 0) for at in range(1, 64))
            yield f"jpeg_refined_{name}", start + dc + refined + b"\xff\xd9"
            yield f"jpeg_repeated_{name}", start + dc + (scan([0], 1, 63, 0) + empty) * 99 + b"\xff\xd9"
            yield f"jpeg_refined_again_{name}", start + dc + scan([0], 1, 63, 0) + empty + (scan([0], 1, 63, 0x10) + empty) * 98 + b"\xff\xd9"
    # Every coefficient of many blocks is set, and then refined by one bit.
    side = 1000
    blocks = (side // 8) ** 2
    full = b"\xff\xd8" + STEPS + frame(0xC2, side, side, 1) + of_one_code(0, 0) + segment(0xC4, b"\x10" + bytes([2] + [0] * 15) + b"\x01\x00")
    yield "jpeg_full_refined", full + scan([0], 0, 0, 0) + bytes(blocks // 8) + scan([0], 1, 63, 0x01) + bits("01" * 63, blocks) + scan([0], 1, 63, 0x10) + bits("1" + "1" * 63, blocks) + b"\xff\xd9"
    for name, components, factors, side in (("grey", 1, 0x11, 8000), ("444", 3, 0x11, 8000), ("440_33", 3, 0x33, 8000), ("cmyk", 4, 0x11, 8000), ("cmyk_3992", 4, 0x11, 3992), ("411_44", 3, 0x44, 3968), ("33", 3, 0x33, 3984)):
        together = [0, 1, 2] if factors not in (0x33, 0x44) else None
        sets = [list(range(components))] if factors == 0x11 else [[n] for n in range(components)]
        start = b"\xff\xd8" + STEPS + frame(0xC0, side, side, components, factors) + of_one_code(0, 0) + of_one_code(0x10, 0)
        yield f"jpeg_flat_{name}", start + b"".join(scan(some, 0, 63, 0) + bytes(side * side // 64 * len(some) // 4 + 8) for some in sets) + b"\xff\xd9"
    side = 2400
    blocks = (side // 8) ** 2
    busy = b"\xff\xd8" + STEPS + frame(0xC0, side, side, 1) + of_one_code(0, 0) + segment(0xC4, b"\x10" + bytes([2] + [0] * 15) + b"\xe1\x00")
    yield "jpeg_busy", busy + scan([0], 0, 63, 0) + bits("0" + "00" * 4 + "1", blocks) + b"\xff\xd9"
    small = b"\xff\xd8" + STEPS + frame(0xC0, 8, 8, 1)
    tables = segment(0xC4, b"".join(b"\x10" + ZERO + b"\0" for _ in range(3600)))
    yield "jpeg_tables", small + of_one_code(0, 0) + tables * 14 + scan([0], 0, 63, 0) + b"\0\xff\xd9"
    tiny = b"\xff\xd8" + STEPS + frame(0xC2, 8, 8, 1) + of_one_code(0, 0)
    yield "jpeg_scans_with_tables", tiny + scan([0], 0, 0, 0) + b"\0" + (of_one_code(0x10, 0) + scan([0], 1, 63, 0) + b"\0") * 25_000 + b"\xff\xd9"
    baseline = b"\xff\xd8" + STEPS + frame(0xC0, 8, 8, 3) + of_one_code(0, 0)
    yield "jpeg_repeated_baseline", baseline + (of_one_code(0x10, 0) + scan([0], 0, 63, 0) + b"\0") * 25_000 + b"\xff\xd9"
    side = 3840
    yield "jpeg_restarts", b"\xff\xd8" + STEPS + segment(0xDD, b"\0\1") + frame(0xC0, side, side, 1) + of_one_code(0, 0) + of_one_code(0x10, 0) + scan([0], 0, 63, 0) + b"".join(b"\x3f\xff" + bytes((0xD0 + nth % 8,)) for nth in range(230_400)) + b"\x3f\xff\xd9"
    yield "jpeg_restarts_lost", b"\xff\xd8" + STEPS + segment(0xDD, b"\0\1") + frame(0xC0, side, side, 1) + of_one_code(0, 0) + of_one_code(0x10, 0) + scan([0], 0, 63, 0) + b"\x3f\xff\xd7" * 300_000 + b"\x3f\xff\xd9"
    yield "jpeg_segments", b"\xff\xd8" + segment(0xE2, b"ICC_PROFILE\0\1\1") * 50_000 + plain_jpeg()[2:]
    yield "jpeg_profile", b"\xff\xd8" + b"".join(segment(0xE2, b"ICC_PROFILE\0" + bytes((n + 1, 15)) + part) for n, part in enumerate(parts(curves(900_000), 65_000))) + plain_jpeg()[2:]
    yield "jpeg_exif", b"\xff\xd8" + segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\x15\x55" + bytes(65_000)) + plain_jpeg()[2:]


def parts(data, size):
    return [data[at : at + size] for at in range(0, len(data), size)]


def plain_jpeg():
    return b"\xff\xd8" + STEPS + frame(0xC0, 8, 8, 1) + of_one_code(0, 0) + of_one_code(0x10, 0) + scan([0], 0, 63, 0) + b"\x3f\xff\xd9"


def gif(canvas, size, data, transparent=False, interlaced=False, before=b""):
    control = b"\x21\xf9\4\1\0\0\0\0" if transparent else b""
    blocks = b"".join(bytes((len(part),)) + part for part in parts(data, 255)) + b"\0"
    return b"GIF89a" + struct.pack("<HHBBB", *canvas, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff" + before + control + b"\x2c" + struct.pack("<HHHHB", 0, 0, *size, 0x40 * interlaced) + b"\2" + blocks + b"\x3b"


def lzw_zeros(count):
    """Codes that each stand for one zero more than the previous code. A full table is cleared."""
    value = width = 0
    out, left, codes = bytearray(), count, []
    while left > 0:
        codes.append((4, 3))
        following, size, length = 6, 3, 1
        codes.append((0, 3))
        left -= 1
        while left > 0 and following < 4096:
            codes.append((following, size))
            left -= length + 1
            length += 1
            following += 1
            if following >= 1 << size and size < 12:
                size += 1
    for code, size in codes:
        value |= code << width
        width += size
        while width >= 8:
            out.append(value & 0xFF)
            value, width = value >> 8, width - 8
    out.append(value & 0xFF)
    return bytes(out) + b"\0\0"


def gifs():
    side = 8192
    zeros = lzw_zeros(side * side)
    for transparent in (False, True):
        for interlaced in (False, True):
            yield "gif_64_megapixels" + "_transparent" * transparent + "_interlaced" * interlaced, gif((side, side), (side, side), zeros, transparent, interlaced)
    yield "gif_canvas", gif((side, side), (1, 1), b"\x44\1")
    yield "gif_tall", gif((1000, 65_535), (1000, 65_535), lzw_zeros(65_535_000))
    yield "gif_literal", gif((1600, 1600), (1600, 1600), bytes([0x04]) + bytes(900_000))
    yield "gif_cleared", gif((1600, 1600), (1600, 1600), bytes([0x24, 0x09, 0x82] * 310_000)[:900_000])
    yield "gif_extensions", gif((8, 8), (8, 8), lzw_zeros(64), before=b"\x21\xfe\1x\0" * 180_000)
    yield "gif_frames", gif((8, 8), (8, 8), lzw_zeros(64))[:-1] + (b"\x2c" + bytes(4) + b"\x08\0\x08\0\0\2\2\x44\1\0") * 70_000 + b"\x3b"


def webps():
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None

    def saved(image, **options):
        out = io.BytesIO()
        image.save(out, "WEBP", **options)
        return out.getvalue()

    for width, height in ((16383, 4096), (8192, 8192), (6000, 4000), (5000, 4000), (4000, 3000)):
        flat, clear = Image.new("RGB", (width, height), (90, 90, 90)), Image.new("RGBA", (width, height), (90, 90, 90, 128))
        name = f"{width}x{height}"
        yield f"webp_lossy_{name}", saved(flat, method=0)
        yield f"webp_lossy_alpha_{name}", saved(clear, method=0)
        yield f"webp_lossless_{name}", saved(flat, lossless=True, method=0, quality=0)
        yield f"webp_lossless_alpha_{name}", saved(clear, lossless=True, method=0, quality=0)
    noise = Image.effect_noise((1100, 800), 60)
    yield "webp_lossless_noise", saved(Image.merge("RGB", (noise, noise, noise)), lossless=True, method=0, quality=0)
    noise = Image.effect_noise((2400, 1800), 90)
    yield "webp_lossy_noise", saved(Image.merge("RGB", (noise, noise.rotate(90, expand=False), noise)), quality=20, method=0)
    frames = [Image.new("RGB", (4000, 3000), (shade, 90, 90)) for shade in (10, 200)]
    yield "webp_animated", saved(frames[0], save_all=True, append_images=frames[1:], method=0)


def measured(path, sizes):
    run = subprocess.run([PROGRAM, path, "1", "-", sizes], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else None


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else folder)
        folder.mkdir(parents=True, exist_ok=True)
        print(f"{'picture':<36}    bytes   sizes            seconds    MiB")
        for makers in (jpegs, pngs, gifs, webps):
            for name, data in makers():
                if wanted not in name or len(data) > BYTES:
                    if wanted in name:
                        print(f"{name:<36} {len(data):>8}   over a megabyte")
                    continue
                path = folder / name
                path.write_bytes(data)
                for sizes in SIZES:
                    result = measured(path, sizes)
                    figures = f"{result['ms'] / 1000:>7.2f} {result['mib']:>6.0f}" if result else "refused"
                    print(f"{name:<36} {len(data):>8}   {sizes:<14} {figures}", flush=True)
                    if result and (result["ms"] > SECONDS * 1000 or result["mib"] > MEBIBYTES):
                        missed.append(f"{name} at {sizes}")
    print("\n" + (f"missed: {', '.join(missed)}" if missed else "nothing takes more than 1 s or 400 MiB"))
    sys.exit(1 if missed else 0)


main()
