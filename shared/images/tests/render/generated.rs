//! Builders of minimal files that ordinary programs do not write.

/// JPEG files, built from segments (ITU-T T.81).
pub mod jpeg {
    /// A segment: `FF <marker>`, a length and a body.
    pub fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xFF, marker], &length[..], body].concat()
    }

    /// The start of a file, up to the first scan. All quantisation steps are 1. The components have these sampling
    /// factors, and ids from 1. The DC code `0` is a difference of 0, and `10` a difference of 10 bits. The AC code `0`
    /// ends a block.
    pub fn start(frame: u8, width: u16, height: u16, factors: &[u8]) -> Vec<u8> {
        let mut header = vec![8];
        header.extend([height.to_be_bytes(), width.to_be_bytes()].concat());
        header.push(u8::try_from(factors.len()).unwrap());
        for (name, &factor) in (1..).zip(factors) {
            header.extend([name, factor, 0]);
        }
        let steps = [&[0], &[1; 64][..]].concat();
        [
            vec![0xFF, 0xD8],
            segment(0xDB, &steps),
            segment(frame, &header),
            code(0, &[1, 1], &[0, 10]),
            code(0x10, &[1], &[0]),
        ]
        .concat()
    }

    /// A Huffman table.
    pub fn code(class_and_slot: u8, counts: &[u8], symbols: &[u8]) -> Vec<u8> {
        let mut lengths = [0; 16];
        lengths[..counts.len()].copy_from_slice(counts);
        segment(0xC4, &[&[class_and_slot], &lengths[..], symbols].concat())
    }

    /// A scan header for these components, and data. `band` has the first and the last coefficient, and the byte with
    /// the numbers of low bits that the earlier scan and this one leave out.
    pub fn scan(components: &[u8], band: [u8; 3], data: &[u8]) -> Vec<u8> {
        let selectors = components.iter().flat_map(|&name| [name, 0]);
        let count = u8::try_from(components.len()).unwrap();
        let header: Vec<u8> = std::iter::once(count).chain(selectors).chain(band).collect();
        [&segment(0xDA, &header), data].concat()
    }

    pub const END: [u8; 2] = [0xFF, 0xD9];

    /// Removes all segments with this marker before the first scan.
    pub fn without(file: &[u8], marker: u8) -> Vec<u8> {
        let mut rest = file[2..].to_vec();
        let mut result = file[..2].to_vec();
        while rest[1] != 0xDA {
            let after = rest.split_off(2 + usize::from(u16::from_be_bytes([rest[2], rest[3]])));
            if rest[1] != marker {
                result.extend(&rest);
            }
            rest = after;
        }
        [result, rest].concat()
    }

    /// Inserts bytes before the first scan.
    pub fn before_scan(file: &[u8], what: &[u8]) -> Vec<u8> {
        let scan = file.windows(2).position(|marker| marker == [0xFF, 0xDA]).unwrap();
        [&file[..scan], what, &file[scan..]].concat()
    }
}

/// A PNG with these packed rows, and chunks before them.
pub fn png(
    (width, height): (u32, u32),
    (colour, depth): (png::ColorType, png::BitDepth),
    rows: &[u8],
    chunks: &[([u8; 4], Vec<u8>)],
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    encoder.set_compression(png::Compression::NoCompression);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().unwrap();
    for (kind, data) in chunks {
        writer.write_chunk(png::chunk::ChunkType(*kind), data).unwrap();
    }
    writer.write_image_data(rows).unwrap();
    writer.finish().unwrap();
    file
}

/// A GIF with one frame, and with a colour table if `colours` is not empty.
pub fn gif(canvas: (u16, u16), frame: (u16, u16), colours: &[[u8; 3]], indices: &[u8]) -> Vec<u8> {
    const SIZE: u32 = 7;
    let sides = |(width, height): (u16, u16)| [width.to_le_bytes(), height.to_le_bytes()].concat();
    let bits = colours.len().next_power_of_two().trailing_zeros().max(1);
    let flags = if colours.is_empty() { 0 } else { 0x80 | u8::try_from(bits - 1).unwrap() };
    let mut file = [&b"GIF89a"[..], &sides(canvas), &[flags, 0, 0], colours.as_flattened()].concat();
    if !colours.is_empty() {
        file.resize(13 + (3 << bits), 0);
    }
    file.extend([&[0x2C, 0, 0, 0, 0][..], &sides(frame), &[0, 7]].concat());
    // Each colour index is a code. The code table is cleared before codes would become longer.
    let codes = indices.chunks((1 << SIZE) - 2).flat_map(|part| [&[1 << SIZE], part].concat());
    let (mut buffer, mut count, mut data) = (0_u32, 0, Vec::new());
    for code in codes.map(u32::from).chain([(1 << SIZE) + 1, 0]) {
        buffer |= code << count;
        count += SIZE + 1;
        while count >= 8 {
            data.push(u8::try_from(buffer & 0xFF).unwrap());
            (buffer, count) = (buffer >> 8, count - 8);
        }
    }
    for part in data.chunks(255) {
        file.push(u8::try_from(part.len()).unwrap());
        file.extend(part);
    }
    file.extend([0, 0x3B]);
    file
}
