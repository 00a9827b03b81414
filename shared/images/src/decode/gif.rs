//! Decodes GIF.

use weezl::{BitOrder, LzwStatus, decode::Configuration};

use super::{
    Decoded,
    gif_blocks::{Frame, first_frame},
    reducer::{Channels, Reducer},
    require_half,
};
use crate::{error::ImageError, limits::Limits, sniff::Kind};

/// Decodes the first frame, placed on the canvas. Other frames are not read.
///
/// Damaged or missing lines become grey. At least half of the lines must be present.
pub(super) fn decode(bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    let frame = first_frame(bytes)?;
    let (width, height) = frame.canvas;
    limits.check_pixels(width, height)?;
    let pixels = frame.width * frame.height;
    let mut reducer = Reducer::new(Channels::Rgba, (width, height), wanted, limits, pixels as u64)?;

    let (indices, lines) = read_indices(&frame);
    require_half(lines as u64, frame.height as u64)
        .ok_or_else(|| corrupt("less than half of the picture"))?;
    let colours = frame.colours();
    let line_of = frame.order();
    let mut row = vec![0; width as usize * 4];
    for y in 0..height as usize {
        let line = y.checked_sub(frame.top).and_then(|y| line_of.get(y));
        row.fill(0);
        let (inside, _) = row[frame.left * 4..].as_chunks_mut::<4>();
        match line {
            None => {}
            Some(&line) if line >= lines => inside[..frame.width].fill(GREY),
            Some(&line) => {
                let indices = &indices[line * frame.width..][..frame.width];
                for (pixel, &index) in inside.iter_mut().zip(indices) {
                    *pixel = colours[usize::from(index)];
                }
            }
        }
        reducer.push(&row);
    }
    Ok(Decoded {
        original: (width, height),
        reduction: f64::from(reducer.factor()),
        exif: None,
        profile: None,
        picture: reducer.finish(),
    })
}

const GREY: [u8; 4] = [128, 128, 128, 255];

/// The colour indices of the frame in file order, and the number of complete lines.
fn read_indices(frame: &Frame) -> (Vec<u8>, usize) {
    let mut indices = vec![0; frame.width * frame.height];
    let mut decoder =
        Configuration::new(BitOrder::Lsb, frame.code_size).with_yield_on_full_buffer(true).build();
    let (mut read, mut at) = (0, 0);
    while read < indices.len() {
        let result = decoder.decode_bytes(&frame.data[at..], &mut indices[read..]);
        at += result.consumed_in;
        read += result.consumed_out;
        let continues = matches!(result.status, Ok(LzwStatus::Ok));
        if !continues || result.consumed_in + result.consumed_out == 0 {
            break;
        }
    }
    (indices, read.checked_div(frame.width).unwrap_or(0))
}

pub(super) fn corrupt(what: &str) -> ImageError {
    ImageError::corrupt(Kind::Gif, what)
}
