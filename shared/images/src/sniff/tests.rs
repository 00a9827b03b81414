use super::*;

fn assert_recognised(samples: &[(&[u8], Kind)]) {
    for (bytes, kind) in samples {
        assert_eq!(sniff(bytes), Some(*kind), "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn images_are_recognised_by_their_first_bytes() {
    assert_recognised(&[
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF", Kind::Jpeg),
        (b"\xFF\xD8\xFF\xDB", Kind::Jpeg),
        (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", Kind::Png),
        (b"GIF89a\x01\0\x01\0", Kind::Gif),
        (b"RIFF\x24\0\0\0WEBPVP8 ", Kind::WebP),
        (b"II*\0\x08\0\0\0", Kind::Tiff),
        (b"MM\0*\0\0\0\x08", Kind::Tiff),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0", Kind::Bmp),
        (b"8BPS\0\x01\0\0\0\0\0\0", Kind::Photoshop),
        (b"\xFF\x0A\xFA\x7F", Kind::JpegXl),
        (b"\0\0\0\x0CJXL \r\n\x87\n", Kind::JpegXl),
        (b"\0\0\0\x0CjP  \r\n\x87\n", Kind::Jpeg2000),
        (b"\xFF\x4F\xFF\x51\0\x2F", Kind::Jpeg2000),
        (b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0", Kind::Icon),
        (b"II\xBC\x01\x08\0\0\0", Kind::JpegXr),
        (b"gimp xcf v011\0", Kind::Gimp),
    ]);
}

#[test]
fn an_image_in_an_iso_media_file_is_recognised_by_its_brands() {
    assert_recognised(&[
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Kind::Heic),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Kind::Heic),
        (b"\0\0\0\x1Cftypmif1\0\0\0\0mif1avifmiaf", Kind::Avif),
        (b"\0\0\0\x1Cftypavif\0\0\0\0avifmif1miaf", Kind::Avif),
        (b"\0\0\0\x18ftypmsf1\0\0\0\0msf1hevc", Kind::Heic),
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1", Kind::Heif),
        // Bytes after the box are not brands.
        (b"\0\0\0\x14ftypmif1\0\0\0\0mif1heic", Kind::Heif),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", Kind::CanonRaw),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", Kind::IsoMedia),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Kind::IsoMedia),
        (b"\0\0\0\x08ftyp", Kind::IsoMedia),
        (b"\xFF\xFF\xFF\xFFftypM4A ", Kind::IsoMedia),
    ]);
}

#[test]
fn containers_documents_and_programs_are_recognised_by_their_first_bytes() {
    let mut windows = b"MZ\x90\0".to_vec();
    windows.resize(0x80, 0);
    windows[0x3C] = 0x80;
    windows.extend(b"PE\0\0\x64\x86");
    assert_recognised(&[
        (b"%PDF-1.7\n", Kind::Pdf),
        (b"\xEF\xBB\xBF\r\n%PDF-1.4", Kind::Pdf),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", Kind::PostScript),
        (b"PK\x03\x04\x14\0", Kind::Zip),
        (b"PK\x05\x06\0\0", Kind::Zip),
        (b"\x1F\x8B\x08\0\0\0\0\0", Kind::Gzip),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Kind::Ole2),
        (b"\x1A\x45\xDF\xA3\x9F", Kind::Matroska),
        (b"OggS\0\x02", Kind::Ogg),
        (b"\x7FELF\x02\x01\x01", Kind::ElfProgram),
        (b"\xCF\xFA\xED\xFE\x07\0\0\x01", Kind::MachProgram),
        (b"\xCA\xFE\xBA\xBE\0\0\0\x02", Kind::MachProgram),
        (&windows, Kind::WindowsProgram),
        (b"#!/bin/sh\n", Kind::Script),
        (b"#! /usr/bin/env python3\n", Kind::Script),
        (b"<?php echo 1;", Kind::Script),
        (b"@ECHO OFF\r\n", Kind::Script),
    ]);
}

#[test]
fn html_svg_and_xml_are_distinguished_by_the_first_element() {
    assert_recognised(&[
        (b"\xEF\xBB\xBF \r\n<!DOCTYPE html>", Kind::Html),
        (b"<script>alert(1)</script>", Kind::Html),
        (b"<HTML\n>", Kind::Html),
        (b"<!-- hello --><body>", Kind::Html),
        (b"<h1>Hello</h1>", Kind::Html),
        (b"<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>", Kind::Html),
        (b"\xFF\xFE<\0h\0t\0m\0l\0>\0", Kind::Html),
        (b"\xFE\xFF\0<\0s\0v\0g\0 ", Kind::Svg),
        (b"<svg onload='alert(1)'>", Kind::Svg),
        (b"<svg/>", Kind::Svg),
        (b"<?xml version=\"1.0\"?><svg/>", Kind::Svg),
        (
            b"<?xml version=\"1.0\"?>\n<!-- Generator -->\n<!DOCTYPE svg PUBLIC \"x\" [ <!ENTITY a \"b\"> ]>",
            Kind::Svg,
        ),
        (b"<?xml version=\"1.0\"?><s:svg xmlns:s=\"http://www.w3.org/2000/svg\"/>", Kind::Svg),
        (b"<?xml version=\"1.0\"?><rss><svg/></rss>", Kind::Xml),
        (b"<?xml version=\"1.0\"?><!-- unfinished", Kind::Xml),
        (b"<!DOCTYPE note [", Kind::Xml),
        (b"<p align=\"center\">", Kind::HtmlFragment),
        (b"<!-- a comment --> and text", Kind::HtmlFragment),
    ]);
}

#[test]
fn plain_text_and_fewer_than_four_bytes_are_unknown() {
    let unknown: [&[u8]; 16] = [
        b"",
        b"\xFF\xD8",
        b"\xFF\xD8\xFF",
        b"\xFF\xD8\xFF\0",
        b"hello",
        b"<bold idea>",
        b"<paragraph>",
        b"<svgx>",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"BMW sold more cars this year than the last",
        b"MZ and other initials of people who are none of ours",
        b"#! is how scripts begin",
        b"PK",
        b"\x1F\x8B\x08",
        b"\xCA\xFE\xBA\xBE\0\0\0\x3D",
        b"a PDF begins with %PDF-1.7",
    ];
    for bytes in unknown {
        assert_eq!(sniff(bytes), None, "{}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_refusal_names_the_type_and_the_accepted_types() {
    assert_eq!(Kind::Tiff.refusal(), "This is a TIFF image; JPEG, PNG, WebP and GIF are accepted.");
    assert_eq!(Kind::Avif.refusal(), "This is an AVIF image; JPEG, PNG, WebP and GIF are accepted.");
}
