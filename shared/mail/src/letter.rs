//! The mails that Satchel sends, each as plain text and as HTML with the same words. They load nothing from
//! elsewhere.

use satchel_api::escape;

/// A mail that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// A part of a mail.
enum Part<'a> {
    Words(String),
    /// The URL of a page.
    Link(&'a str),
}

/// Asks the owner of a new account to verify the address; `link` opens a page with a button.
#[must_use]
pub fn verification(username: &str, link: &str) -> Letter {
    Letter::of(
        "Verify your e-mail address",
        &[
            words(&format!("Somebody, probably you, signed up as \"{username}\" with this address.")),
            words(
                "To verify the address, open this page and press the button. The link works once, and only for \
                 a while:",
            ),
            Part::Link(link),
            words(
                "If it was not you, do nothing: the account cannot be used, and is removed if nobody verifies it.",
            ),
        ],
    )
}

/// Asks again to verify an address, for every account that waits for it: `accounts` contains usernames and
/// links.
#[must_use]
pub fn verification_again(accounts: &[(String, String)]) -> Letter {
    let why = "Somebody, probably you, asked to verify this address. Open the page of the account that is yours and \
               press the button. Each link works once, and only for a while.";
    verification_of(why, accounts)
}

/// Like [`verification_again`], but for a user who forgot a password before the address was verified.
#[must_use]
pub fn verification_before_reset(accounts: &[(String, String)]) -> Letter {
    let why = "Somebody, probably you, forgot a password. This address is not verified yet, and a new password needs \
               that first. Open the page of the account that is yours and press the button. Then ask for a new \
               password again. Each link works once, and only for a while.";
    verification_of(why, accounts)
}

fn verification_of(why: &str, accounts: &[(String, String)]) -> Letter {
    let mut parts = vec![words(why)];
    for (username, link) in accounts {
        parts.extend([words(&format!("For the account \"{username}\":")), Part::Link(link)]);
    }
    parts.push(words("An account that you did not make is not yours: leave its link alone."));
    Letter::of("Verify your e-mail address", &parts)
}

/// Tells a user who asked to verify an address that it is already verified.
#[must_use]
pub fn already_verified(username: &str) -> Letter {
    Letter::of(
        "Your e-mail address is verified",
        &[
            words("Somebody, probably you, asked for a mail to verify this address."),
            words(&format!("It is verified already, for your account \"{username}\": you can sign in.")),
        ],
    )
}

/// Tells the owner of a verified address that it was given for the other account `username`.
#[must_use]
pub fn address_taken(username: &str) -> Letter {
    Letter::of(
        "Somebody gave your e-mail address for another account",
        &[
            words(&format!("Somebody, perhaps you, gave this address for the account \"{username}\".")),
            words("It already belongs to another account of yours, so it was not added to that one."),
            words("If it was not you, you need not do anything: your account is as it was."),
        ],
    )
}

/// Asks the owner of an account to verify the account's new address.
#[must_use]
pub fn new_address(username: &str, link: &str) -> Letter {
    Letter::of(
        "Verify your new e-mail address",
        &[
            words(&format!("Somebody, probably you, wants this address for the account \"{username}\".")),
            words("To use it from now on, open this page and press the button. The link works once:"),
            Part::Link(link),
            words("If it was not you, do nothing: the account keeps the address that it has."),
        ],
    )
}

/// Notifies an account's current address that another address will replace it.
#[must_use]
pub fn address_changes(username: &str) -> Letter {
    Letter::of(
        "The e-mail address of your account is about to change",
        &[
            words(&format!(
                "Somebody, probably you, gave another address for your account \"{username}\". It takes the place of \
                 this one once it is verified.",
            )),
            words(
                "If it was not you, somebody knows your password: change it now, which also ends their session.",
            ),
        ],
    )
}

/// Offers a link for setting a new password.
#[must_use]
pub fn password_reset(username: &str, link: &str) -> Letter {
    Letter::of(
        "Set a new password",
        &[
            words(&format!("Somebody, probably you, forgot the password of the account \"{username}\".")),
            words("To set a new one, open this page. The link works once, and only for a while:"),
            Part::Link(link),
            words("If it was not you, do nothing: your password is as it was."),
        ],
    )
}

fn words<'a>(text: &str) -> Part<'a> {
    Part::Words(text.to_owned())
}

impl Letter {
    fn of(subject: &str, parts: &[Part<'_>]) -> Self {
        let plain = |part: &Part<'_>| match part {
            Part::Words(words) => words.clone(),
            Part::Link(link) => (*link).to_owned(),
        };
        let styled = |part: &Part<'_>| match part {
            Part::Words(words) => format!("<p>{}</p>", escape(words)),
            Part::Link(link) => format!("<p><a href=\"{0}\">{0}</a></p>", escape(link)),
        };
        let text: Vec<_> = parts.iter().map(plain).collect();
        let body: String = parts.iter().map(styled).collect();
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
             <body style=\"font:16px/1.5 system-ui,sans-serif;max-width:32rem;margin:2rem auto;color:#1c1c28\">\
             {body}<p style=\"color:#6b6b7b\">Satchel</p></body></html>",
            escape(subject)
        );
        Self { subject: subject.to_owned(), text: format!("{}\n\n-- \nSatchel\n", text.join("\n\n")), html }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_and_the_html_of_a_mail_contain_name_and_link() {
        let link = "https://files.example.com/api/verify-email/abc";
        let again = [("ada".to_owned(), link.to_owned())];
        for letter in [
            verification("ada", link),
            verification_again(&again),
            verification_before_reset(&again),
            new_address("ada", link),
            password_reset("ada", link),
        ] {
            for part in [&letter.text, &letter.html] {
                assert!(part.contains("ada") && part.contains(link), "{part}");
            }
        }
    }

    #[test]
    fn html_in_a_name_is_escaped() {
        for letter in [address_taken("<b>x</b>"), already_verified("<b>x</b>"), address_changes("<b>x</b>")] {
            assert!(letter.html.contains("&lt;b&gt;x&lt;/b&gt;") && !letter.html.contains("<b>"));
        }
    }

    #[test]
    fn a_mail_loads_nothing_from_elsewhere() {
        let html = verification("ada", "https://files.example.com/api/verify-email/abc").html;
        assert!(
            !["src=", "url(", "<link", "<script", "<img"].iter().any(|part| html.contains(part)),
            "{html}"
        );
    }
}
