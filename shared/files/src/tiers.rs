//! Account tiers: the built-in ones, and those that staff created or changed.
//!
//! The key of each record is an id derived from a name ([`TierName::id_of`]), so that no name is used twice.
//! There are three sorts of records: a tier, under its own id; a mark for a renamed tier, under the id of its
//! new name; and a mark for a deleted built-in tier.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason};

use satchel_guard::{Caller, IdempotentRequest};
use satchel_model::{Error, Refusal, Tier, TierId, TierName, built_in_tiers, earlier_link_seconds};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::{Item, Key, TIERS};
use satchel_table::write::Write;
use satchel_table::{Outcome, StoreError, Table, failed, read};

/// The attribute of a mark for a renamed tier: the tier's own id.
const NAMES: &str = "names";
/// The attribute of a mark for a deleted built-in tier.
const DELETED: &str = "deleted";

/// Stores and reads tiers.
#[derive(Clone)]
pub struct Tiers {
    pub(super) table: Table,
}

impl Wired for Tiers {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self { table: wiring.get()? })
    }
}

impl Tiers {
    /// Reads all tiers; a record replaces the built-in tier with the same id.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn all(&self) -> Result<Vec<Tier>, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let query = query.key_condition_expression("pk = :pk").consistent_read(true);
        let query = query.expression_attribute_values(":pk", AttributeValue::S(TIERS.to_owned()));
        // Boxed because it runs in parallel with other calls, and their futures together would be large.
        let answer = Box::pin(query.send()).await?;
        let mut tiers = built_in_tiers();
        for item in answer.items.unwrap_or_default() {
            apply(item, &mut tiers)?;
        }
        Ok(tiers)
    }

    /// Finds the tier with this id.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] if there is no such tier.
    pub async fn find(&self, id: &str) -> Result<Tier, Error> {
        let tiers = self.all().await?;
        tiers.into_iter().find(|tier| tier.id.as_str() == id).ok_or(Error::Refused(Refusal::NotFound))
    }

    /// Creates a tier, whose id is derived from its name.
    ///
    /// A repetition of an idempotent request returns the first tier.
    ///
    /// # Errors
    /// A field error for `name` if the name is taken; [`Refusal::TokenNotValid`] if the caller was signed out
    /// or is no longer staff; the errors of [`IdempotentRequest::made`]; [`Refusal::NotFound`] if the first
    /// tier has been deleted.
    pub async fn create(
        &self,
        caller: &Caller,
        tier: Tier,
        idempotent: &IdempotentRequest,
    ) -> Result<Tier, Error> {
        let is_free =
            if tier.id.is_built_in() { "attribute_exists(#deleted)" } else { "attribute_not_exists(pk)" };
        let put = Write::put(record(&tier)?).when(is_free);
        let writes = [put].into_iter().chain(idempotent.write(caller, tier.id.as_str())?).collect();
        match self.write(caller, writes).await? {
            None => Ok(tier),
            Some(reasons) => {
                let made: String = idempotent.made(&reasons)?.ok_or_else(name_taken)?;
                self.find(&made).await
            }
        }
    }

    /// Replaces the tier `was`, as it was read, by `tier`.
    ///
    /// # Errors
    /// A field error for `name` if another tier has the name; [`Refusal::NotFound`] if the tier was deleted
    /// in the meantime; [`Error::Busy`] if it was renamed; [`Refusal::TokenNotValid`] if the caller was
    /// signed out.
    pub async fn replace(&self, caller: &Caller, was: &Tier, tier: &Tier) -> Result<(), Error> {
        let (old, new) = (TierName::id_of(&was.name), TierName::id_of(&tier.name));
        let mut writes = vec![unchanged(Write::put(record(tier)?), was)];
        if new != old && new != tier.id {
            if new.is_built_in() {
                return Err(name_taken());
            }
            let mut mark = Key::tier(&new).item();
            mark.insert(NAMES.to_owned(), AttributeValue::S(tier.id.as_str().to_owned()));
            writes.push(Write::put(mark).when("attribute_not_exists(pk)"));
        }
        if new != old && old != tier.id {
            writes.push(Write::delete(Key::tier(&old)));
        }
        match self.write(caller, writes).await? {
            None => Ok(()),
            Some(reasons) if failed(&reasons, 0) => Err(changed_in_the_meantime(&reasons)),
            Some(_) => Err(name_taken()),
        }
    }

    /// Deletes a tier, as it was read.
    ///
    /// The tier of new accounts counts as always in use.
    ///
    /// # Errors
    /// [`Refusal::TierInUse`] if an account is in the tier; [`Refusal::NotFound`] if it was deleted in the
    /// meantime; [`Error::Busy`] if it was renamed; [`Refusal::TokenNotValid`] if the caller was signed out.
    pub async fn delete(&self, caller: &Caller, tier: &Tier) -> Result<(), Error> {
        if tier.id == TierId::basic() {
            return Err(in_use());
        }
        let delete = if tier.id.is_built_in() {
            let mut mark = Key::tier(&tier.id).item();
            mark.insert(DELETED.to_owned(), AttributeValue::Bool(true));
            Write::put(mark)
        } else {
            Write::delete(Key::tier(&tier.id))
        };
        let is_empty = Write::check(Key::tier_count(&tier.id))
            .when("attribute_not_exists(pk) OR #accounts = :none")
            .number(":none", 0);
        let mut writes = vec![unchanged(delete, tier), is_empty];
        let name = TierName::id_of(&tier.name);
        if name != tier.id {
            writes.push(Write::delete(Key::tier(&name)));
        }
        match self.write(caller, writes).await? {
            None => Ok(()),
            Some(reasons) if failed(&reasons, 0) => Err(changed_in_the_meantime(&reasons)),
            Some(_) => Err(in_use()),
        }
    }

    /// Carries out `writes` for staff; returns the cancellation reasons of `writes` if a condition failed.
    async fn write(
        &self,
        caller: &Caller,
        writes: Vec<Write>,
    ) -> Result<Option<Vec<CancellationReason>>, Error> {
        let writes = caller.is_still_staff().into_iter().chain(writes).collect();
        match self.table.transact(writes).await? {
            Outcome::Done => Ok(None),
            Outcome::Cancelled(reasons) if failed(&reasons, 0) || failed(&reasons, 1) => {
                Err(Refusal::TokenNotValid.into())
            }
            Outcome::Cancelled(mut reasons) => Ok(Some(reasons.split_off(2))),
        }
    }
}

/// The tier with this id among `tiers`; the first, smallest tier if an account's tier no longer exists.
#[must_use]
pub fn of(tiers: Vec<Tier>, id: &TierId) -> Tier {
    let mut tiers = tiers;
    let place = tiers.iter().position(|tier| tier.id == *id).unwrap_or(0);
    tiers.swap_remove(place)
}

/// The thumbnail sizes of all `tiers`, ascending and without duplicates.
///
/// An image has thumbnails for every tier, so that they exist when the account changes its tier.
#[must_use]
pub fn sizes_of(tiers: &[Tier]) -> Vec<u32> {
    let sizes: BTreeSet<u32> = tiers.iter().flat_map(|tier| &tier.thumbnail_sizes).copied().collect();
    sizes.into_iter().collect()
}

/// For the transaction that moves an account to another tier: checks that the new tier exists and updates the
/// counts of both.
///
/// The default tier of new accounts has no count, because it cannot be deleted.
#[must_use]
pub fn moves(from: &TierId, to: &TierId) -> Vec<Write> {
    let mut writes = Vec::new();
    if from == to {
        return writes;
    }
    if *to != TierId::basic() {
        let is_there =
            if to.is_built_in() { "attribute_not_exists(#deleted)" } else { "attribute_exists(#id)" };
        writes.push(Write::check(Key::tier(to)).when(is_there));
        writes.push(count(to, 1));
    }
    writes.extend(leaves(from));
    writes
}

/// For the transaction in which an account leaves a tier: updates the tier's count.
#[must_use]
pub fn leaves(tier: &TierId) -> Option<Write> {
    (*tier != TierId::basic()).then(|| count(tier, -1))
}

fn count(tier: &TierId, more: i64) -> Write {
    Write::update(Key::tier_count(tier), "ADD #accounts :more").number(":more", more)
}

fn record(tier: &Tier) -> Result<Item, StoreError> {
    satchel_table::item(&Key::tier(&tier.id), tier, None)
}

/// Adds the condition that the tier still has the name under which it was read. The mark of that name is
/// written in the same transaction.
fn unchanged(write: Write, was: &Tier) -> Write {
    let is_it =
        if was.id.is_built_in() { "attribute_not_exists(pk) OR #name = :name" } else { "#name = :name" };
    write.when(is_it).text(":name", &was.name)
}

/// Applies a stored record to the list of tiers.
fn apply(item: Item, tiers: &mut Vec<Tier>) -> Result<(), StoreError> {
    if item.contains_key(NAMES) {
        return Ok(());
    }
    if item.contains_key(DELETED) {
        let id = item.get("sk").and_then(|id| id.as_s().ok()).map(String::as_str);
        tiers.retain(|tier| Some(tier.id.as_str()) != id);
        return Ok(());
    }
    let has_link_limit = item.contains_key("max_link_seconds");
    let mut tier: Tier = read(item)?;
    if !has_link_limit {
        tier.max_link_seconds = earlier_link_seconds(&tier.id);
    }
    match tiers.iter_mut().find(|known| known.id == tier.id) {
        Some(known) => *known = tier,
        None => tiers.push(tier),
    }
    Ok(())
}

fn changed_in_the_meantime(reasons: &[CancellationReason]) -> Error {
    let found = reasons.first().and_then(|reason| reason.item.as_ref());
    let is_there = found.is_some_and(|item| item.contains_key("name"));
    if is_there { Error::Busy { retry_after: 1 } } else { Error::Refused(Refusal::NotFound) }
}

fn name_taken() -> Error {
    Error::field("name", "A tier with that name already exists.")
}

fn in_use() -> Error {
    Error::Refused(Refusal::TierInUse)
}
