//! Account tiers: the built-in ones, and what staff made of them.

use aws_sdk_dynamodb::types::AttributeValue;
use satchel_core::model::{Tier, TierId, built_in_tiers};

use crate::keys::TIERS;
use crate::table::read;
use crate::{StoreError, Table};

/// Reads tiers.
#[derive(Clone)]
pub struct Tiers {
    table: Table,
}

impl Tiers {
    #[must_use]
    pub fn new(table: Table) -> Self {
        Self { table }
    }

    /// All tiers; a record takes the place of the built-in tier of its id.
    ///
    /// # Errors
    /// If the table does not answer.
    pub async fn all(&self) -> Result<Vec<Tier>, StoreError> {
        let query = self.table.client.query().table_name(&self.table.name);
        let query = query.key_condition_expression("pk = :pk");
        let query = query.expression_attribute_values(":pk", AttributeValue::S(TIERS.to_owned()));
        // Boxed: it runs beside other calls, and their futures together would be large.
        let answer = Box::pin(query.send()).await?;
        let mut tiers = built_in_tiers();
        for item in answer.items.unwrap_or_default() {
            let tier: Tier = read(item)?;
            match tiers.iter_mut().find(|known| known.id == tier.id) {
                Some(known) => *known = tier,
                None => tiers.push(tier),
            }
        }
        Ok(tiers)
    }
}

/// The tier of this id among `tiers`; an account whose tier is gone falls back to the smallest.
#[must_use]
pub fn of(tiers: Vec<Tier>, id: &TierId) -> Tier {
    let mut tiers = tiers;
    let place = tiers.iter().position(|tier| tier.id == *id).unwrap_or(0);
    tiers.swap_remove(place)
}
