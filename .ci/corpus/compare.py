#!/usr/bin/env python3
"""Compares our thumbnails with those of Pillow and libvips, for images that are unusual but valid.

    .ci/corpus/compare.py [part of a case's name]

The script makes the images (cases.py), renders them at 200 px with the example `corpus` of our image crate, and decodes
them with Pillow and libvips (pinned in requirements.txt). A case passes if we accept the image, find the same width and
height, and our thumbnail is as similar to one of theirs as the case requires. The similarity is the PSNR of the image
on white or on black, whichever is lower.

It prints the worst case of each group, the cases that have a different reference and the reason, and the disagreements.
It exits with 1 if there is a disagreement.
"""
import collections
import io
import math
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import pyvips
from PIL import Image, ImageCms, ImageOps

sys.dont_write_bytecode = True
from cases import cases  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZE = 200
SRGB = ImageCms.createProfile("sRGB")
MODES = {"L": "GRAY", "RGB": "RGB", "RGBA": "RGB", "CMYK": "CMYK", "LA": "GRAY"}


def by_pillow(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    profile = image.info.get("icc_profile")
    turned = ImageOps.exif_transpose(image)
    if turned.mode in ("I;16", "I"):
        turned = Image.fromarray((numpy.asarray(turned) >> 8).astype("uint8"))
    if "transparency" in turned.info or turned.mode in ("LA", "PA", "P"):
        turned = turned.convert("RGBA")
    if profile:
        try:
            theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(turned, theirs, SRGB, outputMode="RGBA" if turned.mode == "RGBA" else "RGB")
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass
    return turned.convert("RGB").convert("RGBA") if turned.mode == "CMYK" else turned.convert("RGBA")


def by_vips(data):
    image = pyvips.Image.new_from_buffer(data, "").autorot()
    if image.get_typeof("icc-profile-data"):
        try:
            image = image.icc_transform("srgb", embedded=True).copy_memory()
        except pyvips.Error:
            image = pyvips.Image.new_from_buffer(data, "").autorot()
    image = image.colourspace("srgb")
    if not image.hasalpha():
        image = image.bandjoin(255)
    return Image.fromarray(numpy.ascontiguousarray(image.cast("uchar").numpy()), "RGBA")


def fitted(size):
    longer = max(size)
    return tuple(size) if longer <= SIZE else tuple(max(1, (2 * side * SIZE + longer) // (2 * longer)) for side in size)


def thumbnail(image):
    """Scales an image as our `render` does: with the Lanczos filter, without the colours of transparent pixels."""
    size = fitted(image.size)
    return image if size == image.size else image.convert("RGBa").resize(size, Image.Resampling.LANCZOS).convert("RGBA")


def likeness(ours, theirs):
    """PSNR in decibels on white or on black, whichever is lower."""
    def on(image, ground):
        return numpy.asarray(Image.alpha_composite(Image.new("RGBA", image.size, ground), image), dtype=float)[:, :, :3]

    errors = max(((on(ours, ground) - on(theirs, ground)) ** 2).mean() for ground in ("white", "black"))
    return 99.0 if errors == 0 else min(99.0, 10 * math.log10(255 ** 2 / errors))


def as_saved(thumbnail, path):
    """The reference, encoded as a JPEG of our quality if our thumbnail is a JPEG."""
    if path.suffix == ".png":
        return thumbnail
    out = io.BytesIO()
    thumbnail.convert("RGB").save(out, "JPEG", quality=80, subsampling=2)
    return Image.open(out).convert("RGBA")


def references(case):
    if case.reference == "upright":
        return {"own": case.upright.convert("RGBA")}
    found = {}
    for name, decode in (("pillow", by_pillow), ("vips", by_vips)):
        if case.reference in (name, "either"):
            try:
                found[name] = decode(case.data)
            except (OSError, SyntaxError, ValueError, pyvips.Error):
                pass
    return found


def rendered(folder, everything):
    """Our result for each case: width, height and thumbnail, or the error."""
    (folder / "out").mkdir()
    for number, case in enumerate(everything):
        (folder / f"{number}.{case.extension}").write_bytes(case.data)
    command = ["cargo", "run", "--quiet", "--locked", "--package", "satchel-images", "--example", "corpus", "--", str(folder), str(folder / "out"), str(SIZE)]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return {int(line.split("\t")[0].split(".")[0]): line.split("\t")[1:] for line in lines}


def verdict(case, answer, folder):
    """The likeness in decibels, and the fault, if any."""
    theirs = references(case)
    if not theirs:
        return 0, "no reference accepts the image, so the case is wrong"
    if answer[0] != "ok":
        return 0, f"refused: {answer[1]}"
    path = folder / "out" / answer[3]
    size, ours = (int(answer[1]), int(answer[2])), Image.open(path).convert("RGBA")
    if size not in {image.size for image in theirs.values()}:
        return 0, f"{size[0]} x {size[1]} instead of {' or '.join(sorted('%d x %d' % image.size for image in theirs.values()))}"
    if ours.size != fitted(size):
        return 0, f"a thumbnail of {ours.size[0]} x {ours.size[1]} instead of {'%d x %d' % fitted(size)}"
    best = max(likeness(ours, as_saved(thumbnail(image), path)) for image in theirs.values() if image.size == size)
    return best, f"{best:.1f} dB instead of at least {case.least}" if best < case.least else ""


def main():
    warnings.simplefilter("ignore")
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    everything = [case for case in cases() if wanted in f"{case.group} {case.name}"]
    groups, wrong = collections.defaultdict(list), []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        answers = rendered(folder, everything)
        for number, case in enumerate(everything):
            decibels, fault = verdict(case, answers[number], folder)
            groups[case.group].append((decibels, case.name))
            if fault:
                wrong.append(f"{case.group} {case.name}: {fault}")
    print(f"{'group':<20} cases  worst")
    for group, results in groups.items():
        print(f"{group:<20} {len(results):>5}  {min(results)[0]:.1f} dB ({min(results)[1]})")
    print("\nCompared with only one reference, or less strictly:")
    for case in everything:
        if case.why:
            print(f"  {case.group} {case.name}: {case.why}")
    print(f"\n{len(everything)} cases, {len(wrong)} disagreements; Pillow {Image.__version__}, libvips {'.'.join(str(pyvips.version(n)) for n in range(3))}")
    for fault in wrong:
        print(f"  {fault}")
    sys.exit(1 if wrong else 0)


main()
