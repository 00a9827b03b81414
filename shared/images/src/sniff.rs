//! What bytes are, judged by their first ones: names and declared types are the uploader's word, these are
//! not.
//!
//! Nothing here touches a decoder, so a function that only sniffs carries none.

/// A kind of file that its first bytes give away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// JPEG (ITU-T T.81).
    Jpeg,
    /// PNG, animated or not.
    Png,
    /// WebP, lossy, lossless or animated.
    WebP,
    /// GIF 87a or 89a.
    Gif,
    /// PDF.
    Pdf,
    /// HTML, as a browser that sniffs would take it.
    Html,
    /// XML, SVG among it.
    Xml,
    /// ZIP, and with it docx, xlsx, jar and many more.
    Zip,
    /// The ISO base media file format: MP4, MOV, HEIC, AVIF.
    IsoMedia,
}

impl Kind {
    /// The media type, e.g. `image/jpeg`; for [`Kind::IsoMedia`] and [`Kind::Zip`] that of the container.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
            Self::Html => "text/html",
            Self::Xml => "text/xml",
            Self::Zip => "application/zip",
            Self::IsoMedia => "video/mp4",
        }
    }

    /// Whether [`render`](crate::render) makes renditions of it.
    #[must_use]
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::WebP | Self::Gif)
    }
}

/// How many of the first bytes [`sniff`] wants to see to recognise everything that it can.
pub const SNIFFED_BYTES: usize = 1024;

/// What the bytes are by their magic, `None` if that is unknown. The first [`SNIFFED_BYTES`] of a file are
/// enough.
///
/// PDF may begin anywhere in the first 1024 bytes (as readers accept it); HTML and XML after a byte order
/// mark and white space, as <https://mimesniff.spec.whatwg.org> has it.
#[must_use]
pub fn sniff(first_bytes: &[u8]) -> Option<Kind> {
    let bytes = &first_bytes[..first_bytes.len().min(SNIFFED_BYTES)];
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some(Kind::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Kind::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Kind::WebP),
        [b'P', b'K', 3, 4, ..] => Some(Kind::Zip),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Kind::IsoMedia),
        _ => sniff_text(bytes).or_else(|| contains(bytes, b"%PDF-").then_some(Kind::Pdf)),
    }
}

fn sniff_text(bytes: &[u8]) -> Option<Kind> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let starts = |prefix: &str| {
        text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
            && text.get(prefix.len()).is_none_or(|&next| next == b'>' || next.is_ascii_whitespace())
    };
    if HTML_STARTS.into_iter().any(starts) || text.starts_with(b"<!--") {
        Some(Kind::Html)
    } else if text.starts_with(b"<?xml") || starts("<svg") {
        Some(Kind::Xml)
    } else if text.starts_with(b"%PDF-") {
        Some(Kind::Pdf)
    } else {
        None
    }
}

/// The tags that make a browser take a text for HTML (WHATWG MIME Sniffing, 7.1).
const HTML_STARTS: [&str; 16] = [
    "<!doctype html",
    "<html",
    "<head",
    "<script",
    "<iframe",
    "<h1",
    "<div",
    "<font",
    "<table",
    "<a",
    "<style",
    "<title",
    "<b",
    "<body",
    "<br",
    "<p",
];

fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_first_bytes() {
        let samples: [(&[u8], Kind); 12] = [
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", Kind::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Kind::Png),
            (b"GIF89a\x01\0\x01\0", Kind::Gif),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Kind::WebP),
            (b"%PDF-1.7\n", Kind::Pdf),
            (b"\0some mail server's header\r\n%PDF-1.4", Kind::Pdf),
            (b"PK\x03\x04\x14\0", Kind::Zip),
            (b"\0\0\0\x18ftypmp42", Kind::IsoMedia),
            (b"\xEF\xBB\xBF \r\n<!DOCTYPE html>", Kind::Html),
            (b"<script>alert(1)</script>", Kind::Html),
            (b"<?xml version=\"1.0\"?><svg/>", Kind::Xml),
            (b"<svg onload='alert(1)'>", Kind::Xml),
        ];
        for (bytes, kind) in samples {
            assert_eq!(sniff(bytes), Some(kind), "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn plain_text_and_nothing_are_unknown() {
        for bytes in [b"".as_slice(), b"\xFF\xD8", b"hello", b"<bold idea>", b"RIFF\x24\0\0\0WAVEfmt "] {
            assert_eq!(sniff(bytes), None, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
