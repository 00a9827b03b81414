//! Settles pending uploads once their bytes have been stored: makes them ready or rejects them.
//!
//! Every step can be repeated, because the record decides what is done.

mod inspect;
mod record;

use jiff::Timestamp;

use satchel_model::{Error, Upload};
use satchel_objects::{ObjectError, Objects};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::StoreError;

use self::inspect::{Verdict, inspect, inspect_file};
use crate::{KeptDays, Uploads};

/// Settles pending uploads.
#[derive(Clone)]
pub struct Settling {
    uploads: Uploads,
    objects: Objects,
    days: KeptDays,
}

/// The result of settling an upload.
#[derive(Debug)]
pub enum Outcome {
    /// The bytes do not exist; nothing was changed.
    Missing,
    /// S3 refuses to read the bytes; nothing was changed.
    Refused(ObjectError),
    /// The upload is now ready or rejected.
    Settled(Box<Upload>),
    /// The upload was no longer pending; nothing was changed.
    Before,
}

/// Why an upload could not be settled.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// S3 did not answer.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// Decoding ended abnormally.
    #[error(transparent)]
    Thumbnails(#[from] crate::thumbnails::ThumbnailError),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Store(error) => error.into(),
            Failure::Objects(error) => error.into(),
            Failure::Thumbnails(error) => Self::failed(error),
        }
    }
}

impl Wired for Settling {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { uploads: wiring.get()?, objects: wiring.get()?, days: wiring.get()? })
    }
}

impl Settling {
    /// The same, for originals in another bucket; see [`Objects::in_bucket`].
    #[must_use]
    pub fn in_bucket(&self, originals: &str) -> Self {
        Self { objects: self.objects.in_bucket(originals), ..self.clone() }
    }

    /// Inspects the bytes of a pending upload and records the result; creates thumbnails of `sizes` for an
    /// image.
    ///
    /// `sequencer` is that of the S3 event that reported the bytes.
    ///
    /// # Errors
    /// [`StoreError::Unowned`] if the change of the record depends on the upload's account, which no longer
    /// exists or is being erased; or if a service does not answer.
    pub async fn settle(
        &self,
        upload: &Upload,
        sizes: &[u32],
        sequencer: Option<&str>,
        now: Timestamp,
    ) -> Result<Outcome, Failure> {
        let verdict = inspect(&self.objects, &self.uploads.metrics, upload, sizes).await?;
        self.record(upload, verdict, sequencer, now).await
    }

    /// Like [`settle`](Self::settle), but only for files, which are not decoded.
    ///
    /// # Errors
    /// If a service does not answer.
    pub async fn settle_file(&self, file: &Upload, now: Timestamp) -> Result<Outcome, Failure> {
        let verdict = inspect_file(&self.objects, file).await?;
        self.record(file, verdict, None, now).await
    }

    async fn record(
        &self,
        upload: &Upload,
        verdict: Verdict,
        sequencer: Option<&str>,
        now: Timestamp,
    ) -> Result<Outcome, Failure> {
        let settled = match verdict {
            Verdict::Missing => return Ok(Outcome::Missing),
            Verdict::Refused(refusal) => return Ok(Outcome::Refused(refusal)),
            Verdict::Good { content_type, picture, object } => {
                let (picture, object) = (picture.as_ref(), object.as_deref());
                self.uploads.make_ready(upload, &content_type, picture, sequencer, object, now).await?
            }
            Verdict::Bad(reason, kept) => {
                // Change the record first: if the function is interrupted, the repeated event or the sweep
                // finds the record rejected and deletes the bytes.
                let settled = self.uploads.reject_stored(upload, reason, &kept, self.days, now).await?;
                if settled.is_some() {
                    self.objects.delete_original(&upload.key()).await?;
                }
                settled
            }
        };
        Ok(settled.map_or(Outcome::Before, |settled| Outcome::Settled(Box::new(settled))))
    }
}
