//! Text without regard to case and Unicode form.

use unicode_normalization::UnicodeNormalization;

/// `text` with its letters in one case and in Unicode form NFKC.
pub(super) fn folded(text: &str) -> String {
    // Upper case, then lower case: this unifies both sigmas, and both ways to write a sharp s.
    text.nfkc().collect::<String>().to_uppercase().to_lowercase().nfkc().collect()
}
