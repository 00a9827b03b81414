"""All cases. Each is a valid but unusual image, or one with so little damage that every decoder still shows it."""
import dataclasses
import io
import struct
import zlib

import numpy
from PIL import Image

import gif
import jpeg
import png
from scene import STORED, encoded, exif, profile, scene, stored, with_alpha


@dataclasses.dataclass
class Case:
    group: str
    name: str
    extension: str
    data: bytes
    # The decoder to compare with, or `upright` if neither is right. `why` has the reason.
    reference: str = "either"
    upright: Image.Image = None
    # The lowest similarity in decibels. It is lower where the reference enlarges coarse chroma differently.
    least: float = 30.0
    why: str = ""


PICTURE = scene()
SMALL = scene(45, 31, seed=11)


def planes(image, mode):
    return [numpy.asarray(plane, dtype=float) for plane in image.convert(mode).split()]


def segments(data):
    """The start of each marker segment before the first scan, and the start of that scan."""
    at, found = 2, []
    while data[at + 1] != 0xDA:
        found.append(at)
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return found, at


def without(data, marker):
    found, _ = segments(data)
    for at in reversed([at for at in found if data[at + 1] == marker]):
        data = data[:at] + data[at + 2 + struct.unpack_from(">H", data, at + 2)[0] :]
    return data


def inserted(data, extra):
    return data[:2] + extra + data[2:]


def jpegs():
    def case(group, name, data, **more):
        return Case(f"jpeg {group}", name, "jpg", data, **more)

    for quality in (1, 30, 75, 95, 100):
        yield case("quality", f"q{quality}", encoded(PICTURE, "JPEG", quality=quality))
    for subsampling in (0, 1, 2):
        for options in ({}, {"progressive": True}, {"optimize": True}, {"restart_marker_blocks": 1}, {"restart_marker_rows": 1}, {"progressive": True, "restart_marker_blocks": 3}):
            name = "_".join([f"s{subsampling}", *options])
            yield case("ordinary", name, encoded(PICTURE, "JPEG", quality=85, subsampling=subsampling, **options))
    for size in ((1, 1), (1, 300), (300, 1), (7, 9), (8, 8), (9, 7), (15, 17), (16, 16), (17, 33), (199, 200), (200, 200), (201, 200), (401, 3), (1200, 900)):
        yield case("size", "%dx%d" % size, encoded(scene(*size), "JPEG", quality=90), least=27)

    # Sampling factors that few encoders offer. All ratios are whole, as libjpeg requires.
    ycc = planes(PICTURE, "YCbCr")
    samplings = ["11 11 11", "21 11 11", "12 11 11", "22 11 11", "41 11 11", "14 11 11", "42 11 11", "24 11 11", "44 11 11", "31 11 11", "13 11 11",
                 "33 11 11", "32 11 11", "22 21 12", "22 12 12", "22 21 21", "22 22 11", "41 21 11", "44 22 11", "33 31 13", "22 22 22", "24 12 12"]
    for text in samplings:
        factors = [(int(f[0]), int(f[1])) for f in text.split()]
        picture = jpeg.Picture(ycc, factors)
        start = b"\xff\xd8" + picture.tables() + picture.frame(0xC0)
        name = text.replace(" ", "-")
        # A unit has at most ten blocks (T.81, B.2.3).
        together = sum(across * down for across, down in factors) <= 10
        scans = [[0, 1, 2]] if together else [[0], [1], [2]]
        yield case("sampling", name, start + b"".join(map(picture.scan, scans)) + b"\xff\xd9", least=26)
        if text in ("13 11 11", "31 11 11", "33 11 11", "12 11 11", "14 11 11"):
            picture_progressive = b"\xff\xd8" + picture.tables() + picture.frame(0xC2)
            scans = b"".join(picture.scan(some, 0, 0) for some in scans) + b"".join(picture.scan([n], 1, 63) for n in range(3))
            yield case("sampling", name + "_progressive", picture_progressive + scans + b"\xff\xd9", least=26)
    for text in ("21 11 11", "22 11 11", "13 11 11"):
        picture = jpeg.Picture(ycc, [(int(f[0]), int(f[1])) for f in text.split()])
        start = b"\xff\xd8" + picture.tables() + picture.frame(0xC1)
        yield case("scans", f"one_by_one_{text[:2]}", start + b"".join(picture.scan([n]) for n in (0, 1, 2)) + b"\xff\xd9", least=26)
        yield case("scans", f"chroma_first_{text[:2]}", start + picture.scan([1, 2]) + picture.scan([0]) + b"\xff\xd9", least=26)

    picture = jpeg.Picture(ycc, [(2, 2), (1, 1), (1, 1)])
    start = b"\xff\xd8" + picture.tables() + picture.frame(0xC2)
    dc, dc1 = picture.scan([0, 1, 2], 0, 0), picture.scan([0, 1, 2], 0, 0, 0, 1)
    every = lambda *band: b"".join(picture.scan([n], *band) for n in range(3))
    refined = dc1 + every(1, 63, 0, 1) + picture.scan([0, 1, 2], 0, 0, 1, 0) + every(1, 63, 1, 0)
    scripts = {
        "spectral": dc + every(1, 5) + every(6, 63),
        "each_coefficient": dc + b"".join(every(at, at) for at in range(1, 20)) + every(20, 63),
        "126_scans": dc + b"".join(picture.scan([0], at, at, 0, 1) for at in range(1, 64)) + b"".join(picture.scan([0], at, at, 1, 0) for at in range(1, 64)) + b"".join(picture.scan([n], 1, 63) for n in (1, 2)),
        "refined": refined,
        "refined_four_times": picture.scan([0, 1, 2], 0, 0, 0, 4) + every(1, 63, 0, 4) + b"".join(picture.scan([0, 1, 2], 0, 0, low + 1, low) + every(1, 63, low + 1, low) for low in (3, 2, 1, 0)),
        "refined_over_bands": dc + every(1, 5, 0, 2) + every(6, 63, 0, 2) + every(1, 63, 2, 1) + every(1, 63, 1, 0),
        "refined_across": dc + every(1, 20, 0, 1) + every(21, 63, 0, 1) + every(1, 10, 1, 0) + every(11, 63, 1, 0),
        "first_coefficients_only": dc,
        "luma_only_detailed": dc + picture.scan([0], 1, 63),
        "dc_one_by_one": b"".join(picture.scan([n], 0, 0) for n in (2, 1, 0)) + every(1, 63),
        "restarts": picture.scan([0, 1, 2], 0, 0, interval=5) + every(1, 63, 0, 0, 5),
        "repeated": dc + every(1, 63) + every(1, 63),
    }
    for name, scans in scripts.items():
        restarts = segment(0xDD, b"\0\5") if name == "restarts" else b""
        yield case("progression", name, start + restarts + scans + b"\xff\xd9", least=24)

    # Colours: by Adobe's segment, by JFIF's, by the names of the components.
    adobe = lambda transform: segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes((transform,)))
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    rgb, grey = planes(PICTURE, "RGB"), planes(PICTURE, "L")
    inks = [255 - plane for plane in planes(PICTURE.convert("CMYK"), "CMYK")]
    ycck = planes(Image.merge("RGB", PICTURE.convert("CMYK").split()[:3]).point(lambda value: 255 - value), "YCbCr") + inks[3:]
    black = [numpy.minimum.reduce(rgb) * 0 + 255 - numpy.maximum.reduce(rgb)]
    mixed = [255 - plane for plane in [255 - rgb[0] - black[0], 255 - rgb[1] - black[0], 255 - rgb[2] - black[0]]] + [255 - black[0]]
    for name, parts, ids, head in (
        ("grey", grey, None, b""), ("grey_jfif", grey, None, jfif), ("ycc", ycc, None, b""), ("ycc_jfif", ycc, None, jfif), ("ycc_adobe_1", ycc, None, adobe(1)),
        ("rgb_adobe_0", rgb, None, adobe(0)), ("rgb_by_name", rgb, b"RGB", b""), ("ycc_ids_0_1_2", ycc, (0, 1, 2), b""), ("ycc_ids_34_35_36", ycc, (34, 35, 36), b""),
        ("cmyk_adobe_0", inks, None, adobe(0)), ("cmyk_bare", inks, None, b""), ("cmyk_jfif", inks, None, jfif), ("cmyk_with_black", mixed, None, adobe(0)), ("cmyk_with_black_bare", mixed, None, b""),
        ("ycck_adobe_2", ycck, None, adobe(2)),
    ):
        coded = jpeg.Picture(parts, [(1, 1)] * len(parts), ids=ids)
        data = b"\xff\xd8" + head + coded.tables() + coded.frame(0xC0) + coded.scan(list(range(len(parts)))) + b"\xff\xd9"
        yield case("colours", name, data, least=28)
    coded = jpeg.Picture(inks, [(2, 2), (1, 1), (1, 1), (2, 2)])
    yield case("colours", "cmyk_subsampled", b"\xff\xd8" + coded.tables() + coded.frame(0xC0) + coded.scan([0, 1, 2, 3]) + b"\xff\xd9", least=26)
    for factors in ((2, 2), (1, 2), (4, 1), (3, 3)):
        coded = jpeg.Picture(grey, [factors])
        single = jpeg.Picture(grey, [(1, 1)])
        data = b"\xff\xd8" + coded.tables() + coded.frame(0xC0) + single.scan([0]) + b"\xff\xd9"
        yield case("colours", "grey_%dx%d" % factors, data)

    # Markers.
    plain = encoded(PICTURE, "JPEG", quality=85)
    webcam = encoded(PICTURE, "JPEG", quality=85, subsampling=1)
    found, scan = segments(plain)
    coded = jpeg.Picture(ycc, [(1, 1)] * 3)
    for name, data in (
        ("no_huffman_tables", without(plain, 0xC4)), ("no_huffman_tables_422", without(webcam, 0xC4)), ("no_jfif", without(plain, 0xE0)),
        ("fill_bytes", plain[:2] + b"\xff\xff\xff" + plain[2:scan] + b"\xff\xff" + plain[scan:]), ("comments", inserted(plain, segment(0xFE, bytes(60000)) * 5)),
        ("unknown_segments", inserted(plain, b"".join(segment(0xE0 + nth, b"hello") for nth in range(3, 13)))), ("junk_behind", plain + b"\r\njunk" * 50), ("two_pictures", plain + encoded(SMALL, "JPEG")),
        ("empty_comment", inserted(plain, segment(0xFE))), ("no_end_marker", plain[:-2]), ("wide_quantisation", b"\xff\xd8" + coded.tables(wide=True) + coded.frame(0xC1) + coded.scan([0, 1, 2]) + b"\xff\xd9"),
        ("extended_sequential", plain.replace(b"\xff\xc0\0\x11", b"\xff\xc1\0\x11", 1)), ("exif_first", inserted(without(plain, 0xE0), segment(0xE1, b"Exif\0\0" + exif(1).removeprefix(b"Exif\0\0")))),
        ("damaged_exif", inserted(plain, segment(0xE1, b"Exif\0\0MM\0*\0\0\xff\xff"))), ("restart_interval_0", plain[:scan] + segment(0xDD, b"\0\0") + plain[scan:]),
        ("tables_defined_twice", b"\xff\xd8" + coded.tables() * 2 + coded.frame(0xC0) + coded.scan([0, 1, 2]) + b"\xff\xd9"),
        ("many_tables", b"\xff\xd8" + coded.tables() * 200 + coded.frame(0xC0) + coded.scan([0, 1, 2]) + b"\xff\xd9"),
        ("restart_everywhere", b"\xff\xd8" + segment(0xDD, b"\0\1") + coded.tables() + coded.frame(0xC0) + coded.scan([0, 1, 2], interval=1) + b"\xff\xd9"),
        ("long_restart_interval", b"\xff\xd8" + segment(0xDD, b"\xff\xff") + coded.tables() + coded.frame(0xC0) + coded.scan([0, 1, 2]) + b"\xff\xd9"),
        ("progressive_no_end_marker", encoded(PICTURE, "JPEG", progressive=True)[:-2]),
    ):
        yield case("markers", name, data, reference="vips" if name == "progressive_no_end_marker" else "either")

    # Slight damage. Every decoder still shows these images.
    restarts = encoded(PICTURE, "JPEG", quality=85, restart_marker_blocks=4)
    places = [at for at in range(len(restarts) - 1) if restarts[at] == 0xFF and 0xD0 <= restarts[at + 1] <= 0xD7]
    middle = places[len(places) // 2]
    dead = bytearray(restarts)
    dead[middle + 2 : middle + 12] = bytes(10)
    for name, data, least in (
        ("one_byte_missing", plain[:-3] + b"\xff\xd9", 30), ("a_restart_marker_lost", restarts[:middle] + restarts[middle + 2 :], 24), ("an_interval_damaged", bytes(dead), 22),
        ("interval_without_markers", plain[:scan] + segment(0xDD, b"\0\4") + plain[scan:], 30), ("three_intervals_lost", restarts[:middle] + restarts[places[len(places) // 2 + 3] :], 11),
    ):
        yield case("damage", name, data, least=least, reference="upright", upright=PICTURE, why="each decoder shows the missing part differently")
    for name, data in (("four_fifths", plain[: len(plain) * 4 // 5]), ("progressive_half", encoded(PICTURE, "JPEG", progressive=True)[: len(plain) * 45 // 100])):
        yield case("damage", name, data, reference="vips", least=10, why="the missing part is another grey")


def segment(marker, body=b""):
    return jpeg.segment(marker, body)


def pngs():
    def case(group, name, data, **more):
        return Case(f"png {group}", name, "png", data, **more)

    picture = with_alpha(scene(64, 45))
    for colour, depths in ((png.GREY, (1, 2, 4, 8, 16)), (png.RGB, (8, 16)), (png.INDEXED, (1, 2, 4, 8)), (png.GREY_ALPHA, (8, 16)), (png.RGBA, (8, 16))):
        for depth in depths:
            lines, palette = png.lines_of(picture, colour, depth)
            before = [png.chunk(b"PLTE", palette)] if palette else []
            name = {png.GREY: "grey", png.RGB: "rgb", png.INDEXED: "indexed", png.GREY_ALPHA: "grey_alpha", png.RGBA: "rgba"}[colour]
            for interlaced in (False, True):
                title = f"{name}_{depth}" + "_interlaced" * interlaced
                yield case("types", title, png.png(lines, colour, depth, interlaced, (0, 1, 2, 3, 4), before))
            key = None
            if colour == png.GREY:
                key = struct.pack(">H", lines[20][30])
            elif colour == png.RGB:
                key = struct.pack(">3H", *lines[20][90:93])
            elif colour == png.INDEXED:
                key = bytes(range(0, 256, 256 >> depth))[: 1 << depth]
            if key:
                transparent = before + [png.chunk(b"tRNS", key)]
                yield case("transparency", f"{name}_{depth}", png.png(lines, colour, depth, False, (2,), transparent))
                yield case("transparency", f"{name}_{depth}_interlaced", png.png(lines, colour, depth, True, (4,), transparent))
            if colour == png.GREY and depth < 8:
                most = (1 << depth) - 1
                for sent in (0xFF, 0xFF00 | most):
                    data = png.png(lines, colour, depth, False, (0,), [png.chunk(b"tRNS", struct.pack(">H", sent))])
                    yield case("transparency", f"grey_{depth}_high_bits_{sent:x}", data, reference="vips", why="Pillow does not mask the key of a grey with fewer than 8 bits")
    short = png.lines_of(picture, png.INDEXED, 8)
    yield case("transparency", "indexed_short_trns", png.png(short[0], png.INDEXED, 8, before=[png.chunk(b"PLTE", short[1]), png.chunk(b"tRNS", bytes(100))]))

    lines, _ = png.lines_of(picture, png.RGB, 8)
    for filters in ((0,), (1,), (2,), (3,), (4,), (4, 3, 2, 1, 0)):
        yield case("filters", "filter_" + "".join(map(str, filters)), png.png(lines, png.RGB, 8, False, filters))
    for name, options in (("stored", {"level": 0}), ("fast", {"level": 1}), ("best", {"level": 9}), ("fixed_codes", {"strategy": zlib.Z_FIXED}), ("huffman_only", {"strategy": zlib.Z_HUFFMAN_ONLY}), ("runs", {"strategy": zlib.Z_RLE}), ("parts", {"parts": 40}), ("byte_by_byte", {"parts": 2000})):
        yield case("compression", name, png.png(lines, png.RGB, 8, **options))
    plain = png.png(lines, png.RGB, 8, filters=(4,))
    ends, data_at = plain[:-12], plain.index(b"IDAT") - 4
    text = zlib.compress(bytes(100_000))
    for name, data in (
        ("text", plain[:33] + png.chunk(b"tEXt", b"Title\0" + b"x" * 70_000) + png.chunk(b"zTXt", b"Long\0\0" + text) + png.chunk(b"iTXt", b"More\0\1\0\0\0" + text) + plain[33:]),
        ("unknown", plain[:33] + png.chunk(b"teSt", b"hello") + plain[33:]), ("time_and_size", plain[:33] + png.chunk(b"tIME", bytes(7)) + png.chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)) + plain[33:]),
        ("suggested_palette", plain[:33] + png.chunk(b"PLTE", bytes(range(48))) + plain[33:]), ("background", plain[:33] + png.chunk(b"bKGD", bytes(6)) + plain[33:]),
        ("srgb", plain[:33] + png.chunk(b"sRGB", b"\0") + png.chunk(b"gAMA", struct.pack(">I", 45455)) + plain[33:]), ("significant_bits", plain[:33] + png.chunk(b"sBIT", b"\5\6\5") + plain[33:]),
        ("empty_data_first", plain[:data_at] + png.chunk(b"IDAT") + plain[data_at:]), ("no_end", ends), ("junk_behind", plain + b"junk" * 99), ("profile", plain[:33] + png.chunk(b"iCCP", b"p\0\0" + zlib.compress(profile())) + plain[33:]),
        ("profile_in_vain", plain[:33] + png.chunk(b"iCCP", b"p\0\0" + zlib.compress(b"nothing")) + plain[33:]), ("ancillary_checksum", plain[:33] + png.chunk(b"tIME", bytes(7))[:-1] + b"\0" + plain[33:]),
    ):
        yield case("chunks", name, data, reference="vips" if name in ("ancillary_checksum", "no_end") else "either")
    for size in ((1, 1), (1, 300), (300, 1), (2, 2), (3, 5), (5, 3), (8, 8), (9, 9), (200, 200), (450, 320)):
        small, _ = png.lines_of(scene(*size), png.RGB, 8)
        for interlaced in (False, True):
            yield case("size", "%dx%d" % size + "_interlaced" * interlaced, png.png(small, png.RGB, 8, interlaced, (1,)))
    frames = [scene(90, 60, seed) for seed in (1, 2, 3)]
    yield case("frames", "animated", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:]))
    yield case("frames", "hidden_default", encoded(frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=True))
    yield case("damage", "four_fifths", png.png(png.lines_of(PICTURE, png.RGB, 8)[0], png.RGB, 8)[:-30_000], reference="vips", least=8, why="libvips leaves the rest black")


def gifs():
    def case(group, name, data, **more):
        return Case(f"gif {group}", name, "gif", data, **more)

    picture = scene(70, 50)
    for bits in range(1, 9):
        lines, colours = gif.lines_of(picture, 1 << bits)
        for interlaced in (False, True):
            yield case("colours", f"{1 << bits}" + "_interlaced" * interlaced, gif.gif(picture.size, [gif.frame(lines, size=max(2, bits), interlaced=interlaced)], colours))
    lines, colours = gif.lines_of(picture, 256)
    few, few_colours = gif.lines_of(picture, 16)
    size = picture.size
    frame = gif.frame(lines)
    comment, loop = b"\x21\xfe" + gif.blocks(b"hello" * 99), b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    text = b"\x21\x01\x0c" + bytes(12) + gif.blocks(b"hello")
    for name, data in (
        ("local_table", gif.gif(size, [gif.frame(lines, colours=colours)])), ("both_tables", gif.gif(size, [gif.frame(few, colours=few_colours, size=4)], colours)), ("version_87a", gif.gif(size, [frame], colours, version=b"GIF87a")),
        ("comment", gif.gif(size, [frame], colours, before=comment)), ("loop", gif.gif(size, [frame], colours, before=loop)), ("plain_text", gif.gif(size, [frame], colours, before=text)), ("no_trailer", gif.gif(size, [frame], colours, trailer=b"")),
        ("junk_behind", gif.gif(size, [frame], colours) + b"junk" * 9), ("background", gif.gif(size, [frame], colours, background=77)), ("small_blocks", gif.gif(size, [gif.frame(lines, part=1)], colours)),
        ("cleared_often", gif.gif(size, [gif.frame(lines, clear_at=300)], colours)), ("full_table", gif.gif((300, 210), [gif.frame(gif.lines_of(PICTURE, 256)[0])], gif.lines_of(PICTURE, 256)[1])), ("larger_code_size", gif.gif(size, [gif.frame(few, size=8)], few_colours)),
        ("zeros_between", gif.gif(size, [b"\0\0\0" + frame], colours)),
    ):
        yield case("blocks", name, data, reference="vips" if name == "no_trailer" else "either")
    for transparent in (0, 3, 15):
        yield case("transparency", f"colour_{transparent}", gif.gif(size, [gif.frame(few, size=4, transparent=transparent)], few_colours))
        yield case("transparency", f"colour_{transparent}_interlaced", gif.gif(size, [gif.frame(few, size=4, transparent=transparent, interlaced=True)], few_colours))
    for disposal in range(4):
        frames = [gif.frame(few, size=4, disposal=disposal, transparent=1), gif.frame(few[:20], 3, 4, size=4)]
        yield case("frames", f"disposal_{disposal}", gif.gif(size, frames, few_colours))
    around = "the area around the frame is transparent in browsers, black in libvips, and a background colour in Pillow"
    yield case("frames", "off_the_corner", gif.gif((100, 90), [gif.frame(lines, 20, 30)], colours), reference="upright", upright=placed(lines, colours, (100, 90), (20, 30)), why=around)
    yield case("frames", "off_the_corner_interlaced", gif.gif((100, 90), [gif.frame(lines, 30, 40, interlaced=True)], colours), reference="upright", upright=placed(lines, colours, (100, 90), (30, 40)), why=around)
    yield case("frames", "larger_than_the_screen", gif.gif((40, 30), [frame], colours), reference="upright", upright=indexed(lines, colours), why="libvips and browsers enlarge the screen, Pillow does too from the second frame on")
    for name, canvas in (("zero", (0, 0)), ("zero_height", (3000, 0)), ("zero_height_small", (60, 0)), ("zero_width", (0, 60))):
        yield case("frames", name, gif.gif(canvas, [frame], colours), reference="vips")
    yield case("frames", "large_screen", gif.gif((2500, 40), [gif.frame(few[:40], size=4)], few_colours), reference="upright", upright=placed(few[:40], few_colours, (2500, 40), (0, 0)), why="libvips distrusts sides over 2048 and some screen sizes; " + around)
    yield case("colours", "fewer_than_used", gif.gif(size, [gif.frame(few, size=4)], few_colours[:24]))
    yield case("blocks", "no_table", gif.gif((8, 4), [gif.frame([[0, 1] * 4] * 4, size=2)]), reference="vips")
    for number in (2, 5):
        frames = [scene(60, 40, seed) for seed in range(number)]
        yield case("frames", f"{number}_by_pillow", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    for small in ((1, 1), (1, 300), (300, 1), (200, 200), (7, 3)):
        own, own_colours = gif.lines_of(scene(*small), 64)
        for interlaced in (False, True):
            yield case("size", "%dx%d" % small + "_interlaced" * interlaced, gif.gif(small, [gif.frame(own, size=6, interlaced=interlaced)], own_colours))
    yield case("damage", "four_fifths", gif.gif(size, [frame], colours)[: 781 + len(frame) * 4 // 5], reference="vips", least=8, why="libvips leaves the rest transparent")


def indexed(lines, colours):
    image = Image.frombytes("P", (len(lines[0]), len(lines)), b"".join(map(bytes, lines)))
    image.putpalette(colours)
    return image.convert("RGB")


def placed(lines, colours, canvas, corner):
    image = Image.new("RGBA", canvas)
    image.paste(indexed(lines, colours), corner)
    return image


def riff(*chunks):
    body = b"WEBP" + b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def bitstream(data):
    """The image chunk of a file that has no other chunks."""
    return data[12:16], data[20 : 20 + struct.unpack_from("<I", data, 16)[0]]


def webps():
    def case(group, name, data, **more):
        return Case(f"webp {group}", name, "webp", data, **more)

    transparent = with_alpha(scene(150, 100))
    for quality in (1, 50, 90, 100):
        yield case("lossy", f"q{quality}", encoded(PICTURE, "WEBP", quality=quality))
    for method in (0, 2, 6):
        yield case("lossy", f"method_{method}", encoded(PICTURE, "WEBP", method=method))
        yield case("lossless", f"method_{method}", encoded(PICTURE, "WEBP", lossless=True, method=method))
    for quality in (0, 50, 100):
        yield case("lossless", f"effort_{quality}", encoded(PICTURE, "WEBP", lossless=True, quality=quality))
        yield case("alpha", f"lossy_alpha_{quality}", encoded(transparent, "WEBP", quality=80, alpha_quality=quality))
    yield case("alpha", "lossless", encoded(transparent, "WEBP", lossless=True))
    yield case("alpha", "exact", encoded(transparent, "WEBP", lossless=True, exact=True))
    yield case("alpha", "lossless_opaque", encoded(PICTURE.convert("RGBA"), "WEBP", lossless=True))
    for colours in (2, 4, 16, 200):
        few = PICTURE.quantize(colours).convert("RGB")
        yield case("lossless", f"{colours}_colours", encoded(few, "WEBP", lossless=True))
    for size in ((1, 1), (1, 300), (300, 1), (15, 17), (16, 16), (17, 15), (200, 200), (201, 199)):
        yield case("size", "%dx%d" % size, encoded(scene(*size), "WEBP", quality=95), least=24)
        yield case("size", "%dx%d_lossless" % size, encoded(scene(*size), "WEBP", lossless=True))
    frames = [scene(90, 60, seed) for seed in (1, 2, 3)]
    for name, options in (("lossy", {}), ("lossless", {"lossless": True}), ("mixed", {"allow_mixed": True}), ("minimised", {"minimize_size": True})):
        yield case("frames", name, encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], **options))
    several = [with_alpha(frame) for frame in frames]
    yield case("frames", "alpha", encoded(several[0], "WEBP", save_all=True, append_images=several[1:]))
    yield case("frames", "one", encoded(frames[0], "WEBP", save_all=True))
    picture = bitstream(encoded(PICTURE, "WEBP", quality=90))
    extended = lambda flags: (b"VP8X", bytes((flags, 0, 0, 0)) + struct.pack("<I", PICTURE.width - 1)[:3] + struct.pack("<I", PICTURE.height - 1)[:3])
    for name, data in (
        ("extended", riff(extended(0), picture)), ("unknown_chunk", riff(extended(0), (b"TeSt", b"odd"), picture)), ("xmp", riff(extended(4), picture, (b"XMP ", b"<x/>" * 999))), ("junk_behind", riff(picture) + b"junk" * 9),
        ("profile", riff(extended(0x20), (b"ICCP", profile()), picture)), ("profile_in_vain", riff(extended(0x20), (b"ICCP", b"nothing"), picture)), ("exif_in_vain", riff(extended(8), picture, (b"EXIF", b"nothing"))),
    ):
        yield case("chunks", name, data)


def metadata():
    for orientation in STORED:
        turned = stored(PICTURE, orientation)
        yield Case("orientation", f"jpeg_{orientation}", "jpg", encoded(turned, "JPEG", quality=90, exif=exif(orientation)))
        yield Case("orientation", f"png_{orientation}", "png", encoded(turned, "PNG", exif=exif(orientation)))
        yield Case("orientation", f"webp_{orientation}", "webp", encoded(turned, "WEBP", lossless=True, exif=exif(orientation)))
    grey = PICTURE.convert("L")
    for kind, extension in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")):
        options = {"lossless": True} if kind == "WEBP" else {}
        yield Case("profiles", f"{extension}_swapped", extension, encoded(PICTURE, kind, icc_profile=profile(), **options))
        yield Case("profiles", f"{extension}_wrong_kind", extension, encoded(grey, kind, icc_profile=profile(), **options), reference="upright", upright=grey, why="an RGB profile does not apply to a grey picture")
    yield Case("profiles", "jpg_in_many_parts", "jpg", inserted(encoded(PICTURE, "JPEG", quality=90), b"".join(parts(profile(), 50))))
    yield Case("profiles", "jpg_too_large", "jpg", inserted(encoded(PICTURE, "JPEG", quality=90), b"".join(parts(profile() + bytes(5 << 20), 60_000))), reference="upright", upright=PICTURE, why="a profile over 4 MiB is left out")
    yield Case("profiles", "png_inflates_to_64_mib", "png", huge_profile(), reference="upright", upright=PICTURE, why="a profile over 4 MiB is left out")


def parts(data, size):
    cut = [data[at : at + size] for at in range(0, len(data), size)]
    return [segment(0xE2, b"ICC_PROFILE\0" + bytes(((nth + 1) & 0xFF, len(cut) & 0xFF)) + part) for nth, part in enumerate(cut)]


def huge_profile():
    data = encoded(PICTURE, "PNG")
    return data[:33] + png.chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(64 << 20))) + data[33:]


def cases():
    yield from jpegs()
    yield from pngs()
    yield from gifs()
    yield from webps()
    yield from metadata()
