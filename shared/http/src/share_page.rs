//! The pages of share links; they work without script.

use super::Page;

/// The form that opens a link; it posts to the page's own address.
#[must_use]
pub fn link_form_page(has_password: bool, problem: Option<&str>) -> Page {
    let alert = problem
        .map(|words| format!("<div class=\"error\" role=\"alert\" id=\"problem\"><p>{words}</p></div>\n"));
    let describes = if problem.is_some() { " aria-describedby=\"problem\"" } else { "" };
    let field = if has_password {
        format!(
            "<label for=\"password\">Password</label>\n<input id=\"password\" name=\"password\" type=\"password\" \
             autocomplete=\"off\"{describes} required>\n"
        )
    } else {
        String::new()
    };
    let words =
        if has_password { "It opens with a password." } else { "It opens a limited number of times." };
    let body = format!(
        "<p>Somebody shares a file with you. {words}</p>\n{}<form method=\"post\">\n{field}\
         <button type=\"submit\">Open the file</button>\n</form>",
        alert.unwrap_or_default()
    );
    Page { title: "A file for you".to_owned(), body }
}

/// The page for a dead or an unknown link; it does not reveal which of them it is.
#[must_use]
pub fn dead_link_page() -> Page {
    Page {
        title: "This link does not work".to_owned(),
        body: "<p>It is not complete, it is too old, it was opened as often as it may be, or its owner took it back. \
               Ask the person who sent it for a new one.</p>"
            .to_owned(),
    }
}
