//! Joins the planes of the components to a picture.

use super::{frame::Frame, metadata::Metadata, plane::Plane};
use crate::picture::{Picture, Samples};

/// The colour space of a frame's components.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Grey,
    Rgb,
    YCbCr,
    Cmyk,
    Ycck,
}

impl Coding {
    /// Determines the colour space as libjpeg does: by the Adobe segment, or else the JFIF segment, or else the ids of
    /// the components.
    fn of(frame: &Frame, metadata: &Metadata) -> Self {
        match (frame.components.len(), metadata.adobe_transform) {
            (1, _) => Self::Grey,
            (3, Some(0)) if !metadata.jfif => Self::Rgb,
            (3, None) if !metadata.jfif && frame.components.iter().map(|c| c.id).eq(*b"RGB") => Self::Rgb,
            (3, _) => Self::YCbCr,
            (_, Some(2)) => Self::Ycck,
            _ => Self::Cmyk,
        }
    }
}

/// Joins the planes to a picture of `width` x `height` pixels. The planes may be larger.
pub(super) fn join(frame: &Frame, metadata: &Metadata, planes: &[Plane], width: u32, height: u32) -> Picture {
    let coding = Coding::of(frame, metadata);
    // Programs write CMYK inverted, with and without an Adobe segment.
    let samples = if planes.len() == 4 { Samples::Cmyk } else { Samples::Opaque };
    let mut pixels = vec![0xFF; width as usize * height as usize * 4];
    for (y, row) in pixels.chunks_exact_mut(width as usize * 4).enumerate() {
        let line = |nth: usize| {
            let plane = &planes[nth];
            &plane.samples[y * plane.stride..][..width as usize]
        };
        let (pixels, _) = row.as_chunks_mut::<4>();
        match coding {
            Coding::Grey => {
                for (pixel, &grey) in pixels.iter_mut().zip(line(0)) {
                    *pixel = [grey, grey, grey, 0xFF];
                }
            }
            Coding::Rgb | Coding::YCbCr => {
                for (((pixel, &a), &b), &c) in pixels.iter_mut().zip(line(0)).zip(line(1)).zip(line(2)) {
                    let [red, green, blue] = if coding == Coding::Rgb { [a, b, c] } else { to_rgb(a, b, c) };
                    *pixel = [red, green, blue, 0xFF];
                }
            }
            Coding::Cmyk | Coding::Ycck => {
                let lines = line(0).iter().zip(line(1)).zip(line(2)).zip(line(3));
                for (pixel, (((&a, &b), &c), &black)) in pixels.iter_mut().zip(lines) {
                    let [cyan, magenta, yellow] =
                        if coding == Coding::Cmyk { [a, b, c] } else { to_rgb(a, b, c).map(|value| !value) };
                    *pixel = [cyan, magenta, yellow, black].map(|ink| !ink);
                }
            }
        }
    }
    Picture { width, height, pixels, samples }
}

/// JFIF's YCbCr (ITU-R BT.601, full range) in 16-bit fixed point.
#[inline]
fn to_rgb(luma: u8, blue_difference: u8, red_difference: u8) -> [u8; 3] {
    let luma = (i32::from(luma) << 16) + (1 << 15);
    let (cb, cr) = (i32::from(blue_difference) - 128, i32::from(red_difference) - 128);
    [luma + 91_881 * cr, luma - 22_554 * cb - 46_802 * cr, luma + 116_130 * cb].map(to_sample)
}

#[inline]
#[expect(clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn to_sample(value: i32) -> u8 {
    (value >> 16).clamp(0, 255) as u8
}
