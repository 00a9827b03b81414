"""A JPEG encoder (ITU-T T.81) for unusual files: with any sampling, any script of scans, and any markers."""
import struct

import numpy

ZIGZAG = sorted(range(64), key=lambda at: (s := at // 8 + at % 8, at // 8 if s % 2 else at % 8))
COSINES = numpy.array([[(0.5 ** 0.5 if u == 0 else 1) / 2 * numpy.cos((2 * x + 1) * u * numpy.pi / 16) for x in range(8)] for u in range(8)])
# Every table has the same codes. The longest code, all ones, stays unused (T.81, C.2).
# Differences: 12 symbols of 4 bits.
DC = bytes([0, 0, 0, 12] + [0] * 12) + bytes(range(12))
# Coefficients: 254 symbols of 8 bits, and two of 9.
AC = bytes([0] * 7 + [254, 2] + [0] * 7) + bytes(range(256))


def segment(marker, body=b""):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


class Bits:
    def __init__(self):
        self.value, self.count, self.data = 0, 0, bytearray()

    def put(self, value, count):
        self.value, self.count = (self.value << count) | value, self.count + count
        while self.count >= 8:
            self.count -= 8
            byte = self.value >> self.count & 0xFF
            self.data += b"\xff\0" if byte == 0xFF else bytes((byte,))
        self.value &= (1 << self.count) - 1

    def symbol(self, symbol):
        self.put(*(symbol, 8) if symbol < 254 else (508 + symbol - 254, 9))

    def signed(self, value, size):
        if size:
            self.put(value if value > 0 else value + (1 << size) - 1, size)

    def aligned(self):
        if self.count:
            self.put((1 << 8 - self.count) - 1, 8 - self.count)
        return self.data


class Component:
    """Samples of one component, as quantised coefficients of each block in zigzag order."""

    def __init__(self, plane, number, factors, most, units, step):
        across, down = most[0] // factors[0], most[1] // factors[1]
        self.id, self.factors = number, factors
        height, width = plane.shape
        # T.81, A.1.1: rounded up.
        self.blocks = -(-(-(-width * factors[0] // most[0])) // 8), -(-(-(-height * factors[1] // most[1])) // 8)
        columns, rows = units[0] * factors[0], units[1] * factors[1]
        padded = numpy.pad(plane, ((0, rows * 8 * down - height), (0, columns * 8 * across - width)), mode="edge")
        small = padded.reshape(rows * 8, down, columns * 8, across).mean(axis=(1, 3)) - 128
        blocks = small.reshape(rows, 8, columns, 8).transpose(0, 2, 1, 3)
        coefficients = COSINES @ blocks @ COSINES.T
        self.values = numpy.rint(coefficients / step).astype(int).reshape(rows, columns, 64)[:, :, ZIGZAG].tolist()


class Picture:
    """`planes` and `factors` (across and down) are by component. There is one quantisation step."""

    def __init__(self, planes, factors, step=3, ids=None):
        self.height, self.width = planes[0].shape
        most = max(f[0] for f in factors), max(f[1] for f in factors)
        self.units = -(-self.width // (8 * most[0])), -(-self.height // (8 * most[1]))
        ids = ids or range(1, len(planes) + 1)
        self.components = [Component(plane, number, f, most, self.units, step) for plane, number, f in zip(planes, ids, factors)]
        self.step = step

    def frame(self, marker):
        body = struct.pack(">BHHB", 8, self.height, self.width, len(self.components))
        return segment(marker, body + b"".join(bytes((c.id, c.factors[0] << 4 | c.factors[1], 0)) for c in self.components))

    def tables(self, wide=False):
        steps = struct.pack(">B64H", 0x10, *[self.step] * 64) if wide else bytes([0] + [self.step] * 64)
        return segment(0xDB, steps) + segment(0xC4, b"\0" + DC + b"\x10" + AC)

    def places(self, chosen):
        """Component number, column and row of each block of a scan, unit by unit (T.81, A.2)."""
        if len(chosen) == 1:
            across, down = self.components[chosen[0]].blocks
            return [[(chosen[0], x, y)] for y in range(down) for x in range(across)]
        inside = [(n, x, y) for n in chosen for y in range(self.components[n].factors[1]) for x in range(self.components[n].factors[0])]
        f = [c.factors for c in self.components]
        return [[(n, ux * f[n][0] + x, uy * f[n][1] + y) for n, x, y in inside] for uy in range(self.units[1]) for ux in range(self.units[0])]

    def scan(self, chosen, first=0, last=63, before=0, now=0, interval=0, markers=True):
        head = bytes([len(chosen)] + [byte for n in chosen for byte in (self.components[n].id, 0)] + [first, last, before << 4 | now])
        data, bits, units = bytearray(), Bits(), self.places(chosen)
        previous = dict.fromkeys(chosen, 0)
        for nth, unit in enumerate(units):
            if interval and markers and nth and nth % interval == 0:
                data += bits.aligned() + bytes((0xFF, 0xD0 + (nth // interval - 1) % 8))
                bits, previous = Bits(), dict.fromkeys(chosen, 0)
            for n, x, y in unit:
                block = self.components[n].values[y][x]
                if first == 0 and before:
                    bits.put(block[0] >> now & 1, 1)
                elif first == 0:
                    value = block[0] >> now
                    size = abs(value - previous[n]).bit_length()
                    bits.put(size, 4)
                    bits.signed(value - previous[n], size)
                    previous[n] = value
                if last > 0 and before:
                    refine(bits, block, max(first, 1), last, now)
                elif last > 0:
                    begin(bits, block, max(first, 1), last, now)
        return segment(0xDA, head) + bytes(data + bits.aligned())


def begin(bits, block, first, last, now):
    zeros = 0
    for at in range(first, last + 1):
        size = abs(block[at]) >> now
        if size == 0:
            zeros += 1
            continue
        while zeros > 15:
            bits.symbol(0xF0)
            zeros -= 16
        value = size if block[at] > 0 else -size
        bits.symbol(zeros << 4 | size.bit_length())
        bits.signed(value, size.bit_length())
        zeros = 0
    if zeros:
        bits.symbol(0)


def refine(bits, block, first, last, now):
    """T.81, G.1.2.3: a new coefficient gets its sign. Each known coefficient in between gets one more bit."""
    sizes = [abs(value) >> now for value in block]
    end = max((at for at in range(first, last + 1) if sizes[at] == 1), default=-1)
    zeros, known = 0, []

    def write_known():
        for bit in known:
            bits.put(bit, 1)
        known.clear()

    for at in range(first, last + 1):
        if sizes[at] == 0:
            zeros += 1
            continue
        while zeros > 15 and at <= end:
            bits.symbol(0xF0)
            write_known()
            zeros -= 16
        if sizes[at] > 1:
            known.append(sizes[at] & 1)
            continue
        bits.symbol(zeros << 4 | 1)
        bits.put(1 if block[at] > 0 else 0, 1)
        write_known()
        zeros = 0
    if zeros or known:
        bits.symbol(0)
        write_known()
