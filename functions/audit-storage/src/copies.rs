//! Compares the copies of shared files, which every signed-in user sees, with the files themselves.

use satchel_model::FileId;

use crate::order::Place;
use crate::{Failure, Run};

impl Run<'_> {
    /// Compares a page of copies.
    pub(crate) async fn copies(&mut self, after: Option<FileId>) -> Result<Option<Place>, Failure> {
        let copies = self.app.audit.copies(after).await?;
        let next = copies.last().map(|last| Place::Copies { after: Some(last.id) });
        self.report.copies += copies.len() as u64;
        for copy in self.app.audit.unexplained_copies(copies).await? {
            self.report.unexplained_copies += 1;
            let is_repaired = self.order.repair && self.app.audit.remove_copy(&copy).await?;
            self.report.repaired &= is_repaired;
            self.findings.copy(&copy, is_repaired);
        }
        Ok(next)
    }
}
