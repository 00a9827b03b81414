//! Compares renditions with all images, because a rendition's key does not name the owner.
//!
//! To limit the memory, one stretch of the bucket is collected at a time. A scan of the table then removes the
//! contents that an image references from it. A million images take four scans.

use std::collections::BTreeSet;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use satchel_model::{FileId, Upload, VersionId};
use satchel_objects::{Bucket, Listed};

use crate::order::Place;
use crate::{AT_ONCE, Failure, Run};

/// An image content that has renditions.
type Content = (FileId, VersionId);

/// A range of keys in the bucket.
struct Stretch {
    contents: BTreeSet<Content>,
    /// Objects whose keys Satchel could not have made.
    strange: Vec<(Listed, bool)>,
    objects: u64,
    /// The last key, if the bucket has more keys.
    last: Option<String>,
}

impl Run<'_> {
    /// Compares a stretch of the bucket of renditions. If the time runs out, the next audit starts the stretch
    /// again.
    pub(crate) async fn renditions(&mut self, after: Option<String>) -> Result<Option<Place>, Failure> {
        let again = Place::Renditions { after: after.clone() };
        let Some(stretch) = self.stretch(after.as_deref()).await? else { return Ok(Some(again)) };
        let Stretch { contents, strange, objects, last } = stretch;
        let Some(unexplained) = self.unexplained(contents).await? else { return Ok(Some(again)) };
        self.report.objects += objects;
        self.orphans(Bucket::Renditions, &strange).await?;
        let is_meant = |key: &str| {
            let is_behind = after.as_deref().is_none_or(|after| after < key);
            is_behind && last.as_deref().is_none_or(|last| key <= last)
        };
        let unexplained: Vec<_> = unexplained.into_iter().collect();
        for some in unexplained.chunks(AT_ONCE) {
            let mut orphans = self.renditions_of(some).await?;
            orphans.retain(|(object, _)| is_meant(&object.key));
            self.orphans(Bucket::Renditions, &orphans).await?;
            if let Some((id, version)) = some.last().filter(|_| self.is_over()) {
                // Sorts after all keys of this content and before those of the next, because `0` follows `/`.
                return Ok(Some(Place::Renditions { after: Some(format!("{id}/{version}0")) }));
            }
        }
        Ok(Some(last.map_or(Place::Accounts { after: None }, |last| Place::Renditions { after: Some(last) })))
    }

    /// Collects the next stretch after the key `after`. `None` if the time has run out.
    async fn stretch(&self, after: Option<&str>) -> Result<Option<Stretch>, Failure> {
        let (mut contents, mut strange) = (BTreeSet::new(), Vec::new());
        let (mut objects, mut last) = (0, after.map(ToOwned::to_owned));
        loop {
            let (page, more) = self.app.objects.list(Bucket::Renditions, "", last.as_deref()).await?;
            objects += page.len() as u64;
            last = page.last().map(|object| object.key.clone()).filter(|_| more);
            for object in page.into_iter().filter(|object| self.is_settled(object.modified_at)) {
                match content(&object.key) {
                    Some(content) => _ = contents.insert(content),
                    None => strange.push((object, false)),
                }
            }
            if last.is_none() || contents.len() + strange.len() >= self.window {
                return Ok(Some(Stretch { contents, strange, objects, last }));
            }
            if self.is_over() {
                return Ok(None);
            }
        }
    }

    /// The contents that no image references. `None` if the time has run out.
    async fn unexplained(
        &self,
        mut contents: BTreeSet<Content>,
    ) -> Result<Option<BTreeSet<Content>>, Failure> {
        let mut mark = None;
        while !contents.is_empty() {
            let (images, next) = self.app.audit.images(mark).await?;
            for image in images {
                self.strike_out(&mut contents, &image);
            }
            mark = next;
            if mark.is_none() {
                break;
            }
            if self.is_over() {
                return Ok(None);
            }
        }
        Ok(Some(contents))
    }

    fn strike_out(&self, contents: &mut BTreeSet<Content>, image: &Upload) {
        for version in image.versions().filter(|version| self.explains(image, *version)) {
            contents.remove(&(image.id, version));
        }
    }

    /// Lists the current renditions of these contents, because some may have been deleted since.
    async fn renditions_of(&self, contents: &[Content]) -> Result<Vec<(Listed, bool)>, Failure> {
        let lists = stream::iter(contents).map(async |(id, version)| {
            let (page, _) =
                self.app.objects.list(Bucket::Renditions, &format!("{id}/{version}/"), None).await?;
            Ok::<_, Failure>(page)
        });
        let pages: Vec<_> = lists.buffered(AT_ONCE).try_collect().await?;
        let is_meant =
            |object: &Listed| content(&object.key).is_some() && self.is_settled(object.modified_at);
        Ok(pages.into_iter().flatten().filter(is_meant).map(|object| (object, true)).collect())
    }
}

/// The content that a rendition's key names; `None` unless Satchel could have made the key.
fn content(key: &str) -> Option<Content> {
    let (id, rest) = key.split_once('/')?;
    let (version, name) = rest.split_once('/')?;
    let (size, extension) = name.split_once('.')?;
    let is_ours = size.parse::<u32>().is_ok() && extension.bytes().all(|byte| byte.is_ascii_lowercase());
    is_ours.then_some((id.parse().ok()?, version.parse().ok()?))
}
