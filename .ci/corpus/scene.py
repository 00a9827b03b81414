"""The image of all cases. It is soft, and each corner has another colour, so a rotation or reflection is obvious."""
import io
import random

from PIL import Image, ImageCms, ImageDraw

CORNERS = ((220, 30, 30), (30, 180, 50), (40, 60, 210), (230, 210, 40))
TURN = Image.Transpose
# The operation that turns the upright image into the image that is stored under an EXIF orientation.
STORED = {1: None, 2: TURN.FLIP_LEFT_RIGHT, 3: TURN.ROTATE_180, 4: TURN.FLIP_TOP_BOTTOM, 5: TURN.TRANSPOSE, 6: TURN.ROTATE_90, 7: TURN.TRANSVERSE, 8: TURN.ROTATE_270}


def scene(width=300, height=210, seed=7):
    dice = random.Random(seed)
    image = Image.new("RGB", (width, height))
    for cells, strength in ((3, 1.0), (9, 0.35)):
        size = (min(cells, width) + 1, min(cells, height) + 1)
        knots = Image.frombytes("RGB", size, dice.randbytes(size[0] * size[1] * 3))
        image = Image.blend(image, knots.resize((width, height), Image.Resampling.BICUBIC), strength)
    draw = ImageDraw.Draw(image)
    side = min(width, height) // 4
    for (x, y), colour in zip(((0, 0), (width - side, 0), (width - side, height - side), (0, height - side)), CORNERS):
        if side:
            draw.rectangle((x, y, x + side - 1, y + side - 1), fill=colour)
    return image


def with_alpha(image):
    """The image with alpha: opaque in the middle, fading towards the right edge, transparent in the left quarter."""
    width, height = image.size
    ramp = Image.linear_gradient("L").rotate(90).resize((width, height))
    ramp.paste(0, (0, 0, width // 4, height))
    ramp.paste(255, (width // 3, height // 4, width * 2 // 3, height * 3 // 4))
    image = image.convert("RGBA")
    image.putalpha(ramp)
    return image


def stored(upright, orientation):
    return upright if STORED[orientation] is None else upright.transpose(STORED[orientation])


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


def encoded(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def profile():
    """An sRGB profile with red and green exchanged. A decoder that ignores it shows other colours."""
    import struct

    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * struct.unpack_from(">I", data, 128)[0], 12)}
    red, green = tags[b"rXYZ"], tags[b"gXYZ"]
    data[red + 4 : red + 12], data[green + 4 : green + 12] = data[green + 4 : green + 12], data[red + 4 : red + 12]
    return bytes(data)
