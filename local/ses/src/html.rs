//! The HTML of the inbox page. The newest mail comes first, all text is escaped, and there are no scripts.

use std::fmt::Write as _;

use super::answers::escaped;
use super::inbox::Mail;

/// The texts of the inbox page, which depend on the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageWords {
    /// The title of the page, which follows the number of mails.
    pub title: String,
    /// The text that is shown while there is no mail.
    pub empty: String,
}

impl Default for PageWords {
    fn default() -> Self {
        Self {
            title: "Inbox".to_owned(),
            empty: "The mail that functions send is kept here instead of being delivered.".to_owned(),
        }
    }
}

/// The page for `mails`, which are ordered from old to new.
pub(super) fn inbox(mails: &[Mail], words: &PageWords) -> String {
    let count = match mails.len() {
        0 => "No mail yet".to_owned(),
        1 => "1 mail".to_owned(),
        count => format!("{count} mails"),
    };
    let articles: String = mails.iter().enumerate().rev().map(|(index, mail)| article(index, mail)).collect();
    let empty = format!("<p class=\"empty\">{}</p>", escaped(&words.empty));
    let title = escaped(&words.title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{count} · {title}</title><link rel=\"stylesheet\" href=\"/_local/mail/style.css\"></head>\
         <body><header><h1>Inbox</h1><p>{count}</p><a class=\"refresh\" href=\"/_local/mail\">Refresh</a></header>\
         <main>{}</main></body></html>",
        if mails.is_empty() { &empty } else { &articles },
    )
}

fn article(index: usize, mail: &Mail) -> String {
    let subject = if mail.subject.is_empty() { "(no subject)" } else { &mail.subject };
    let time = mail.received_at.strftime("%Y-%m-%d %H:%M:%S UTC");
    let mut article = format!(
        "<article aria-labelledby=\"mail-{index}\"><h2 id=\"mail-{index}\">{}</h2><dl>\
         <div><dt>To</dt><dd>{}</dd></div><div><dt>From</dt><dd>{}</dd></div>\
         <div><dt>Received</dt><dd><time datetime=\"{}\">{time}</time></dd></div></dl>",
        escaped(subject),
        escaped(&mail.to.join(", ")),
        escaped(&mail.from),
        mail.received_at,
    );
    if !mail.text.is_empty() {
        // Writing to a String cannot fail.
        _ = write!(article, "<div class=\"text\">{}</div>", with_links(&mail.text));
    }
    if !mail.html.is_empty() {
        let open = if mail.text.is_empty() { " open" } else { "" };
        _ = write!(
            article,
            "<details{open}><summary>HTML version</summary><iframe title=\"HTML version of this mail\" \
             sandbox=\"allow-popups allow-popups-to-escape-sandbox\" loading=\"lazy\" \
             src=\"/_local/mail/{index}/html\"></iframe></details>",
        );
    }
    article.push_str("</article>");
    article
}

/// Escapes `text`, and makes links of its URLs.
fn with_links(text: &str) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, from_link) = rest.split_at(start);
        let ends = |c: char| c.is_whitespace() || "<>\"'".contains(c);
        let link = &from_link[..from_link.find(ends).unwrap_or(from_link.len())];
        // A full stop after a link ends the sentence, not the link.
        let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let shown = escaped(link);
        html.push_str(&escaped(before));
        _ = write!(html, "<a href=\"{shown}\" target=\"_blank\" rel=\"noopener noreferrer\">{shown}</a>");
        rest = &from_link[link.len()..];
    }
    html.push_str(&escaped(rest));
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_become_links_and_everything_else_is_escaped() {
        let html = with_links("<b>See (http://a.example/x?y=1&z=2), \"https://b.example\".");
        assert_eq!(
            html,
            "&lt;b&gt;See (<a href=\"http://a.example/x?y=1&amp;z=2\" target=\"_blank\" \
             rel=\"noopener noreferrer\">http://a.example/x?y=1&amp;z=2</a>), &quot;<a href=\"https://b.example\" \
             target=\"_blank\" rel=\"noopener noreferrer\">https://b.example</a>&quot;.",
        );
        assert_eq!(with_links("javascript:alert(1)"), "javascript:alert(1)");
    }

    #[test]
    fn an_empty_inbox_has_a_page() {
        assert!(inbox(&[], &PageWords::default()).contains("No mail yet"));
    }
}
