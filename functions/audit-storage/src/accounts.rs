//! Compares the used and the kept bytes of each account with the sums of its records, and lists the accounts of older
//! releases.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use satchel_files::Holding;
use satchel_model::UserId;
use satchel_runtime::Metric;

use crate::order::Place;
use crate::{AT_ONCE, Failure, Run};

impl Run<'_> {
    /// Compares a page of accounts.
    pub(crate) async fn accounts(&mut self, after: Option<UserId>) -> Result<Option<Place>, Failure> {
        if after.is_none() {
            self.used = Some(0);
        }
        let accounts = self.app.audit.accounts(after).await?;
        let next = accounts.last().map(|last| Place::Accounts { after: Some(last.id) });
        let listed = stream::iter(&accounts).map(|account| self.app.audit.list_account(account));
        let listed: Vec<bool> = listed.buffered(AT_ONCE).try_collect().await?;
        self.report.listed_accounts += listed.into_iter().map(u64::from).sum::<u64>();
        let holdings = stream::iter(accounts).map(|account| self.app.audit.holding(account.id));
        let holdings: Vec<_> = holdings.buffered(AT_ONCE).try_collect().await?;
        for holding in holdings.into_iter().flatten() {
            self.report.accounts += 1;
            let bytes = u64::try_from(holding.used).unwrap_or(0);
            self.used = self.used.map(|used| used.saturating_add(bytes));
            self.report.kept_bytes += u64::try_from(holding.kept).unwrap_or_default();
            if !holding.is_explained() {
                self.unexplained_quota(&holding).await?;
            }
        }
        if let (None, Some(used)) = (&next, self.used) {
            self.app.metrics.put(&[(Metric::BytesUsed, used)]);
        }
        Ok(next.or(Some(Place::Copies { after: None })))
    }

    /// Counts an account with a wrong number, and corrects its numbers if the order says so.
    async fn unexplained_quota(&mut self, holding: &Holding) -> Result<(), Failure> {
        self.report.unexplained_accounts += 1;
        self.report.unexplained_bytes += u64::try_from(holding.difference()).unwrap_or(u64::MAX);
        let is_repaired = self.order.repair && self.app.audit.correct(holding).await?;
        self.report.repaired &= is_repaired;
        self.findings.account(holding, is_repaired);
        Ok(())
    }
}
