//! Finds out whether an object exists, and whether S3 refuses to show one object or all of them.

use crate::{Bucket, ObjectError, Objects};

/// How many other objects are tried.
const TRIED: usize = 5;

impl Objects {
    /// Whether there is an original of this key, which may be one that S3 refuses to show.
    ///
    /// # Errors
    /// If S3 refuses to list the bucket, or does not answer.
    pub(crate) async fn exists(&self, key: &str) -> Result<bool, ObjectError> {
        let (listed, _) = self.list(Bucket::Originals, key, None).await?;
        Ok(listed.iter().any(|object| object.key == key))
    }

    /// Whether an original other than that of `key` can be read: if so, a refusal concerns only that object, and not
    /// the bucket. `false` if there is no
    /// other. Objects of other accounts are tried first: the bucket's keys begin with the account.
    ///
    /// # Errors
    /// If S3 refuses to list the bucket, or does not answer.
    pub async fn can_read_others(&self, key: &str) -> Result<bool, ObjectError> {
        let owner = key.split('/').next().unwrap_or_default();
        // Behind the last key of the account, and then from the beginning of the bucket.
        let behind = format!("{owner}/~");
        let (later, _) = self.list(Bucket::Originals, "", Some(&behind)).await?;
        let (first, _) = self.list(Bucket::Originals, "", None).await?;
        let mut others: Vec<_> = later
            .iter()
            .chain(&first)
            .map(|object| object.key.as_str())
            .filter(|other| *other != key)
            .collect();
        // One of each account before another of the same.
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
