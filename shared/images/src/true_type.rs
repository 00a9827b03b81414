//! Compares the declared type of a file with its bytes.

use crate::sniff::{Kind, sniff};

/// The media type of a file, determined from its declared type and its first bytes.
///
/// It is the type according to the bytes, or the declared type if the bytes do not identify one. `None` if they
/// contradict each other: the declared type is an image or a PDF, but the bytes are HTML, SVG, a script or a program.
///
/// A container such as ZIP does not replace the declared type, because many types are based on it.
#[must_use]
pub fn true_type<'a>(declared: &'a str, first_bytes: &[u8]) -> Option<&'a str> {
    let Some(found) = sniff(first_bytes) else { return Some(declared) };
    if found.is_also(declared) {
        Some(declared)
    } else if found.is_active() && is_image_or_pdf(declared) {
        None
    } else if found.replaces_declared() {
        Some(found.content_type())
    } else {
        Some(declared)
    }
}

fn is_image_or_pdf(declared: &str) -> bool {
    declared.starts_with("image/") || matches!(declared, "application/pdf" | "application/x-pdf")
}

impl Kind {
    /// Whether this type replaces any declared type.
    fn replaces_declared(self) -> bool {
        self.is_image()
            || matches!(
                self,
                Self::Heic
                    | Self::Heif
                    | Self::Avif
                    | Self::Pdf
                    | Self::Html
                    | Self::Svg
                    | Self::WindowsProgram
                    | Self::ElfProgram
                    | Self::MachProgram
            )
    }

    /// Whether a browser, a shell or an operating system could execute the file.
    fn is_active(self) -> bool {
        matches!(
            self,
            Self::Html
                | Self::HtmlFragment
                | Self::Svg
                | Self::Xml
                | Self::Script
                | Self::WindowsProgram
                | Self::ElfProgram
                | Self::MachProgram
        )
    }

    /// Whether `declared` is this type, or a more specific one.
    fn is_also(self, declared: &str) -> bool {
        match self {
            // Markdown may begin with HTML.
            Self::Html => {
                matches!(declared, "application/xhtml+xml" | "text/markdown" | "text/x-markdown")
            }
            // The first element may be after the sniffed bytes.
            Self::Xml | Self::HtmlFragment => declared.ends_with("+xml"),
            Self::ElfProgram => matches!(
                declared,
                "application/x-elf"
                    | "application/x-object"
                    | "application/x-pie-executable"
                    | "application/x-sharedlib"
            ),
            other => declared == other.content_type(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF";
    const WEBP: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 ";
    const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    const PDF: &[u8] = b"%PDF-1.7\n";
    const HTML: &[u8] = b"<!DOCTYPE html>";
    const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    const ELF: &[u8] = b"\x7FELF\x02\x01\x01";
    const ZIP: &[u8] = b"PK\x03\x04\x14\0";
    const TIFF: &[u8] = b"II*\0\x08\0\0\0";

    #[test]
    fn the_bytes_replace_the_declared_type() {
        for (declared, bytes, found) in [
            ("image/jpeg", WEBP, "image/webp"),
            ("image/jpg", JPEG, "image/jpeg"),
            ("application/octet-stream", JPEG, "image/jpeg"),
            ("application/pdf", JPEG, "image/jpeg"),
            ("image/png", PDF, "application/pdf"),
            ("text/plain", PDF, "application/pdf"),
            ("image/jpeg", HEIC, "image/heic"),
            ("text/plain", HTML, "text/html"),
            ("application/octet-stream", SVG, "image/svg+xml"),
            ("text/plain", ELF, "application/x-executable"),
            ("video/mp4", HTML, "text/html"),
        ] {
            assert_eq!(true_type(declared, bytes), Some(found), "{declared}");
        }
    }

    #[test]
    fn the_declared_type_remains_if_the_bytes_do_not_identify_one() {
        for (declared, bytes) in [
            ("application/vnd.android.package-archive", ZIP),
            ("image/png", ZIP),
            ("image/png", b"hello"),
            ("image/x-nikon-nef", TIFF),
            ("audio/ogg", b"OggS\0\x02"),
            ("video/quicktime", b"\0\0\0\x14ftypqt  \0\0\0\0qt  "),
            ("text/x-python", b"#!/usr/bin/env python3\n"),
            ("application/rss+xml", b"<?xml version=\"1.0\"?><rss/>"),
            ("text/markdown", b"<h1 align=\"center\">Satchel</h1>"),
            ("text/markdown", b"<p align=\"center\">"),
            ("application/xhtml+xml", b"<?xml version=\"1.0\"?><html>"),
            ("application/x-sharedlib", ELF),
        ] {
            assert_eq!(true_type(declared, bytes), Some(declared));
        }
    }

    #[test]
    fn an_image_or_pdf_that_is_executable_is_a_contradiction() {
        let active: [&[u8]; 9] = [
            HTML,
            SVG,
            ELF,
            b"<p>hello",
            b"<!-- a comment -->",
            b"<?xml version=\"1.0\"?><rss/>",
            b"#!/bin/sh\n",
            b"<?php ?>",
            b"\xCF\xFA\xED\xFE\x07\0\0\x01",
        ];
        for declared in ["image/png", "image/heic", "image/x-unknown", "application/pdf"] {
            for bytes in active {
                assert_eq!(true_type(declared, bytes), None, "{declared} {}", String::from_utf8_lossy(bytes));
            }
        }
        assert_eq!(true_type("image/svg+xml", HTML), None);
        assert_eq!(true_type("image/svg+xml", SVG), Some("image/svg+xml"));
        assert_eq!(true_type("image/svg+xml", b"<?xml version=\"1.0\"?><!-- long"), Some("image/svg+xml"));
    }
}
