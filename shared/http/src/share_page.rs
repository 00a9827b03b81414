//! The pages of share links; they work without script.

use http::StatusCode;
use satchel_api::{SharedFile, escape, origin};
use satchel_model::served_inline;

use super::response::html_allowing;
use super::{ApiResult, Page};

/// The page of a working link, with a form that posts to the page's own address.
pub struct SharePage<'a> {
    /// What the page shows of the file; `None` if the link has a password.
    pub file: Option<&'a SharedFile>,
    /// What was wrong with the form that was sent.
    pub problem: Option<&'a str>,
    /// The origin of the bucket, to which the page's form redirects.
    pub store: &'a str,
    /// The URL of the page's stylesheet.
    pub style: &'a str,
}

impl SharePage<'_> {
    /// The response with this page.
    ///
    /// # Errors
    /// If an origin is not valid in a header.
    pub fn answer(&self, status: StatusCode) -> ApiResult {
        let image = self.file.and_then(|file| file.thumbnail.as_deref()).map(origin);
        html_allowing(status, &self.page(), self.style, self.store, image)
    }

    fn page(&self) -> Page {
        let problem = self.problem.map_or_else(String::new, |words| {
            format!("<div class=\"error\" role=\"alert\" id=\"problem\"><p>{words}</p></div>\n")
        });
        match self.file {
            Some(file) => Page { title: file.filename.as_str().to_owned(), body: described(file, &problem) },
            None => Page { title: "A shared file".to_owned(), body: self.asking(&problem) },
        }
    }

    fn asking(&self, problem: &str) -> String {
        let describes =
            if self.problem.is_some() { " aria-describedby=\"problem\" aria-invalid=\"true\"" } else { "" };
        format!(
            "<p>Somebody shares a file with you. It opens with a password.</p>\n{problem}<form method=\"post\">\n\
             <label for=\"password\">Password</label>\n<input id=\"password\" name=\"password\" type=\"password\" \
             autocomplete=\"off\" autofocus{describes} required>\n<button type=\"submit\">Open the file</button>\n</form>"
        )
    }
}

fn described(file: &SharedFile, problem: &str) -> String {
    let picture = file.thumbnail.as_ref().map_or_else(String::new, |url| {
        format!("<p><img src=\"{}\" alt=\"Preview of the file\"></p>\n", escape(url))
    });
    let limit = file.openings_left.map_or_else(String::new, |left| {
        let times = if left == 1 { "once more".to_owned() } else { format!("{left} more times") };
        format!("<p>The link opens {times}.</p>\n")
    });
    format!(
        "<p><bdi>{}</bdi> shares this file with you.</p>\n{picture}<dl>\n<dt>Size</dt><dd>{}</dd>\n<dt>Type</dt><dd>{}</dd>\n</dl>\n\
         {limit}{problem}<form method=\"post\">\n<button type=\"submit\">{} the file</button>\n</form>",
        escape(&file.sharer),
        size(file.size),
        escape(file.content_type.as_str()),
        if served_inline(file.content_type.as_str()) { "Open" } else { "Download" },
    )
}

/// A number of bytes for people, in decimal units with three digits.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return if bytes == 1 { "1 byte".to_owned() } else { format!("{bytes} bytes") };
    }
    // The divisor is that of the largest unit in which the rounded number is at least 1.
    let (mut unit, mut divisor) = (0, 1000_u64);
    while unit + 1 < UNITS.len() && rounded(bytes, divisor, 1) >= 1000 {
        (unit, divisor) = (unit + 1, divisor * 1000);
    }
    let tenths = rounded(bytes, divisor, 10);
    let unit = UNITS[unit];
    if tenths < 100 {
        format!("{}.{} {unit}", tenths / 10, tenths % 10)
    } else {
        format!("{} {unit}", rounded(bytes, divisor, 1))
    }
}

fn rounded(bytes: u64, divisor: u64, times: u64) -> u128 {
    let (bytes, divisor) = (u128::from(bytes) * u128::from(times), u128::from(divisor));
    (bytes + divisor / 2) / divisor
}

/// The page for a dead or an unknown link; it does not reveal which of them it is.
#[must_use]
pub fn dead_link_page() -> Page {
    Page {
        title: "This link does not work".to_owned(),
        body: "<p>Perhaps it is not complete, has expired, was opened as often as it may be, or was taken back by its \
               owner. Ask the person who sent it for a new one.</p>"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit_and_at_most_three_digits() {
        for (bytes, words) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (1440, "1.4 kB"),
            (9_949, "9.9 kB"),
            (9_950, "10 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (5 * 1024 * 1024, "5.2 MB"),
            (50 * 1024 * 1024 * 1024, "54 GB"),
            (5 << 40, "5.5 TB"),
        ] {
            assert_eq!(size(bytes), words, "{bytes}");
        }
    }
}
