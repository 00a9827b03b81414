//! The web app: the files of `web/`, embedded when this crate is built. Modules are joined into groups, so that a visit
//! takes few requests.
//!
//! Every function may link to a file by its [`asset`] URL. Only `get-web` uses [`files`], so the linker drops the bytes
//! from all other binaries.

pub mod files;

include!(concat!(env!("OUT_DIR"), "/urls.rs"));

/// The URL of a file of the app on every host of Satchel, such as `/app/<hash>/pages.css`. In a constant, a name that
/// does not exist is an error of the compiler.
///
/// # Panics
/// If `web/` has no file `name`.
#[must_use]
pub const fn asset(name: &str) -> &'static str {
    let mut place = 0;
    while place < URLS.len() {
        let (known, url) = URLS[place];
        if is_same(known.as_bytes(), name.as_bytes()) {
            return url;
        }
        place += 1;
    }
    panic!("web/ has no such file")
}

/// The stylesheet of the pages that other functions write.
pub const PAGES: &str = asset("pages.css");

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    let mut place = 0;
    while place < one.len() && place < other.len() {
        if one[place] != other[place] {
            return false;
        }
        place += 1;
    }
    one.len() == other.len()
}

// What the build script does, for its tests.
#[cfg(test)]
#[path = "../build/graph.rs"]
mod graph;
#[cfg(test)]
#[path = "../build/groups.rs"]
mod groups;
#[cfg(test)]
#[path = "../build/module.rs"]
mod module;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_of_a_file_has_the_hash() {
        const STYLE: &str = asset("app.css");
        assert_eq!(STYLE, format!("/app/{HASH}/app.css"));
        assert!(HASH.len() == 16 && HASH.chars().all(|digit| digit.is_ascii_hexdigit()), "{HASH}");
    }

    #[test]
    #[should_panic(expected = "web/ has no such file")]
    fn a_file_that_is_not_there_has_no_url() {
        let _ = asset("pages");
    }

    #[test]
    fn each_url_leads_to_the_file_of_its_name() {
        for (name, url) in URLS {
            let path = url.strip_prefix("/app/").unwrap();
            assert_eq!(files::at(path).map(|file| file.name), Some(name));
        }
    }
}
