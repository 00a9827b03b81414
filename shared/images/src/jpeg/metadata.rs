//! EXIF, JFIF, Adobe and ICC segments.

use crate::limits::MAX_PROFILE;

/// The contents of the application segments before the first scan.
#[derive(Default)]
pub(super) struct Metadata<'a> {
    /// The EXIF data, a TIFF structure.
    pub exif: Option<&'a [u8]>,
    pub jfif: bool,
    /// Adobe's colour transform: 0 for none, 1 for YCbCr, 2 for YCCK.
    pub adobe_transform: Option<u8>,
    profile: Vec<(u8, &'a [u8])>,
}

impl<'a> Metadata<'a> {
    pub(super) fn take(&mut self, marker: u8, body: &'a [u8]) {
        match marker {
            0xE0 if body.starts_with(b"JFIF\0") => self.jfif = true,
            0xE1 if self.exif.is_none() => self.exif = body.strip_prefix(b"Exif\0\0"),
            0xE2 => {
                if let Some([number, _count, part @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    self.profile.push((*number, part));
                }
            }
            0xEE if body.starts_with(b"Adobe") => self.adobe_transform = body.get(11).copied(),
            _ => {}
        }
    }

    /// The ICC profile, joined from its parts (ICC.1, B.4). `None` if there is none or it is too large.
    pub(super) fn profile(mut self) -> Option<Vec<u8>> {
        if self.profile.iter().map(|(_, part)| part.len()).sum::<usize>() > MAX_PROFILE {
            return None;
        }
        self.profile.sort_by_key(|&(number, _)| number);
        let profile: Vec<u8> = self.profile.iter().flat_map(|&(_, part)| part).copied().collect();
        (!profile.is_empty()).then_some(profile)
    }
}
