//! Checks orphans once more, then counts, logs and, if the order says so, deletes them.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use satchel_objects::{Bucket, Listed, PartsUnderWay};

use crate::{AT_ONCE, Failure, Run};

impl Run<'_> {
    /// Filters out the objects that were deleted after they were listed, because bytes may be deleted before
    /// their record.
    pub(crate) async fn still_there(
        &self,
        bucket: Bucket,
        objects: Vec<(Listed, bool)>,
    ) -> Result<Vec<(Listed, bool)>, Failure> {
        let found = stream::iter(objects).map(async |(object, is_ours)| {
            let (page, _) = self.app.objects.list(bucket, &object.key, None).await?;
            Ok::<_, Failure>(page.iter().any(|found| found.key == object.key).then_some((object, is_ours)))
        });
        found.buffered(AT_ONCE).try_filter_map(async |found| Ok(found)).try_collect().await
    }

    /// Filters out the multipart uploads that were completed or aborted after they were listed.
    pub(crate) async fn still_under_way(
        &self,
        uploads: Vec<(PartsUnderWay, bool)>,
    ) -> Result<Vec<(PartsUnderWay, bool)>, Failure> {
        let found = stream::iter(uploads).map(async |(parts, is_ours)| {
            let (page, _) = self.app.objects.list_parts_under_way(&parts.key, None).await?;
            Ok::<_, Failure>(page.contains(&parts).then_some((parts, is_ours)))
        });
        found.buffered(AT_ONCE).try_filter_map(async |found| Ok(found)).try_collect().await
    }

    /// Logs and counts objects without a record. The flags tell whether Satchel could have made the keys.
    pub(crate) async fn orphans(
        &mut self,
        bucket: Bucket,
        orphans: &[(Listed, bool)],
    ) -> Result<(), Failure> {
        if self.order.repair {
            let delete = async |(object, _): &(Listed, bool)| {
                self.app.objects.delete_listed(bucket, &object.key).await
            };
            stream::iter(orphans).map(delete).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        }
        for (object, is_ours) in orphans {
            self.report.orphans += 1;
            self.report.orphan_bytes += object.size;
            self.findings.object(bucket, object, *is_ours);
        }
        Ok(())
    }

    /// Logs and counts multipart uploads without a record. The flags tell whether Satchel could have made the
    /// keys.
    pub(crate) async fn orphaned_parts(&mut self, orphans: &[(PartsUnderWay, bool)]) -> Result<(), Failure> {
        if self.order.repair {
            let abort = async |(parts, _): &(PartsUnderWay, bool)| self.app.objects.abort_listed(parts).await;
            stream::iter(orphans).map(abort).buffer_unordered(AT_ONCE).try_collect::<()>().await?;
        }
        for (parts, is_ours) in orphans {
            self.report.orphaned_uploads_in_parts += 1;
            self.findings.parts(parts, *is_ours);
        }
        Ok(())
    }
}
