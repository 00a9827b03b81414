//! HTML pages: small, without script, readable on a phone.

use satchel_api::escape;

/// The way from a page to the sign-in of the web app.
pub const SIGN_IN: &str = "<a href=\"/#/sign-in\">You can sign in now.</a>";

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
    /// `form_targets`, and only stylesheets of the page's own origin and pictures of `images` are loaded.
    pub(super) fn content_security_policy(form_targets: &str, images: Option<&str>) -> String {
        let images = images.map_or_else(String::new, |origin| format!("img-src {origin}; "));
        format!(
            "default-src 'none'; {images}style-src 'self'; form-action {form_targets}; base-uri 'none'; \
             frame-ancestors 'none'"
        )
    }
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

impl Page {
    /// The document, with the stylesheet at the URL `style`. Without it, the page is plain, and works all the same.
    pub(super) fn document(&self, style: &str) -> String {
        let (title, style, body) = (escape(&self.title), escape(style), &self.body);
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
             <title>{title}</title>\n<link rel=\"stylesheet\" href=\"{style}\">\n</head>\n<body>\n<main>\n\
             <h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_only_the_style_of_its_own_origin() {
        let page = Page { title: "a < b".to_owned(), body: String::new() }.document("/app/1/pages.css");
        assert!(page.contains("<link rel=\"stylesheet\" href=\"/app/1/pages.css\">"), "{page}");
        assert!(!page.contains("<style") && page.contains("<h1>a &lt; b</h1>"), "{page}");
        let policy = Page::content_security_policy(Page::OWN_ORIGIN, None);
        assert!(policy.contains("; style-src 'self'; "), "{policy}");
    }

    #[test]
    fn text_from_outside_is_escaped() {
        assert_eq!(escape("<a href='x'>&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
    }
}
