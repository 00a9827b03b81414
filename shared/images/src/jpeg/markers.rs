//! Marker segments.

use super::{bits::next_marker, corrupt};
use crate::error::ImageError;

pub(super) const START_OF_SCAN: u8 = 0xDA;
pub(super) const END_OF_IMAGE: u8 = 0xD9;

/// Iterates over the marker segments of a file.
#[derive(Clone)]
pub(super) struct Segments<'a> {
    data: &'a [u8],
    at: usize,
}

pub(super) struct Segment<'a> {
    /// The byte after `FF`.
    pub marker: u8,
    /// The bytes after the length. Empty for markers without a body.
    pub body: &'a [u8],
}

impl<'a> Segments<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0 }
    }

    /// Returns the next segment. Bytes before its marker are skipped, as in other decoders.
    pub(super) fn next(&mut self) -> Result<Segment<'a>, ImageError> {
        let marker_at =
            next_marker(self.data, self.at).ok_or_else(|| corrupt("ends without an end marker"))?;
        let marker = self.data[marker_at + 1];
        self.at = marker_at + 2;
        if matches!(marker, 0x01 | 0xD0..=0xD9) {
            return Ok(Segment { marker, body: &[] });
        }
        let rest = &self.data[self.at..];
        let body = rest
            .first_chunk::<2>()
            .and_then(|length| rest.get(2..usize::from(u16::from_be_bytes(*length))))
            .ok_or_else(|| corrupt("ends within a header"))?;
        self.at += 2 + body.len();
        Ok(Segment { marker, body })
    }

    /// The position after the last segment. After a scan header, the entropy-coded data begin there.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Continues at `at`, after entropy-coded data.
    pub(super) fn set_position(&mut self, at: usize) {
        self.at = at;
    }

    /// Skips unused entropy-coded data.
    pub(super) fn skip_scan(&mut self) -> Result<(), ImageError> {
        loop {
            self.at = next_marker(self.data, self.at).ok_or_else(|| corrupt("ends within a scan"))?;
            if !matches!(self.data[self.at + 1], 0xD0..=0xD7) {
                return Ok(());
            }
            self.at += 2;
        }
    }
}
