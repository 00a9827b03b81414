//! Converts pixels to sRGB.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use crate::picture::{Picture, Samples};

/// Converts the pixels to sRGB.
///
/// A profile that is damaged or has another colour space than the pixels is ignored, as in browsers.
pub(crate) fn to_srgb(picture: &mut Picture, profile: Option<&[u8]>) {
    let converted = profile.is_some_and(|profile| convert(picture, profile).is_some());
    if picture.samples == Samples::Cmyk {
        if !converted {
            approximate(&mut picture.pixels);
        }
        picture.samples = Samples::Opaque;
    }
}

fn convert(picture: &mut Picture, profile: &[u8]) -> Option<()> {
    let profile = ColorProfile::new_from_slice(profile).ok()?;
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let four_to_four = match (profile.color_space, picture.samples) {
        (DataColorSpace::Rgb, Samples::Opaque | Samples::Alpha) => true,
        (DataColorSpace::Cmyk, Samples::Cmyk) => false,
        (DataColorSpace::Gray, Samples::Opaque | Samples::Alpha) => {
            let transform = profile.create_transform_8bit(Layout::Gray, &srgb, Layout::Rgb, options).ok()?;
            let grey: Vec<u8> = picture.pixels.chunks_exact(4).map(|pixel| pixel[0]).collect();
            let mut converted = vec![0; grey.len() * 3];
            transform.transform(&grey, &mut converted).ok()?;
            for (pixel, colour) in picture.pixels.chunks_exact_mut(4).zip(converted.chunks_exact(3)) {
                pixel[..3].copy_from_slice(colour);
            }
            return Some(());
        }
        _ => return None,
    };
    if four_to_four {
        let transform = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgba, options).ok()?;
        let mut converted = vec![0; picture.pixels.len()];
        transform.transform(&picture.pixels, &mut converted).ok()?;
        picture.pixels = converted;
    } else {
        // moxcms uses `Rgba` for any four channels.
        let transform = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, options).ok()?;
        let mut converted = vec![0; picture.pixels.len() / 4 * 3];
        transform.transform(&picture.pixels, &mut converted).ok()?;
        for (pixel, colour) in picture.pixels.chunks_exact_mut(4).zip(converted.chunks_exact(3)) {
            pixel[..3].copy_from_slice(colour);
            pixel[3] = 0xFF;
        }
    }
    Some(())
}

/// Converts CMYK without a profile, by a simple model in which each ink absorbs light proportionally.
fn approximate(pixels: &mut [u8]) {
    for pixel in pixels.chunks_exact_mut(4) {
        let light = 255 - u32::from(pixel[3]);
        for ink in &mut pixel[..3] {
            *ink = u8::try_from(((255 - u32::from(*ink)) * light + 127) / 255).unwrap_or(0xFF);
        }
        pixel[3] = 0xFF;
    }
}
