//! Idempotent requests: a request with an `Idempotency-Key` header creates its record only once.
//!
//! The use of a key is recorded in the transaction that creates the request's record, on the condition that
//! the key is new. A repeated request fails on this condition, and DynamoDB returns the earlier use with the
//! failure. So the first request needs no additional call.

use std::str::FromStr;

use aws_sdk_dynamodb::types::CancellationReason;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use satchel_model::clock::Clock;
use satchel_model::secret::{Secret, sha256};
use satchel_model::{Error, IdempotencyKey, Refusal};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_table::keys::Key;
use satchel_table::write::Write;
use satchel_table::{StoreError, item, read};

use crate::Caller;

/// Recognizes repeated requests.
#[derive(Clone)]
pub struct Idempotency {
    secret: Secret,
    /// How long a key is remembered, in seconds.
    life: i64,
    clock: Clock,
}

/// A request that creates a record: with an idempotency key it does so once, without a key each time it is
/// sent.
///
/// The caller appends [`write`](Self::write) as the last write to the transaction that creates the record. If
/// the transaction is cancelled, and not because the caller was signed out, [`made`](Self::made) tells
/// whether the request is a repetition. Check this before all other reasons for the failure: a repetition
/// also finds that its name is taken or its quota is used up.
#[derive(Debug, Clone)]
pub struct IdempotentRequest(Option<Keyed>);

#[derive(Debug, Clone)]
struct Keyed {
    secret: Secret,
    now: Timestamp,
    life: i64,
    key_hash: String,
    fingerprint: String,
}

/// What a key was used for.
#[derive(Debug, Serialize, Deserialize)]
struct Use {
    /// A keyed hash of the request. A plain hash would let readers of the table guess bodies that contain
    /// passwords.
    fingerprint: String,
    /// Identifies the secret that `fingerprint` was made with.
    secret: String,
    /// Id of the created record.
    made: String,
}

impl Wired for Idempotency {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            secret: wiring.secret("COUNTER_KEY"),
            life: wiring.parsed("IDEMPOTENCY_SECONDS"),
            clock: wiring.clock(),
        })
    }
}

impl Idempotency {
    /// Prepares the idempotency check of a request.
    ///
    /// Without a key (`None`), each request creates a record.
    #[must_use]
    pub fn of(&self, request: Option<&IdempotencyKey>) -> IdempotentRequest {
        IdempotentRequest(request.map(|request| Keyed {
            secret: self.secret.clone(),
            now: self.clock.now(),
            life: self.life,
            key_hash: sha256(request.key.as_bytes()),
            fingerprint: self.secret.name_for(&format!("request {}", request.text)),
        }))
    }
}

impl IdempotentRequest {
    /// The last write of the transaction that creates the record with id `made`; it fails if the key was used
    /// before.
    ///
    /// # Errors
    /// If the table does not answer.
    pub fn write(&self, caller: &Caller, made: impl ToString) -> Result<Option<Write>, StoreError> {
        let Some(keyed) = &self.0 else { return Ok(None) };
        let used = Use {
            fingerprint: keyed.fingerprint.clone(),
            secret: keyed.secret_name(),
            made: made.to_string(),
        };
        let (key, now) = (Key::idempotency(caller.user.id, &keyed.key_hash), keyed.now.as_second());
        let put = Write::put(item(&key, &used, Some(now + keyed.life))?);
        Ok(Some(put.when("attribute_not_exists(pk) OR #ttl <= :now").number(":now", now)))
    }

    /// The id of the record that the first request created, if the transaction was cancelled because this
    /// request is a repetition.
    ///
    /// # Errors
    /// [`Refusal::IdempotencyKeyReused`] if the key was used with another request;
    /// [`Refusal::IdempotencyKeyUncertain`] if that can no longer be checked; [`Error::Busy`] if another
    /// request with this key is in progress.
    pub fn made<T: FromStr>(&self, reasons: &[CancellationReason]) -> Result<Option<T>, Error> {
        let Some(used) = self.used(reasons)? else { return Ok(None) };
        used.made.parse().map(Some).map_err(|_| Error::Refused(Refusal::NotFound))
    }

    fn used(&self, reasons: &[CancellationReason]) -> Result<Option<Use>, Error> {
        let (Some(keyed), Some(reason)) = (&self.0, reasons.last()) else { return Ok(None) };
        match (reason.code(), &reason.item) {
            // The other conditions may have failed because of the record that the first request is creating
            // now.
            (Some("TransactionConflict"), _) => Err(Error::Busy { retry_after: 1 }),
            (Some("ConditionalCheckFailed"), Some(item)) => {
                let used = read(item.clone()).map_err(StoreError::from)?;
                keyed.check_repeats(&used)?;
                Ok(Some(used))
            }
            _ => Ok(None),
        }
    }
}

impl Keyed {
    fn secret_name(&self) -> String {
        self.secret.name_for("the secret of fingerprints")
    }

    fn check_repeats(&self, used: &Use) -> Result<(), Error> {
        if used.secret != self.secret_name() {
            return Err(Refusal::IdempotencyKeyUncertain.into());
        }
        if used.fingerprint != self.fingerprint {
            return Err(Refusal::IdempotencyKeyReused.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;

    use super::*;
    use satchel_table::keys::Item;

    /// A request with an idempotency key, in a deployment with this secret.
    fn once(secret: &str, fingerprint: &str) -> IdempotentRequest {
        IdempotentRequest(Some(Keyed {
            secret: Secret::new(secret.to_owned()),
            now: Timestamp::constant(1_800_000_000, 0),
            life: 86_400,
            key_hash: "hash".to_owned(),
            fingerprint: fingerprint.to_owned(),
        }))
    }

    /// The cancellation reasons that a repetition of the request gets.
    fn reasons(once: &IdempotentRequest) -> [CancellationReason; 2] {
        let keyed = once.0.as_ref().unwrap();
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let item = Item::from([
            ("fingerprint".to_owned(), text(&keyed.fingerprint)),
            ("secret".to_owned(), text(&keyed.secret_name())),
            ("made".to_owned(), text("17")),
        ]);
        let failed = CancellationReason::builder().code("ConditionalCheckFailed").set_item(Some(item));
        [CancellationReason::builder().code("None").build(), failed.build()]
    }

    #[test]
    fn a_repetition_finds_the_created_record() {
        let reasons = reasons(&once("secret", "f"));
        assert_eq!(once("secret", "f").made(&reasons).unwrap(), Some(17));
    }

    #[test]
    fn a_reused_key_and_a_changed_secret_are_refused_differently() {
        let first = once("secret", "f");
        let refused = |once: IdempotentRequest| match once.made::<u8>(&reasons(&first)) {
            Err(Error::Refused(refusal)) => refusal,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(once("secret", "g")), Refusal::IdempotencyKeyReused);
        assert_eq!(refused(once("new", "f")), Refusal::IdempotencyKeyUncertain);
    }

    #[test]
    fn other_cancellation_reasons_are_not_taken_for_a_repetition() {
        let [none, failed] = reasons(&once("secret", "f"));
        assert_eq!(once("secret", "f").made::<u8>(&[failed.clone(), none]).unwrap(), None);
        assert_eq!(IdempotentRequest(None).made::<u8>(&[failed]).unwrap(), None);
    }

    #[test]
    fn a_repetition_is_busy_while_the_first_request_is_in_progress() {
        let [_, failed] = reasons(&once("secret", "f"));
        let conflict = CancellationReason::builder().code("TransactionConflict").build();
        let made = once("secret", "f").made::<u8>(&[failed, conflict]);
        assert!(matches!(made, Err(Error::Busy { .. })), "{made:?}");
    }
}
