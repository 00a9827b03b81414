//! Finds out whether S3 refuses to show one object or all of them.

use crate::{Bucket, ObjectError, Objects};

/// How many other objects are tried.
const TRIED: usize = 3;

impl Objects {
    /// Whether an original other than that of `key` can be read: if so, a refusal concerns only that object, and not
    /// the bucket. `false` if there is no other.
    ///
    /// # Errors
    /// If S3 refuses to list the bucket, or does not answer.
    pub async fn can_read_others(&self, key: &str) -> Result<bool, ObjectError> {
        let (listed, _) = self.list(Bucket::Originals, "", None).await?;
        let others = listed.iter().map(|object| object.key.as_str()).filter(|other| *other != key);
        for other in others.take(TRIED) {
            match self.original(other, Some(1)).await {
                Ok(Some(_)) => return Ok(true),
                Ok(None) | Err(ObjectError::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}
