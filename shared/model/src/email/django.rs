//! The rules of Django's `EmailValidator` (Django 5.2, `django/core/validators.py`), translated from its regular
//! expressions.
//!
//! Django's flag `IGNORECASE` also allows four non-ASCII letters in a local part. This module refuses them,
//! like every local part that is not ASCII.

use std::net::{Ipv4Addr, Ipv6Addr};

const MAX_CHARS: usize = 320;
const MAX_LABEL_CHARS: usize = 63;
const MAX_IPV6_CHARS: usize = 39;

/// Splits an address that Django accepts into its local part and its domain; `None` for other addresses.
pub(super) fn parts(text: &str) -> Option<(&str, &str)> {
    let (local, domain) = text.rsplit_once('@').filter(|_| text.chars().count() <= MAX_CHARS)?;
    let is_good = (is_dot_atom(local) || is_quoted_string(local))
        && (domain == "localhost" || is_domain(domain) || is_literal(domain));
    is_good.then_some((local, domain))
}

fn is_dot_atom(local: &str) -> bool {
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "-!#$%&'*+/=?^_`{}|~".contains(c);
    local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
}

/// A quoted string contains no line break, and a space only if it is escaped.
fn is_quoted_string(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return false };
    let is_control = |c: char| matches!(c, '\u{1}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}');
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let is_good = match c {
            '\\' => chars.next().is_some_and(|c| is_control(c) || matches!(c, '\t' | ' '..='\u{7f}')),
            c => is_control(c) || matches!(c, '!' | '#'..='[' | ']'..='\u{7f}'),
        };
        if !is_good {
            return false;
        }
    }
    true
}

/// The simplest spelling of a local part, so that one mailbox has one spelling: `"a.b"` and `"\\a.b"` are
/// `a.b` (RFC 5321, section 4.1.2).
pub(super) fn simplest(local: &str) -> String {
    let Some(inner) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return local.to_owned();
    };
    let mut plain = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        plain.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    if is_dot_atom(&plain) {
        return plain;
    }
    let escaped: String = plain
        .chars()
        .flat_map(|c| Some('\\').filter(|_| "\"\\ \t".contains(c)).into_iter().chain([c]))
        .collect();
    format!("\"{escaped}\"")
}

/// A domain of at least two labels, the last of which has two characters and no digits, or is Punycode.
pub(super) fn is_domain(domain: &str) -> bool {
    let Some((rest, last)) = domain.rsplit_once('.') else { return false };
    rest.split('.').all(is_label) && is_label(last) && is_top_level(last)
}

fn is_label(label: &str) -> bool {
    let is_good = |c: char| is_letter(c) || c.is_ascii_digit() || c == '-';
    (1..=MAX_LABEL_CHARS).contains(&label.chars().count())
        && label.chars().all(is_good)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn is_top_level(label: &str) -> bool {
    let is_named = label.chars().count() >= 2 && label.chars().all(|c| is_letter(c) || c == '-');
    let is_encoded = || {
        let rest = label.get(..4).filter(|start| start.eq_ignore_ascii_case("xn--")).map(|_| &label[4..]);
        rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    is_named || is_encoded()
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{a1}'..='\u{ffff}')
}

/// `[127.0.0.1]` or `[::1]`.
fn is_literal(domain: &str) -> bool {
    let Some(inner) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
    inner.parse::<Ipv4Addr>().is_ok() || (inner.len() <= MAX_IPV6_CHARS && inner.parse::<Ipv6Addr>().is_ok())
}
