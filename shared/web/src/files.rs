//! The bytes of the app.

use super::HASH;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file of the app.
#[derive(Debug, PartialEq, Eq)]
pub struct File {
    /// Its path in `web/`, such as `ui/dialog.js`.
    pub name: &'static str,
    /// The value of its Content-Type.
    pub media_type: &'static str,
    pub bytes: &'static [u8],
}

/// The file that is at `/app/<path>`. The path must have the hash of this version.
#[must_use]
pub fn at(path: &str) -> Option<&'static File> {
    named(path.strip_prefix(HASH)?.strip_prefix('/')?)
}

/// The file `name`.
#[must_use]
pub fn named(name: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.name == name)
}

/// The page at `/`, with the URL of the folder with all files in place of `{{app}}`, and `mails` in place of
/// `{{mails}}`. The caller escapes `mails`.
#[must_use]
pub fn index(mails: &str) -> String {
    INDEX.replace("{{app}}", &format!("/app/{HASH}")).replace("{{mails}}", mails)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_path_of_a_file_leads_to_it() {
        assert_eq!(at(&format!("{HASH}/app.css")).unwrap().media_type, "text/css; charset=utf-8");
        for path in [
            "app.css",
            "/app.css",
            "0000000000000000/app.css",
            &format!("{HASH}app.css"),
            &format!("{HASH}/"),
            &format!("{HASH}//app.css"),
            &format!("{HASH}/./app.css"),
            &format!("{HASH}/ui/../app.css"),
            &format!("{HASH}/APP.CSS"),
            &format!("{HASH}/index.html"),
            &format!("{HASH}/README.md"),
            &format!("{HASH}/jsconfig.json"),
        ] {
            assert_eq!(at(path), None, "{path}");
        }
    }

    #[test]
    fn the_index_has_no_placeholder_left() {
        let index = index("http://127.0.0.1:3000/_local/mail");
        assert!(index.contains(&format!("/app/{HASH}/")) && !index.contains("{{"), "{index}");
        assert!(index.contains("content=\"http://127.0.0.1:3000/_local/mail\""), "{index}");
    }
}
