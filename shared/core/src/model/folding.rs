//! Text without regard to case and Unicode form.

use unicode_normalization::UnicodeNormalization;

/// `text` with its letters in one case and in Unicode form NFKC.
pub(super) fn folded(text: &str) -> String {
    // Upper, then lower: final sigma and sharp s fall together whichever way they were written.
    text.nfkc().collect::<String>().to_uppercase().to_lowercase().nfkc().collect()
}
