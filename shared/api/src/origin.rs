//! Where a URL leads.

/// The scheme, host and port of an absolute URL.
#[must_use]
pub fn origin(url: &str) -> &str {
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url[authority..].find(['/', '?']).map_or(url.len(), |at| authority + at);
    &url[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_a_url_ends_before_its_path_or_query() {
        assert_eq!(origin("https://example.com/a/b?c=d"), "https://example.com");
        assert_eq!(origin("http://127.0.0.1:3001/a"), "http://127.0.0.1:3001");
        assert_eq!(origin("https://example.com?x=/"), "https://example.com");
        assert_eq!(origin("https://example.com"), "https://example.com");
    }
}
