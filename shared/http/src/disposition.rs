//! Parses the `Content-Disposition` header of a form's part (RFC 7578, section 4.2), in all the forms that
//! clients send.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode;

/// The name of a part, and of its file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    pub name: String,
    /// Present if the part is a file. `Err` if the name is not UTF-8.
    pub filename: Option<Result<String, NotUtf8>>,
}

/// A name that is not UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotUtf8;

impl Disposition {
    /// Parses the value of the header.
    ///
    /// `filename*` takes precedence over `filename`, as RFC 8187 requires, and likewise `name*`, which
    /// reqwest sends, over `name`.
    pub fn parse(header: &[u8]) -> Self {
        let parameters = parameters(header);
        let find = |wanted: &str| {
            let found = parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()));
            found.map(|(_, value)| value.as_slice())
        };
        let either = |extended: &str, plain: &str| match (find(extended), find(plain)) {
            (None, None) => None,
            // An unreadable `filename*` is ignored, except that it makes the part a file.
            (extended, plain) => Some(
                extended
                    .and_then(decode_extended)
                    .map_or_else(|| decode_plain(plain.unwrap_or_default()), Ok),
            ),
        };
        let name = either("name*", "name").and_then(Result::ok);
        Self { name: name.unwrap_or_default(), filename: either("filename*", "filename") }
    }
}

/// The parameters after the first `;`, in order.
///
/// Quoted values are returned without quotes and with `\"` and `\\` resolved. Other backslashes remain,
/// because browsers do not escape backslashes in file names.
fn parameters(header: &[u8]) -> Vec<(&[u8], Vec<u8>)> {
    let mut found = Vec::new();
    let mut rest = header.iter().position(|&byte| byte == b';').map_or(&[][..], |end| &header[end + 1..]);
    while let Some(equals) = rest.iter().position(|&byte| byte == b'=' || byte == b';') {
        let (name, after) = (rest[..equals].trim_ascii(), &rest[equals + 1..]);
        if rest[equals] == b';' {
            rest = after;
            continue;
        }
        let quoted = after.trim_ascii_start().strip_prefix(b"\"").map(unquote);
        let (value, after) = quoted.map_or((None, after), |(value, after)| (Some(value), after));
        let end = after.iter().position(|&byte| byte == b';').unwrap_or(after.len());
        found.push((name, value.unwrap_or_else(|| after[..end].trim_ascii().to_vec())));
        rest = after.get(end + 1..).unwrap_or_default();
    }
    found
}

/// The text before the closing quote, and the text after it.
fn unquote(quoted: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let mut rest = quoted;
    loop {
        rest = match rest {
            [] => return (value, rest),
            [b'"', after @ ..] => return (value, after),
            [b'\\', byte @ (b'"' | b'\\'), after @ ..] | [byte, after @ ..] => {
                value.push(*byte);
                after
            }
        }
    }
}

/// Decodes `charset'language'percent-encoded` (RFC 8187, section 3.2; the second charset is from RFC 5987).
fn decode_extended(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let mut parts = text.splitn(3, '\'');
    let (charset, _language, encoded) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes: Vec<u8> = percent_decode(encoded.as_bytes()).collect();
    if charset.eq_ignore_ascii_case("utf-8") {
        String::from_utf8(bytes).ok()
    } else if charset.eq_ignore_ascii_case("iso-8859-1") {
        Some(bytes.into_iter().map(char::from).collect())
    } else {
        None
    }
}

/// Decodes a plain value, which must be UTF-8.
///
/// Only the percent-encodings that the HTML standard requires are decoded. .NET sends names that are not
/// ASCII as an encoded word of RFC 2047.
fn decode_plain(value: &[u8]) -> Result<String, NotUtf8> {
    let text = std::str::from_utf8(value).map_err(|_| NotUtf8)?;
    if let Some(decoded) = decode_word(text) {
        return Ok(decoded);
    }
    let escapes = [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")];
    Ok(escapes.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character)))
}

fn decode_word(text: &str) -> Option<String> {
    let word = text.strip_prefix("=?")?.strip_suffix("?=")?;
    let (charset, word) = word.split_once('?')?;
    let (encoding, encoded) = word.split_once('?')?;
    if !charset.eq_ignore_ascii_case("utf-8") || !encoding.eq_ignore_ascii_case("b") {
        return None;
    }
    String::from_utf8(STANDARD.decode(encoded).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filename(parameters: &str) -> Option<String> {
        let header = format!("form-data; name=\"file\"; {parameters}");
        let disposition = Disposition::parse(header.as_bytes());
        assert_eq!(disposition.name, "file", "{parameters}");
        disposition.filename.map(Result::unwrap)
    }

    /// The headers that clients send, taken from their sources and from captures.
    #[test]
    fn the_names_that_clients_send_are_read() {
        for (parameters, name) in [
            // HttpClient of .NET.
            ("filename=\"=?utf-8?B?TcO8bGxlci50eHQ=?=\"; filename*=utf-8''M%C3%BCller.txt", "Müller.txt"),
            ("filename=\"=?utf-8?B?TcO8bGxlci50eHQ=?=\"", "Müller.txt"),
            ("filename=notes.txt; filename*=utf-8''notes.txt", "notes.txt"),
            // urllib3 before 1.25.
            ("filename*=utf-8''M%C3%BCller.txt", "Müller.txt"),
            // urllib3 2, httpx, axios, browsers, curl.
            ("filename=\"Müller.txt\"", "Müller.txt"),
            ("filename=\"load%22this%22.txt\"", "load\"this\".txt"),
            ("filename=\"a%0D%0Ab.txt\"", "a\r\nb.txt"),
            ("filename=\"50% off %C3.txt\"", "50% off %C3.txt"),
            ("filename=\"a;b=c.txt\"", "a;b=c.txt"),
            // curl before 7.81, reqwest.
            ("filename=\"load\\\"this\\\\.txt\"", "load\"this\\.txt"),
            ("filename=\"ends with\\\\\"", "ends with\\"),
            // Internet Explorer.
            ("filename=\"C:\\photos\\a.jpg\"", "C:\\photos\\a.jpg"),
            // Written by hand.
            ("FileName = a.txt ", "a.txt"),
            ("filename=\"unfinished.txt", "unfinished.txt"),
            ("filename=\"\"", ""),
        ] {
            assert_eq!(filename(parameters).as_deref(), Some(name), "{parameters}");
        }
    }

    #[test]
    fn the_extended_name_takes_precedence_in_any_order() {
        for (parameters, name) in [
            ("filename*=UTF-8'de'%e2%82%ac.txt; filename=\"EUR.txt\"", "€.txt"),
            ("filename*=iso-8859-1'en'%A3%20rates; filename=\"x\"", "£ rates"),
            ("filename*=\"UTF-8''%e2%82%ac.txt\"", "€.txt"),
            // An unreadable parameter is ignored (RFC 8187, section 3.2.1).
            ("filename*=utf-16''a.txt; filename=\"b.txt\"", "b.txt"),
            ("filename*=utf-8''%FF.txt; filename=\"b.txt\"", "b.txt"),
            ("filename*=a.txt; filename=\"b.txt\"", "b.txt"),
            ("filename*=a.txt", ""),
        ] {
            assert_eq!(filename(parameters).as_deref(), Some(name), "{parameters}");
        }
    }

    #[test]
    fn only_a_separate_parameter_makes_a_part_a_file() {
        assert_eq!(filename("x=\"; filename=evil.exe\""), None);
        assert_eq!(filename("xfilename=evil.exe; filename2=a"), None);
        let header = b"form-data; filename=\"a; name=evil\"; name*=utf-8''fil%65";
        let parsed = Disposition::parse(header);
        assert_eq!((parsed.name.as_str(), parsed.filename), ("file", Some(Ok("a; name=evil".to_owned()))));
        for nothing in ["", "form-data", "form-data;;;", "form-data; filename", "form-data; =x"] {
            assert_eq!(Disposition::parse(nothing.as_bytes()), Disposition::default(), "{nothing}");
        }
    }

    #[test]
    fn a_name_in_another_encoding_is_not_guessed() {
        let latin = b"form-data; name=\"file\"; filename=\"M\xFCller.txt\"";
        assert_eq!(Disposition::parse(latin).filename, Some(Err(NotUtf8)));
        let both = b"form-data; name=\"file\"; filename=\"M\xFCller.txt\"; filename*=utf-8''M%C3%BCller.txt";
        assert_eq!(Disposition::parse(both).filename, Some(Ok("Müller.txt".to_owned())));
    }
}
