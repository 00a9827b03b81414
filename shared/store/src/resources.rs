//! Resources: pairs of texts that an account keeps.

use aws_sdk_dynamodb::types::CancellationReason;
use satchel_core::http::ApiError;
use satchel_core::model::{Resource, ResourceChange, ResourceId, UserId};

use crate::auth::Caller;
use crate::idempotency::Once;
use crate::keys::{Key, RESOURCE, resources_of};
use crate::listing::Range;
use crate::table::{Outcome, failed, item, read};
use crate::write::Write;
use crate::{StoreError, Table};

/// Keeps resources, those of each owner in one partition.
#[derive(Clone)]
pub struct Resources {
    table: Table,
}

impl Resources {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// Keeps a new resource of the caller; a repetition gives the one first made.
    ///
    /// # Errors
    /// 401 if the caller was signed out meanwhile; what [`Once`] says; 404 if the one first made was deleted.
    pub async fn create(
        &self,
        caller: &Caller,
        resource: Resource,
        once: &Once,
    ) -> Result<Resource, ApiError> {
        let key = Key::resource(caller.user.id, resource.id);
        let put = Write::put(item(&key, &resource, None)?).when("attribute_not_exists(pk)");
        let writes = [put].into_iter().chain(once.write(caller, resource.id)?).collect();
        match self.written(caller, writes).await? {
            None => Ok(resource),
            Some(reasons) => {
                let made = once.made(&reasons)?.ok_or(ApiError::NotFound)?;
                self.find(caller.user.id, made).await
            }
        }
    }

    /// A resource of `owner`.
    ///
    /// # Errors
    /// 404 if there is none.
    pub async fn find(&self, owner: UserId, id: ResourceId) -> Result<Resource, ApiError> {
        let found = self.table.get(&Key::resource(owner, id)).await?;
        found.ok_or(ApiError::NotFound)
    }

    /// Up to `limit` resources of `owner` that come after `after`, and where the next page goes on.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn list(
        &self,
        owner: UserId,
        limit: usize,
        after: Option<ResourceId>,
    ) -> Result<(Vec<Resource>, Option<ResourceId>), StoreError> {
        let range = Range { partition: resources_of(owner), prefix: RESOURCE, filter: None };
        let after = after.map(|id| id.to_string());
        let (items, last) = range.newest_first(&self.table, limit, after.as_deref()).await?;
        let resources: Result<Vec<Resource>, _> = items.into_iter().map(read).collect();
        Ok((resources?, last.and_then(|id| id.parse().ok())))
    }

    /// Changes a resource of the caller. Only what is to be changed is written: of two changes of different fields at
    /// once neither undoes the other.
    ///
    /// # Errors
    /// 404 if it was deleted meanwhile, 401 if the caller was signed out.
    pub async fn update(
        &self,
        caller: &Caller,
        id: ResourceId,
        change: &ResourceChange,
    ) -> Result<(), ApiError> {
        let fields = [("field1", &change.field1), ("field2", &change.field2)];
        let given: Vec<_> =
            fields.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?))).collect();
        if given.is_empty() {
            return Ok(());
        }
        let settings: Vec<_> = given.iter().map(|(name, _)| format!("#{name} = :{name}")).collect();
        let update = format!("SET {}", settings.join(", "));
        let update = Write::update(Key::resource(caller.user.id, id), &update).when("attribute_exists(pk)");
        let write =
            given.iter().fold(update, |write, (name, text)| write.text(&format!(":{name}"), text.as_str()));
        self.write(caller, write).await
    }

    /// Deletes a resource of the caller.
    ///
    /// # Errors
    /// 404 if there is none, 401 if the caller was signed out meanwhile.
    pub async fn delete(&self, caller: &Caller, id: ResourceId) -> Result<(), ApiError> {
        let key = Key::resource(caller.user.id, id);
        self.write(caller, Write::delete(key).when("attribute_exists(pk)")).await
    }

    async fn write(&self, caller: &Caller, write: Write) -> Result<(), ApiError> {
        match self.written(caller, vec![write]).await? {
            None => Ok(()),
            Some(_) => Err(ApiError::NotFound),
        }
    }

    /// Writes while the caller is signed in; if another condition failed, all reasons.
    async fn written(
        &self,
        caller: &Caller,
        writes: Vec<Write>,
    ) -> Result<Option<Vec<CancellationReason>>, ApiError> {
        let writes = caller.is_still_good().into_iter().chain(writes).collect();
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(None),
            Outcome::Cancelled(reasons) if failed(&reasons, 0) || failed(&reasons, 1) => {
                Err(ApiError::TokenNotValid)
            }
            Outcome::Cancelled(reasons) => Ok(Some(reasons)),
        }
    }
}
