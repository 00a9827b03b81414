//! `ClientRequestToken`: a transaction that is repeated within ten minutes is not carried out again.
//!
//! dynoxide supports tokens, too, but scans all stored ones at every transaction. With 15 000 tokens, that takes longer
//! than the transaction. So this module stores them, ordered by expiry.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use dynoxide::DynoxideError;
use serde_json::Value;

/// How long DynamoDB stores a token.
const LIFETIME: Duration = Duration::from_mins(10);

/// The completed transactions with a token.
#[derive(Default)]
pub(super) struct Tokens {
    done: Mutex<Completed>,
}

#[derive(Default)]
struct Completed {
    by_token: HashMap<String, Transaction>,
    /// Tokens and the times of their first use, oldest first.
    order: VecDeque<(Instant, String)>,
}

struct Transaction {
    /// A hash of `TransactItems`. Other parts of the request, such as `ReturnConsumedCapacity`, may differ.
    hash: u64,
    answer: Bytes,
}

impl Tokens {
    /// Carries out the transaction, unless one with this token and these items was completed before. Other transactions
    /// with a token wait meanwhile. A failed transaction is not stored.
    pub(super) fn run_once(
        &self,
        now: Instant,
        token: &str,
        items: &Value,
        transact: impl FnOnce() -> dynoxide::Result<Bytes>,
    ) -> dynoxide::Result<Bytes> {
        let mut hasher = DefaultHasher::new();
        items.hash(&mut hasher);
        let hash = hasher.finish();
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.forget_before(now);
        match done.by_token.get(token) {
            Some(before) if before.hash == hash => return Ok(before.answer.clone()),
            Some(_) => {
                let message = "An error occurred (IdempotentParameterMismatchException)".to_owned();
                return Err(DynoxideError::IdempotentParameterMismatchException(message));
            }
            None => {}
        }
        let answer = transact()?;
        done.by_token.insert(token.to_owned(), Transaction { hash, answer: answer.clone() });
        done.order.push_back((now, token.to_owned()));
        Ok(answer)
    }
}

impl Completed {
    fn forget_before(&mut self, now: Instant) {
        let expired = |(used, _): &(Instant, String)| now.duration_since(*used) >= LIFETIME;
        while self.order.front().is_some_and(expired) {
            if let Some((_, token)) = self.order.pop_front() {
                self.by_token.remove(&token);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_expires_after_ten_minutes() {
        let tokens = Tokens::default();
        let start = Instant::now();
        let mut done = 0;
        for seconds in [0, 599, 600, 601] {
            let now = start + Duration::from_secs(seconds);
            let transact = || {
                done += 1;
                Ok(Bytes::new())
            };
            tokens.run_once(now, "token", &json!([]), transact).unwrap();
        }
        assert_eq!(done, 2);
    }

    #[test]
    fn a_failed_transaction_can_be_repeated() {
        let tokens = Tokens::default();
        let now = Instant::now();
        let fail = || Err(DynoxideError::ValidationException("no".to_owned()));
        assert!(tokens.run_once(now, "token", &json!([1]), fail).is_err());
        let succeed = || Ok(Bytes::from_static(b"{}"));
        assert_eq!(tokens.run_once(now, "token", &json!([2]), succeed).unwrap(), "{}");
    }

    #[test]
    fn the_order_of_attributes_makes_no_difference() {
        let tokens = Tokens::default();
        let now = Instant::now();
        let items = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        tokens.run_once(now, "token", &items(r#"[{"a":1,"b":2}]"#), || Ok(Bytes::new())).unwrap();
        tokens.run_once(now, "token", &items(r#"[{"b":2,"a":1}]"#), || unreachable!()).unwrap();
    }
}
