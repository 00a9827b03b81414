//! Mail addresses in the forms that SES accepts: `ada@example.org` or `Ada <ada@example.org>`.

use super::answers::Rejected;

/// The address in `text` without a display name. It is checked as SES checks it.
///
/// # Errors
/// If SES would refuse the address.
pub(super) fn bare(text: &str) -> Result<String, Rejected> {
    let malformed = |why: &str| Rejected::Parameter(format!("{why}: {text:?}"));
    if text.chars().any(char::is_control) {
        return Err(malformed("Illegal control character in address"));
    }
    let address = match text.trim().strip_suffix('>') {
        Some(with_name) => with_name.rsplit_once('<').ok_or_else(|| malformed("Missing '<'"))?.1,
        None => text.trim(),
    };
    let Some((local, domain)) = address.rsplit_once('@').filter(|(local, _)| !local.is_empty()) else {
        return Err(malformed("Missing final '@domain'"));
    };
    // SES accepts only 7-bit ASCII in local parts and domains. Other domains must be in Punycode.
    let is_local = |c: char| c.is_ascii_graphic() && !"<>()[]\\,;:\"@".contains(c);
    if !local.chars().all(is_local) || local.starts_with('.') || local.ends_with('.') || local.contains("..")
    {
        return Err(malformed("Local address contains illegal characters"));
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
    };
    if !domain.split('.').all(is_label) {
        return Err(malformed("Domain contains illegal character or is not a domain"));
    }
    Ok(address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_is_removed() {
        for text in ["ada@example.org", " ada@example.org ", "Ada L. <ada@example.org>", "<ada@example.org>"]
        {
            assert_eq!(bare(text).unwrap(), "ada@example.org", "{text}");
        }
        assert_eq!(bare("a.b+c@sub.example.org").unwrap(), "a.b+c@sub.example.org");
    }

    #[test]
    fn addresses_that_ses_refuses_are_refused() {
        for text in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@example..org",
            "ada@exa mple.org",
            "a da@example.org",
            "ada@b@example.org",
            "a..b@example.org",
            "ä@example.org",
            "Ada <ada@example.org>\r\nBcc: eve@example.org",
            "ada@example.org>",
        ] {
            assert!(bare(text).is_err(), "{text:?}");
        }
    }
}
