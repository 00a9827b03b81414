//! The letters we write: plain text and HTML of the same words, nothing loaded from elsewhere.

use satchel_core::http::escape;

/// A letter, ready to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Asks the owner of a new account to verify the address; `link` opens a page with a button.
#[must_use]
pub fn verification(username: &str, link: &str) -> Letter {
    Letter::of(
        "Verify your e-mail address",
        &[
            &format!("Somebody, probably you, signed up as \"{username}\" with this address."),
            "To verify the address, open this page and press the button. The link works once, and only for a while:",
        ],
        Some(link),
        &["If it was not you, do nothing: the account cannot be used, and is removed if nobody verifies it."],
    )
}

/// Tells the owner of a verified address that somebody signed up with it again.
#[must_use]
pub fn address_taken(username: &str) -> Letter {
    Letter::of(
        "Somebody signed up with your e-mail address",
        &[
            &format!("Somebody, perhaps you, signed up as \"{username}\" with this address."),
            "The address already belongs to another account of yours, so it was not added to the new one.",
        ],
        None,
        &["If it was not you, you need not do anything: your account is as it was."],
    )
}

impl Letter {
    fn of(subject: &str, before: &[&str], link: Option<&str>, after: &[&str]) -> Self {
        let paragraphs: Vec<&str> = before.iter().copied().chain(link).chain(after.iter().copied()).collect();
        let text = format!("{}\n\n-- \nSatchel\n", paragraphs.join("\n\n"));
        let styled = |paragraph: &&str| {
            let words = escape(paragraph);
            match link {
                Some(link) if link == *paragraph => format!("<p><a href=\"{words}\">{words}</a></p>"),
                _ => format!("<p>{words}</p>"),
            }
        };
        let body: String = paragraphs.iter().map(styled).collect();
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
             <body style=\"font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:2rem auto;color:#1c1c28\">\
             {body}<p style=\"color:#6b6b7b\">Satchel</p></body></html>",
            escape(subject)
        );
        Self { subject: subject.to_owned(), text, html }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_parts_of_a_letter_carry_name_and_link() {
        let letter = verification("ada", "https://files.example.com/api/verify-email/abc");
        for part in [&letter.text, &letter.html] {
            assert!(part.contains("ada") && part.contains("https://files.example.com/api/verify-email/abc"));
        }
    }

    #[test]
    fn a_name_cannot_write_html() {
        let letter = address_taken("<b>x</b>");
        assert!(letter.html.contains("&lt;b&gt;x&lt;/b&gt;") && !letter.html.contains("<b>"));
    }
}
