//! The Content-Disposition header (RFC 6266), for file names in any script (RFC 8187).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// `attr-char` of RFC 8187, section 3.2.1.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Builds `attachment; filename="..."; filename*=UTF-8''...`: an ASCII name for old clients, then the
/// complete name.
#[must_use]
pub fn content_disposition(inline: bool, name: &str) -> String {
    let kind = if inline { "inline" } else { "attachment" };
    let plain: String = name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect();
    if plain == name {
        return format!("{kind}; filename=\"{plain}\"");
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ESCAPED))
}

/// Whether `c` needs no escape in a quoted string. `%` is excluded because some clients decode it.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_unchanged() {
        assert_eq!(content_disposition(true, "a b.txt"), "inline; filename=\"a b.txt\"");
    }

    #[test]
    fn a_name_beyond_ascii_is_given_in_both_forms() {
        // The example of RFC 8187, section 3.2.3.
        assert_eq!(
            content_disposition(false, "£ and € rates"),
            "attachment; filename=\"_ and _ rates\"; filename*=UTF-8''%C2%A3%20and%20%E2%82%AC%20rates"
        );
    }

    #[test]
    fn no_name_can_end_the_header_or_its_quotes() {
        let header = content_disposition(false, "a\"; filename=evil\\\r\nX: y");
        assert_eq!(
            header,
            "attachment; filename=\"a_; filename=evil___X: y\"; \
             filename*=UTF-8''a%22%3B%20filename%3Devil%5C%0D%0AX%3A%20y"
        );
    }
}
