//! Parses the blocks of a GIF up to the first picture, according to the specification of version 89a.

use super::gif::corrupt;
use crate::error::ImageError;

/// The first picture of a file, still compressed.
pub(super) struct Frame<'a> {
    /// The size of the canvas in pixels. It is the size in the file, or larger if the frame needs it, as in browsers
    /// and libvips.
    pub canvas: (u32, u32),
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
    /// The number of bits of a colour index, 1 to 11. The shortest codes have one more bit.
    pub code_size: u8,
    /// The concatenated data of all sub-blocks.
    pub data: Vec<u8>,
    interlaced: bool,
    /// The colour table, with red, green and blue of each colour.
    palette: Option<&'a [u8]>,
    transparent: Option<u8>,
}

/// The unread bytes of the file. Missing bytes are an error.
struct Blocks<'a>(&'a [u8]);

impl<'a> Blocks<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], ImageError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(|| corrupt("ends within a header"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, ImageError> {
        self.take(1).map(|byte| byte[0])
    }

    /// Reads the colour table, if the flags of a header say that there is one.
    fn palette(&mut self, flags: u8) -> Result<Option<&'a [u8]>, ImageError> {
        if flags & 0x80 == 0 { Ok(None) } else { self.take(3 << ((flags & 7) + 1)).map(Some) }
    }

    /// The next sub-block. `None` at the empty sub-block that ends a list, or at the end of the file.
    fn next_part(&mut self) -> Option<&'a [u8]> {
        let (&length, rest) = self.0.split_first()?;
        let (part, rest) = rest.split_at(rest.len().min(usize::from(length)));
        self.0 = rest;
        (length > 0).then_some(part)
    }
}

/// Finds the first picture. Its data may be incomplete, but the blocks before it must be complete.
pub(super) fn first_frame(bytes: &[u8]) -> Result<Frame<'_>, ImageError> {
    let mut blocks = Blocks(bytes);
    let &[_, _, _, _, _, _, w0, w1, h0, h1, flags, _, _] = blocks.take(13)? else {
        return Err(corrupt("ends within a header"));
    };
    let screen = (u16::from_le_bytes([w0, w1]), u16::from_le_bytes([h0, h1]));
    let palette = blocks.palette(flags)?;
    let mut transparent = None;
    loop {
        match blocks.byte()? {
            0x21 => {
                let controls = blocks.byte()? == 0xF9;
                while let Some(part) = blocks.next_part() {
                    if let (true, &[flags, _, _, index]) = (controls, part) {
                        transparent = (flags & 1 == 1).then_some(index);
                    }
                }
            }
            0x2C => return Frame::read(&mut blocks, screen, palette, transparent),
            0x3B => return Err(corrupt("no picture")),
            // Some programs write zeros between blocks.
            _ => {}
        }
    }
}

impl<'a> Frame<'a> {
    fn read(
        blocks: &mut Blocks<'a>,
        screen: (u16, u16),
        palette: Option<&'a [u8]>,
        transparent: Option<u8>,
    ) -> Result<Self, ImageError> {
        let &[l0, l1, t0, t1, w0, w1, h0, h1, flags] = blocks.take(9)? else {
            return Err(corrupt("ends within a header"));
        };
        let number = |low, high| u32::from(u16::from_le_bytes([low, high]));
        let (left, top, width, height) = (number(l0, l1), number(t0, t1), number(w0, w1), number(h0, h1));
        // If the screen has no width or height, the canvas has the size of the first frame.
        let (across, down) = if screen.0 == 0 || screen.1 == 0 { (0, 0) } else { screen };
        let canvas = (u32::from(across).max(left + width), u32::from(down).max(top + height));
        if width == 0 || height == 0 {
            return Err(corrupt("an empty frame"));
        }
        let palette = blocks.palette(flags)?.or(palette);
        let code_size = blocks.byte()?;
        if !(1..=11).contains(&code_size) {
            return Err(corrupt("impossible code size"));
        }
        let mut data = Vec::new();
        while let Some(part) = blocks.next_part() {
            data.extend_from_slice(part);
        }
        Ok(Self {
            canvas,
            left: left as usize,
            top: top as usize,
            width: width as usize,
            height: height as usize,
            code_size,
            data,
            interlaced: flags & 0x40 != 0,
            palette,
            transparent,
        })
    }

    /// Red, green, blue and alpha of every colour index. Indices beyond the table are black. Without a table, the first
    /// two colours are black and white, as in libvips.
    pub(super) fn colours(&self) -> [[u8; 4]; 256] {
        let mut colours = [[0, 0, 0, 0xFF]; 256];
        let palette = self.palette.unwrap_or(&[0, 0, 0, 0xFF, 0xFF, 0xFF]);
        for (colour, rgb) in colours.iter_mut().zip(palette.chunks_exact(3)) {
            *colour = [rgb[0], rgb[1], rgb[2], 0xFF];
        }
        if let Some(index) = self.transparent {
            colours[usize::from(index)][3] = 0;
        }
        colours
    }

    /// The position in the file of each line of the picture.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.height).collect();
        if self.interlaced {
            let passes = [(0, 8), (4, 8), (2, 4), (1, 2)];
            let lines = passes.into_iter().flat_map(|(first, step)| (first..self.height).step_by(step));
            for (nth, line) in lines.enumerate() {
                order[line] = nth;
            }
        }
        order
    }
}
