//! Determines the types of files by their first bytes, because an uploader can choose any name and declared type.
//!
//! This module uses no decoder, so a binary that only sniffs does not contain one.

mod brand;
mod markup;
mod program;

use brand::iso_media;
use markup::text;
use program::program;

/// A type of file that the first bytes identify.
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
    /// HEIC: HEIF with HEVC.
    Heic,
    /// HEIF with a codec that is neither HEVC nor AV1, or that the brands do not name.
    Heif,
    /// AVIF.
    Avif,
    /// PDF.
    Pdf,
    /// HTML or XHTML, as a sniffing browser would recognise it.
    Html,
    /// Less than four bytes of HTML, or only a comment. A sniffing browser would recognise it as HTML.
    HtmlFragment,
    /// SVG.
    Svg,
    /// XML that is neither SVG nor XHTML, as far as the first bytes tell.
    Xml,
    /// A script for a shell or an interpreter.
    Script,
    /// A program for Windows or DOS.
    WindowsProgram,
    /// ELF: a program or library for Linux and similar systems.
    ElfProgram,
    /// Mach-O: a program or library for macOS.
    MachProgram,
    /// TIFF, including raw formats of cameras that are based on it.
    Tiff,
    /// Windows bitmap.
    Bmp,
    /// Photoshop.
    Photoshop,
    /// JPEG XL, with or without a container.
    JpegXl,
    /// JPEG 2000, with or without a container.
    Jpeg2000,
    /// JPEG XR.
    JpegXr,
    /// Windows icon.
    Icon,
    /// `OpenEXR`.
    OpenExr,
    /// QOI.
    Qoi,
    /// GIMP.
    Gimp,
    /// Canon's raw format, version 3.
    CanonRaw,
    /// PostScript, including EPS.
    PostScript,
    /// ZIP, including docx, xlsx, jar and other formats based on it.
    Zip,
    /// gzip.
    Gzip,
    /// OLE2: doc, xls, msg, msi.
    Ole2,
    /// Matroska and `WebM`.
    Matroska,
    /// Ogg: Vorbis, Opus, Theora.
    Ogg,
    /// The ISO base media file format without an image brand: MP4, MOV, M4A.
    IsoMedia,
}

impl Kind {
    /// The media type, such as `image/jpeg`. For a container, it is the type of the usual contents.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        self.names().0
    }

    /// Whether [`render`](crate::render) can make renditions of this type.
    #[must_use]
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::WebP | Self::Gif)
    }

    /// The error message if this type is not accepted as an image. It names this type and the accepted ones, which are
    /// those of [`is_image`](Self::is_image).
    #[must_use]
    pub fn refusal(self) -> String {
        format!("This is {}; JPEG, PNG, WebP and GIF are accepted.", self.names().1)
    }

    /// The media type, and its name in English.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Jpeg => ("image/jpeg", "a JPEG image"),
            Self::Png => ("image/png", "a PNG image"),
            Self::WebP => ("image/webp", "a WebP image"),
            Self::Gif => ("image/gif", "a GIF image"),
            Self::Heic => ("image/heic", "a HEIC image"),
            Self::Heif => ("image/heif", "a HEIF image"),
            Self::Avif => ("image/avif", "an AVIF image"),
            Self::Pdf => ("application/pdf", "a PDF document"),
            Self::Html | Self::HtmlFragment => ("text/html", "an HTML page"),
            Self::Svg => ("image/svg+xml", "an SVG image"),
            Self::Xml => ("application/xml", "an XML document"),
            Self::Script => ("text/x-script", "a script"),
            Self::WindowsProgram => {
                ("application/vnd.microsoft.portable-executable", "a program for Windows")
            }
            Self::ElfProgram => ("application/x-executable", "a program for Linux"),
            Self::MachProgram => ("application/x-mach-binary", "a program for macOS"),
            Self::Tiff => ("image/tiff", "a TIFF image"),
            Self::Bmp => ("image/bmp", "a BMP image"),
            Self::Photoshop => ("image/vnd.adobe.photoshop", "a Photoshop (PSD) image"),
            Self::JpegXl => ("image/jxl", "a JPEG XL image"),
            Self::Jpeg2000 => ("image/jp2", "a JPEG 2000 image"),
            Self::JpegXr => ("image/jxr", "a JPEG XR image"),
            Self::Icon => ("image/vnd.microsoft.icon", "an ICO image"),
            Self::OpenExr => ("image/x-exr", "an OpenEXR image"),
            Self::Qoi => ("image/qoi", "a QOI image"),
            Self::Gimp => ("image/x-xcf", "a GIMP (XCF) image"),
            Self::CanonRaw => ("image/x-canon-cr3", "a Canon CR3 image"),
            Self::PostScript => ("application/postscript", "a PostScript document"),
            Self::Zip => ("application/zip", "a ZIP archive"),
            Self::Gzip => ("application/gzip", "a gzip archive"),
            Self::Ole2 => ("application/x-ole-storage", "an OLE2 document"),
            Self::Matroska => ("video/x-matroska", "a Matroska or WebM video"),
            Self::Ogg => ("application/ogg", "an Ogg file"),
            Self::IsoMedia => ("video/mp4", "an MP4 or QuickTime file"),
        }
    }
}

/// How many bytes [`sniff`] reads. SVG files of drawing programs may have a long comment before the first element.
pub const SNIFFED_BYTES: usize = 4096;

/// The type of a file according to its first bytes, or `None` if it is unknown. [`SNIFFED_BYTES`] are enough.
///
/// At least four bytes must match. The only exception is a bare JPEG XL codestream, for which two bytes are enough, and
/// which never replaces a declared type. HTML, XML and PDF may follow a byte order mark and white space, according to
/// <https://mimesniff.spec.whatwg.org>. A PDF that begins later is not recognised, because a text may contain the same
/// five bytes.
#[must_use]
pub fn sniff(first_bytes: &[u8]) -> Option<Kind> {
    let bytes = &first_bytes[..first_bytes.len().min(SNIFFED_BYTES)];
    image(bytes).or_else(|| container(bytes)).or_else(|| program(bytes)).or_else(|| text(bytes))
}

fn image(bytes: &[u8]) -> Option<Kind> {
    Some(match bytes {
        // Each segment begins with a marker of at least 0xC0. Fill bytes (0xFF) may precede it.
        [0xFF, 0xD8, 0xFF, 0xC0..=0xFF, ..] => Kind::Jpeg,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Kind::Png,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Kind::Gif,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::WebP,
        // The version is 42, or 43 for BigTIFF.
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Kind::Tiff,
        [b'8', b'B', b'P', b'S', ..] => Kind::Photoshop,
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Kind::JpegXl,
        [0xFF, 0x4F, 0xFF, 0x51, ..] | [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..] => Kind::Jpeg2000,
        [b'I', b'I', 0xBC, 1, ..] => Kind::JpegXr,
        // The directory has at least one icon.
        [0, 0, 1, 0, 1..=0xFF, 0, ..] => Kind::Icon,
        [0x76, 0x2F, 0x31, 0x01, ..] => Kind::OpenExr,
        [b'q', b'o', b'i', b'f', ..] => Kind::Qoi,
        [b'g', b'i', b'm', b'p', b' ', b'x', b'c', b'f', ..] => Kind::Gimp,
        // Many texts begin with "BM", so the reserved fields and the header size must match, too.
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, _, _, _, _, 12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0, ..] => {
            Kind::Bmp
        }
        _ => return None,
    })
}

fn container(bytes: &[u8]) -> Option<Kind> {
    Some(match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Kind::Zip,
        // Deflate is the only method, and three bits of the flags are reserved.
        [0x1F, 0x8B, 8, 0..0x20, ..] => Kind::Gzip,
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => Kind::Ole2,
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Kind::Matroska,
        [b'O', b'g', b'g', b'S', ..] => Kind::Ogg,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => iso_media(bytes),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
