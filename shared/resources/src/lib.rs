//! Resources: pairs of texts that an account stores.
//!
//! This crate reads and writes their records; it does not parse requests, which the functions of their routes
//! do. Start reading at [`Resources`].

use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, Select};

use satchel_guard::{Caller, IdempotentRequest};
use satchel_model::{Error, Refusal, Resource, ResourceChange, ResourceId, User, UserId};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{IS_KEPT, Key, RESOURCE, resources_of};
use satchel_table::listing::Range;
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed, item, read};

/// The number of attempts at a write, if the account's resources change while they are counted.
const MAX_COUNTS: usize = 5;

/// Stores resources, those of each owner in one partition.
///
/// The account contains their number, which changes in the transactions that create and delete them.
#[derive(Clone)]
pub struct Resources {
    table: Table,
}

impl Wired for Resources {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Resources {
    /// Stores a new resource of the caller, who may have `limit` of them; a repeated request returns the first one.
    ///
    /// # Errors
    /// [`Refusal::TokenNotValid`] if the caller was signed out in the meantime; the errors of
    /// [`IdempotentRequest::made`]; [`Refusal::NotFound`] if the first one was deleted;
    /// [`Refusal::TooManyResources`] if the caller has `limit` resources.
    pub async fn create(
        &self,
        caller: &Caller,
        resource: Resource,
        idempotent: &IdempotentRequest,
        limit: u32,
    ) -> Result<Resource, Error> {
        let key = Key::resource(caller.user.id, resource.id);
        let put = Write::put(item(&key, &resource, None)?).when("attribute_not_exists(pk)");
        let mut seen = caller.user.resource_count;
        for _ in 0..MAX_COUNTS {
            let one_more = self.one_more(caller, seen, limit).await?;
            let writes = [caller.session_is_there(), one_more, put.clone()];
            let writes = writes.into_iter().chain(idempotent.write(caller, resource.id)?).collect();
            let reasons = match self.table.transact(writes).await? {
                Outcome::Done => return Ok(resource),
                Outcome::Cancelled(reasons) => reasons,
            };
            let account = refused_by_account(caller, &reasons)?;
            if let Some(made) = idempotent.made(&reasons)? {
                return self.find(caller.user.id, made).await;
            }
            seen = account.ok_or(Refusal::NotFound)?.resource_count;
            if seen.is_some_and(|count| count >= limit.into()) {
                return Err(Error::Refused(Refusal::TooManyResources { max: limit }));
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// For the transaction that stores a resource: raises the account's count by one, up to `limit`.
    ///
    /// If the account is older than the counting, `seen` is absent, or negative after deletions. Then its
    /// resources are counted now, and the number is written on the condition that `seen` has not changed in
    /// the meantime.
    async fn one_more(&self, caller: &Caller, seen: Option<i64>, limit: u32) -> Result<Write, Error> {
        if seen.is_some_and(|count| count >= 0) {
            return Ok(caller
                .update_user(
                    "ADD #resource_count :one",
                    " AND #resource_count >= :zero AND #resource_count < :limit",
                )
                .number(":one", 1)
                .number(":zero", 0)
                .number(":limit", limit));
        }
        let count = self.count(caller.user.id, limit.into()).await?;
        if count >= limit.into() {
            return Err(Error::Refused(Refusal::TooManyResources { max: limit }));
        }
        let set =
            |and: &str| caller.update_user("SET #resource_count = :count", and).number(":count", count + 1);
        Ok(match seen {
            Some(seen) => set(" AND #resource_count = :seen").number(":seen", seen),
            None => set(" AND attribute_not_exists(#resource_count)"),
        })
    }

    /// The number of resources of `owner`; counting stops at `enough`.
    async fn count(&self, owner: UserId, enough: i64) -> Result<i64, StoreError> {
        let (mut count, mut start) = (0, None);
        loop {
            let query = self.table.client.query().table_name(&self.table.name).select(Select::Count);
            let query = query.key_condition_expression("pk = :pk AND begins_with(sk, :prefix)");
            let query = query.expression_attribute_values(":pk", AttributeValue::S(resources_of(owner)));
            let query = query.expression_attribute_values(":prefix", AttributeValue::S(RESOURCE.to_owned()));
            let page = query.consistent_read(true).set_exclusive_start_key(start).send().await?;
            count += i64::from(page.count);
            start = page.last_evaluated_key;
            if start.is_none() || count >= enough {
                return Ok(count);
            }
        }
    }

    /// Reads a resource of `owner`.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if there is no such resource.
    pub async fn find(&self, owner: UserId, id: ResourceId) -> Result<Resource, Error> {
        let found = self.table.get(&Key::resource(owner, id)).await?;
        found.ok_or(Error::Refused(Refusal::NotFound))
    }

    /// Lists up to `limit` resources of `owner` that follow `after`, and returns the id after which the next
    /// page begins.
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

    /// Changes a resource of the caller.
    ///
    /// Only the given fields are written, so that concurrent changes of different fields do not undo each
    /// other.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if it was deleted in the meantime; [`Refusal::TokenNotValid`] if the caller was
    /// signed out.
    pub async fn update(
        &self,
        caller: &Caller,
        id: ResourceId,
        change: &ResourceChange,
    ) -> Result<(), Error> {
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
        let [session, account] = caller.is_still_good();
        self.write([session, account, write]).await
    }

    /// Deletes a resource of the caller.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if there is no such resource; [`Refusal::TokenNotValid`] if the caller was
    /// signed out in the meantime.
    pub async fn delete(&self, caller: &Caller, id: ResourceId) -> Result<(), Error> {
        let one_less = caller.update_user("ADD #resource_count :less", "").number(":less", -1);
        let delete = Write::delete(Key::resource(caller.user.id, id)).when("attribute_exists(pk)");
        self.write([caller.session_is_there(), one_less, delete]).await
    }

    /// Deletes a resource again, on a restored table; returns `false` if there is no such resource, or its account is gone
    /// or being erased.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn delete_again(&self, owner: UserId, id: ResourceId) -> Result<bool, StoreError> {
        let delete = Write::delete(Key::resource(owner, id)).when("attribute_exists(pk)");
        let one_less = Write::update(Key::user(owner), "ADD #resource_count :less").when(IS_KEPT);
        let writes = vec![delete, one_less.number(":less", -1)];
        Ok(matches!(self.table.transact(writes).await?, Outcome::Done))
    }

    /// Runs a transaction whose writes are on the session, the account and the resource, in this order.
    async fn write(&self, writes: [Write; 3]) -> Result<(), Error> {
        match self.table.transact(writes.into()).await? {
            Outcome::Done => Ok(()),
            Outcome::Cancelled(reasons) if failed(&reasons, 0) || failed(&reasons, 1) => {
                Err(Refusal::TokenNotValid.into())
            }
            Outcome::Cancelled(_) => Err(Refusal::NotFound.into()),
        }
    }
}

/// The account as read by a failed transaction, if its condition failed.
///
/// # Errors
/// [`Refusal::TokenNotValid`] if the session has ended or the account no longer accepts it.
fn refused_by_account(caller: &Caller, reasons: &[CancellationReason]) -> Result<Option<User>, Error> {
    if failed(reasons, 0) {
        return Err(Refusal::TokenNotValid.into());
    }
    if !failed(reasons, 1) {
        return Ok(None);
    }
    let account = reasons.get(1).and_then(|reason| reason.item.clone()).filter(|item| !item.is_empty());
    match account.map(read::<User>).transpose().map_err(StoreError::from)? {
        Some(user) if user.is_active && user.auth_epoch == caller.session.auth_epoch => Ok(Some(user)),
        _ => Err(Refusal::TokenNotValid.into()),
    }
}
