//! HTML pages: small, without script, readable on a phone.

use std::fmt;

use satchel_api::escape;

/// A page with a title and a body. The body is HTML; its author must escape text that comes from outside.
#[derive(Debug, Clone)]
pub struct Page {
    pub title: String,
    pub body: String,
}

impl Page {
    /// `form-action` of a page whose forms lead only to the page's own origin.
    pub(super) const OWN_ORIGIN: &str = "'self'";

    /// The Content-Security-Policy of every page: nothing is framed or run, forms may lead only to
    /// `form_targets`, and only pictures of `images` are loaded.
    ///
    /// The hash is that of the style below; a test computes it.
    pub(super) fn content_security_policy(form_targets: &str, images: Option<&str>) -> String {
        let images = images.map_or_else(String::new, |origin| format!("img-src {origin}; "));
        format!(
            "default-src 'none'; {images}style-src 'sha256-BHMAtPu9ZPPwo601CQKzr1ukuPnKcY46ax6QuyEXtMQ='; \
             form-action {form_targets}; base-uri 'none'; frame-ancestors 'none'"
        )
    }

    const STYLE: &str = ":root{color-scheme:light dark}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;\
        margin:min(15vh,5rem) auto;padding:0 1rem;color:#1c1c28;background:#fff}h1{font-size:1.5rem}button{font:inherit;\
        padding:.6rem 1.4rem;border:0;border-radius:.4rem;background:#1d4ed8;color:#fff;cursor:pointer}input{font:inherit;\
        display:block;width:100%;box-sizing:border-box;margin:.3rem 0 1rem;padding:.6rem;border:1px solid #6b6b7b;\
        border-radius:.4rem;color:inherit;background:transparent}.error{border-left:.3rem solid #b91c1c;\
        padding-left:.7rem}img{max-width:100%;max-height:50vh;height:auto;border-radius:.4rem}dl{display:grid;\
        grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{opacity:.75}dd{margin:0}h1,dd{overflow-wrap:anywhere;unicode-bidi:plaintext}\
        button:focus-visible,input:focus-visible{outline:3px solid #60a5fa;outline-offset:2px}\
        @media(prefers-color-scheme:dark){body{color:#ececf1;background:#16161e}.error{border-color:#f87171}}";
}

impl Page {
    /// A form for a new password, with the problems of the one that was sent.
    ///
    /// The form posts to the page's own address, so that the page does not contain the token of that address.
    /// The field has no `maxlength`, because a browser would silently truncate a longer password.
    #[must_use]
    pub fn new_password(problems: &[String]) -> Self {
        let problems: Vec<_> =
            problems.iter().map(|problem| format!("<p>{}</p>\n", escape(problem))).collect();
        let (alert, describes) = match problems.concat().as_str() {
            "" => (String::new(), "rules"),
            problems => (
                format!("<div class=\"error\" role=\"alert\" id=\"problems\">\n{problems}</div>\n"),
                "problems rules",
            ),
        };
        let body = format!(
            "{alert}<form method=\"post\">\n<label for=\"new_password\">New password</label>\n\
             <input id=\"new_password\" name=\"new_password\" type=\"password\" autocomplete=\"new-password\" \
             minlength=\"8\" aria-describedby=\"{describes}\" required>\n\
             <p id=\"rules\">At least 8 characters, not only digits, and nothing that everybody tries first.</p>\n\
             <button type=\"submit\">Set the password</button>\n</form>"
        );
        Self { title: "Set a new password".to_owned(), body }
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (title, style, body) = (escape(&self.title), Self::STYLE, &self.body);
        write!(
            f,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"robots\" content=\"noindex\">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n\
             <h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;

    #[test]
    fn the_policy_allows_exactly_the_style() {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, Page::STYLE.as_bytes());
        let hash = base64::engine::general_purpose::STANDARD.encode(digest);
        let policy = Page::content_security_policy(Page::OWN_ORIGIN, None);
        assert!(policy.contains(&format!("'sha256-{hash}'")), "{hash}");
    }

    #[test]
    fn text_from_outside_is_escaped() {
        assert_eq!(escape("<a href='x'>&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
    }
}
