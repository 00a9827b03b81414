//! Finds out whether an object exists, and whether S3 refuses to show one object or all of them.

use crate::{Bucket, Found, ObjectError, Objects};

/// The number of other objects that are tried.
const TRIED: usize = 5;

impl Objects {
    /// Whether an original with this key exists, even if S3 refuses to read it.
    ///
    /// # Errors
    /// If S3 refuses to list the bucket, or does not answer.
    pub(crate) async fn exists(&self, key: &str) -> Result<bool, ObjectError> {
        Ok(self.listed(key).await?.is_some())
    }

    /// The size of an original, even if S3 refuses to read it; `None` if it does not exist.
    ///
    /// # Errors
    /// If S3 refuses to list the bucket, or does not answer.
    pub async fn listed(&self, key: &str) -> Result<Option<Found>, ObjectError> {
        let (listed, _) = self.list(Bucket::Originals, key, None).await?;
        let listed = listed.into_iter().find(|object| object.key == key);
        Ok(listed.map(|object| Found { bytes: Vec::new(), size: object.size, object: None }))
    }

    /// Whether an original other than `key` can be read; if so, S3 refuses only that one object and not the
    /// whole bucket.
    ///
    /// Returns `false` if there are no others. Objects of other accounts are tried first, in case S3 refuses
    /// all objects of one account; each key begins with its account's id.
    ///
    /// # Errors
    /// If S3 refuses to list the bucket, or does not answer.
    pub async fn can_read_others(&self, key: &str) -> Result<bool, ObjectError> {
        let owner = key.split('/').next().unwrap_or_default();
        // List from behind the account's last key, and then from the beginning of the bucket.
        let behind = format!("{owner}/~");
        let (later, _) = self.list(Bucket::Originals, "", Some(&behind)).await?;
        let (first, _) = self.list(Bucket::Originals, "", None).await?;
        let mut others: Vec<_> = later
            .iter()
            .chain(&first)
            .map(|object| object.key.as_str())
            .filter(|other| *other != key)
            .collect();
        // Try one object of each account before a second one of any.
        let mut seen = std::collections::BTreeSet::new();
        others.sort_by_key(|other| !seen.insert(other.split('/').next()));
        for other in others.into_iter().take(TRIED) {
            match self.original(other, Some(1)).await {
                Ok(Some(_)) => return Ok(true),
                Ok(None) | Err(ObjectError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}
