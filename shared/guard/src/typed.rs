//! Compares typed passwords with hashes: keyboards may encode an accented letter as one character or as two.

use satchel_model::secret::Secret;

use super::Hasher;

/// The result of comparing a typed password with a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The hash was made from the password in Unicode form NFC.
    Nfc,
    /// The hash was made from the password as it was typed, which is not NFC.
    AsTyped,
    Different,
}

impl Hasher {
    /// Compares `typed` with `hash`, in Unicode form NFC and, unless `is_nfc` is set because the hash was
    /// made from that form, also as it was typed.
    ///
    /// The number of hashes that a wrong password costs depends only on what was typed, not on `hash`, so
    /// that timing does not reveal which names exist.
    pub async fn compare(self, typed: &Secret, hash: Option<&str>, is_nfc: bool) -> Comparison {
        let nfc = typed.nfc();
        if self.verify(&nfc, hash).await {
            return Comparison::Nfc;
        }
        if nfc != *typed && self.verify(typed, hash.filter(|_| !is_nfc)).await {
            return Comparison::AsTyped;
        }
        Comparison::Different
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPOSED: &str = "cr\u{e8}me br\u{fb}l\u{e9}e";
    const DECOMPOSED: &str = "cre\u{300}me bru\u{302}le\u{301}e";

    async fn compared(typed: &str, made_from: &str, is_nfc: bool) -> Comparison {
        let hash = Hasher.hash(&Secret::new(made_from.to_owned())).await;
        Hasher.compare(&Secret::new(typed.to_owned()), Some(&hash), is_nfc).await
    }

    #[tokio::test]
    async fn both_forms_of_a_password_match_a_hash_of_nfc() {
        for typed in [COMPOSED, DECOMPOSED] {
            assert_eq!(compared(typed, COMPOSED, true).await, Comparison::Nfc);
            assert_eq!(compared(typed, COMPOSED, false).await, Comparison::Nfc);
        }
    }

    #[tokio::test]
    async fn only_an_older_hash_is_compared_with_what_was_typed() {
        assert_eq!(compared(DECOMPOSED, DECOMPOSED, false).await, Comparison::AsTyped);
        assert_eq!(compared(DECOMPOSED, DECOMPOSED, true).await, Comparison::Different);
        assert_eq!(compared(COMPOSED, DECOMPOSED, false).await, Comparison::Different);
    }

    #[tokio::test]
    async fn a_different_password_matches_in_neither_form() {
        assert_eq!(compared("crème brûlée ", COMPOSED, false).await, Comparison::Different);
        assert_eq!(
            Hasher.compare(&Secret::new(COMPOSED.to_owned()), None, false).await,
            Comparison::Different
        );
    }
}
