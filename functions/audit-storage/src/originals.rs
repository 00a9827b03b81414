//! Compares originals and multipart uploads with the records that their keys name.

use std::collections::BTreeSet;

use satchel_model::clock::later;
use satchel_model::{FileId, Status, Upload, UserId, VersionId};
use satchel_objects::Bucket;

use crate::order::{PartsPlace, Place};
use crate::{Failure, Run};

/// The parts of an original's key.
#[derive(Debug, Clone, Copy)]
struct Content {
    owner: UserId,
    id: FileId,
    version: VersionId,
}

impl Content {
    /// `None` unless Satchel could have made the key.
    fn of_key(key: &str) -> Option<Self> {
        let (owner, rest) = key.split_once('/')?;
        let (id, version) = rest.split_once('/')?;
        Some(Self { owner: owner.parse().ok()?, id: id.parse().ok()?, version: version.parse().ok()? })
    }

    fn file(self) -> (UserId, FileId) {
        (self.owner, self.id)
    }
}

impl Run<'_> {
    /// Compares a page of the bucket of originals.
    pub(crate) async fn originals(&mut self, after: Option<String>) -> Result<Option<Place>, Failure> {
        let (page, more) = self.app.objects.list(Bucket::Originals, "", after.as_deref()).await?;
        self.report.objects += page.len() as u64;
        let last = page.last().map(|object| object.key.clone());
        let settled = page.into_iter().filter(|object| self.is_settled(object.modified_at));
        let settled: Vec<_> = settled.map(|object| (Content::of_key(&object.key), object)).collect();
        let files = settled.iter().filter_map(|(content, _)| content.map(Content::file)).collect();
        let uploads = self.app.audit.uploads(&files).await?;
        let is_explained = |content: &Option<Content>| {
            content.is_some_and(|content| {
                uploads.get(&content.file()).is_some_and(|upload| self.explains(upload, content.version))
            })
        };
        let orphans = settled.into_iter().filter(|(content, _)| !is_explained(content));
        let orphans: Vec<_> = orphans.map(|(content, object)| (object, content.is_some())).collect();
        let orphans = self.still_there(Bucket::Originals, orphans).await?;
        self.orphans(Bucket::Originals, &orphans).await?;
        let next = last.filter(|_| more).map(|last| Place::Originals { after: Some(last) });
        Ok(next.or(Some(Place::Parts { after: None })))
    }

    /// Compares a page of the multipart uploads.
    pub(crate) async fn parts(&mut self, after: Option<PartsPlace>) -> Result<Option<Place>, Failure> {
        let after = after.as_ref().map(|place| (place.key.as_str(), place.upload_id.as_str()));
        let (page, more) = self.app.objects.list_parts_under_way("", after).await?;
        self.report.uploads_in_parts += page.len() as u64;
        let last = page
            .last()
            .map(|upload| PartsPlace { key: upload.key.clone(), upload_id: upload.upload_id.clone() });
        let (age, now) = (self.order.parts_age(), self.app.clock.now());
        let settled: Vec<_> = page.into_iter().filter(|upload| later(upload.begun_at, age) <= now).collect();
        let contents = settled.iter().filter_map(|upload| Content::of_key(&upload.key));
        let files: BTreeSet<_> = contents.map(Content::file).collect();
        let uploads = self.app.audit.uploads(&files).await?;
        let is_waited_for = |content: Content| {
            uploads.get(&content.file()).is_some_and(|upload| self.waits(upload, content.version))
        };
        let parts = settled.into_iter().map(|parts| (Content::of_key(&parts.key), parts));
        let orphans = parts.filter(|(content, _)| !content.is_some_and(is_waited_for));
        let orphans: Vec<_> = orphans.map(|(content, parts)| (parts, content.is_some())).collect();
        let orphans = self.still_under_way(orphans).await?;
        self.orphaned_parts(&orphans).await?;
        let next = last.filter(|_| more).map(|last| Place::Parts { after: Some(last) });
        Ok(next.or(Some(Place::Renditions { after: None })))
    }

    /// Whether a record is waiting for this multipart upload, or the sweep is still going to abort it.
    fn waits(&self, upload: &Upload, version: VersionId) -> bool {
        let is_pending = upload.status == Status::Pending && upload.version == version;
        is_pending && upload.multipart.is_some() || self.is_left_to_the_sweep(upload, version)
    }
}
