//! The forms that the name of a function takes.

/// The logical id in the template: `GetFileFunction` for `get-file`.
#[must_use]
pub fn logical_id(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    });
    words.collect::<String>() + "Function"
}

/// The name in Rust: `get_file` for `get-file`.
#[must_use]
pub fn snake(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_three_forms() {
        assert_eq!(logical_id("list-file-versions"), "ListFileVersionsFunction");
        assert_eq!(snake("list-file-versions"), "list_file_versions");
    }
}
