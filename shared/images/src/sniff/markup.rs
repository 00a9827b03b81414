//! Types that begin with text: HTML, SVG and other XML, scripts, PDF.

use std::borrow::Cow;

use super::Kind;

/// The type of a text according to its beginning.
pub(super) fn text(bytes: &[u8]) -> Option<Kind> {
    let narrow = narrow(bytes);
    let text = narrow.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&narrow).trim_ascii_start();
    if text.starts_with(b"%PDF-") {
        Some(Kind::Pdf)
    } else if text.starts_with(b"%!PS") {
        Some(Kind::PostScript)
    } else if is_script(text) {
        Some(Kind::Script)
    } else {
        markup(text)
    }
}

/// Converts UTF-16 with a byte order mark to one byte per character. Other text is returned as it is.
fn narrow(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (text, low) = match bytes {
        [0xFF, 0xFE, text @ ..] => (text, 0),
        [0xFE, 0xFF, text @ ..] => (text, 1),
        _ => return Cow::Borrowed(bytes),
    };
    let units = text.chunks_exact(2);
    Cow::Owned(units.map(|unit| if unit[1 - low] == 0 { unit[low] } else { b'?' }).collect())
}

/// Whether a shell, PHP or the Windows command line would run the text.
fn is_script(text: &[u8]) -> bool {
    let interpreter = text.strip_prefix(b"#!").map(<[u8]>::trim_ascii_start);
    interpreter.is_some_and(|path| path.len() > 1 && path[0] == b'/')
        || starts(text, b"<?php")
        || text.starts_with(b"<?=")
        || starts(text, b"@echo off")
}

/// The type according to the first element. Comments and declarations before it are skipped.
fn markup(text: &[u8]) -> Option<Kind> {
    let (mut rest, mut is_xml, mut is_commented) = (text, false, false);
    loop {
        rest = rest.trim_ascii_start();
        let end: &[u8] = if rest.starts_with(b"<!--") {
            is_commented = true;
            b"-->"
        } else if starts(rest, b"<?xml") {
            is_xml = true;
            b"?>"
        } else {
            break;
        };
        rest = after(rest, end);
    }
    let unknown = || match (is_xml, is_commented) {
        (true, _) => Some(Kind::Xml),
        (false, true) => Some(Kind::HtmlFragment),
        (false, false) => None,
    };
    if starts(rest, b"<!doctype") {
        let root = name(rest[b"<!doctype".len()..].trim_ascii_start());
        return match root {
            Some(name) if is(name, "html") => Some(Kind::Html),
            Some(name) if is(name, "svg") => Some(Kind::Svg),
            _ => Some(Kind::Xml),
        };
    }
    let Some(root) = rest.strip_prefix(b"<").and_then(name) else { return unknown() };
    // An element may have any namespace prefix.
    let local = root.rsplit(|&byte| byte == b':').next().unwrap_or(root);
    if is(local, "svg") {
        Some(Kind::Svg)
    } else if is(root, "html") {
        Some(Kind::Html)
    } else if is_xml {
        Some(Kind::Xml)
    } else if PAGE_TAGS.into_iter().any(|tag| is(root, tag)) {
        Some(Kind::Html)
    } else if FRAGMENT_TAGS.into_iter().any(|tag| is(root, tag)) {
        Some(Kind::HtmlFragment)
    } else {
        unknown()
    }
}

/// The tags of at least four bytes, including brackets, by which a browser recognises HTML (WHATWG MIME Sniffing, 7.1).
const PAGE_TAGS: [&str; 11] =
    ["head", "body", "title", "script", "style", "iframe", "table", "div", "font", "h1", "br"];

/// The shorter tags by which a browser recognises HTML.
const FRAGMENT_TAGS: [&str; 3] = ["a", "b", "p"];

/// The tag name at the beginning of `text`, or `None` if it is empty.
fn name(text: &[u8]) -> Option<&[u8]> {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/' | b'[');
    let name = &text[..text.iter().position(is_end).unwrap_or(text.len())];
    (!name.is_empty()).then_some(name)
}

fn is(name: &[u8], wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted.as_bytes())
}

fn starts(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The text after the first occurrence of `end`, or an empty text.
fn after<'a>(text: &'a [u8], end: &[u8]) -> &'a [u8] {
    let place = text.windows(end.len()).position(|window| window == end);
    place.map_or(&[], |place| &text[place + end.len()..])
}
