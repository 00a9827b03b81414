//! Case folding of text, for comparisons that ignore case and Unicode form.

use unicode_normalization::UnicodeNormalization;

/// Converts `text` to one case and to Unicode form NFKC.
pub(super) fn folded(text: &str) -> String {
    // Upper case, then lower case: this unifies both sigmas, and both spellings of a sharp s.
    text.nfkc().collect::<String>().to_uppercase().to_lowercase().nfkc().collect()
}
