//! The secrets that CloudFront sends, and the counter key: how they are stored, and how a step of their
//! rotation changes them.
//!
//! `{"counter_key", "sets": [{"generation", "older", "newer", "sends_newer"}]}`: the sets, oldest first.
//! Functions accept both secrets of a set, and CloudFront sends one of them. A step changes either what is sent
//! or what is accepted, never both. So during a deployment, every function accepts the secret that any edge
//! location of CloudFront sends.

use satchel_model::random::Random;
use satchel_model::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::KeysError;

/// How many sets are kept: the current one, and those that a rollback may need.
const SETS: usize = 3;

/// The stored form. Neither this nor its sets implement `Debug`, which would show secrets.
#[derive(Serialize, Deserialize)]
pub(crate) struct Origin {
    counter_key: String,
    sets: Vec<Set>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
struct Set {
    generation: String,
    older: String,
    newer: String,
    sends_newer: bool,
}

/// The values that functions and CloudFront get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublishedOrigin {
    /// The secret that CloudFront sends.
    pub sent: Secret,
    /// The secrets that functions accept: both, the older first, separated by a comma.
    pub accepted: Secret,
    pub counter_key: Secret,
}

impl Origin {
    /// The state of a new deployment, before the first step.
    pub fn fresh(random: Random) -> Self {
        let set =
            Set { generation: String::new(), older: String::new(), newer: fresh(random), sends_newer: true };
        Self { counter_key: fresh(random), sets: vec![set] }
    }

    /// Whether `self` was made from `former`.
    pub fn continues(&self, former: &Self) -> bool {
        let is_kept = former.sets.last().is_some_and(|last| self.sets.contains(last));
        is_kept && self.counter_key == former.counter_key
    }

    /// Reads the stored form. The error contains nothing of it.
    pub fn parse(kept: &str) -> Result<Self, KeysError> {
        let kept: Self = serde_json::from_str(kept).map_err(|_| KeysError::OriginForm)?;
        if kept.sets.is_empty() || kept.counter_key.is_empty() {
            return Err(KeysError::OriginForm);
        }
        Ok(kept)
    }

    /// The text to store.
    pub fn to_text(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// Makes the set of `generation` the latest: the set that was made for it earlier, or else a new step from the
    /// latest.
    pub fn turn_to(&mut self, generation: &str, random: Random) {
        let known = self.sets.iter().position(|set| set.generation == generation);
        let set = match known {
            Some(place) => Some(self.sets.remove(place)),
            None => self.sets.last().map(|last| last.next(generation, random)),
        };
        self.sets.extend(set);
        self.sets.drain(..self.sets.len().saturating_sub(SETS));
        self.sets.retain(|set| !set.generation.is_empty());
    }

    /// The latest set.
    pub fn published(&self) -> Result<PublishedOrigin, KeysError> {
        let set = self.sets.last().ok_or(KeysError::OriginForm)?;
        let Set { older, newer, .. } = set;
        Ok(PublishedOrigin {
            sent: Secret::new(set.sent().clone()),
            accepted: Secret::new(format!("{older},{newer}")),
            counter_key: Secret::new(self.counter_key.clone()),
        })
    }
}

impl Set {
    /// The secret that CloudFront sends.
    fn sent(&self) -> &String {
        if self.sends_newer { &self.newer } else { &self.older }
    }

    /// The next step. CloudFront switches to the newer secret; in the step after that, functions replace the
    /// older secret with a new one.
    fn next(&self, generation: &str, random: Random) -> Self {
        let generation = generation.to_owned();
        if self.sends_newer {
            Self { generation, older: self.newer.clone(), newer: fresh(random), sends_newer: false }
        } else {
            Self { generation, sends_newer: true, ..self.clone() }
        }
    }
}

fn fresh(random: Random) -> String {
    Secret::token(random).expose().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first() -> Origin {
        Origin::fresh(Random::System)
    }

    /// The secret that is sent and the secrets that are accepted, for each generation in turn.
    fn published(origin: &mut Origin, generations: &[&str]) -> Vec<(String, Vec<String>)> {
        let publish = |generation: &&str| {
            origin.turn_to(generation, Random::System);
            *origin = Origin::parse(&origin.to_text()).unwrap();
            let PublishedOrigin { sent, accepted, .. } = origin.published().unwrap();
            let accepted: Vec<_> = accepted.expose().split(',').map(str::to_owned).collect();
            assert_eq!(accepted.len(), 2);
            (sent.expose().to_owned(), accepted)
        };
        generations.iter().map(publish).collect()
    }

    #[test]
    fn the_first_set_has_two_secrets_of_which_the_older_is_sent() {
        let sets = published(&mut first(), &["1"]);
        let (sent, accepted) = &sets[0];
        assert_eq!((sent, accepted[0].len(), accepted[1].len()), (&accepted[0], 43, 43));
        assert_ne!(accepted[0], accepted[1]);
    }

    #[test]
    fn functions_accept_the_secrets_sent_before_and_after_a_step() {
        let sets = published(&mut first(), &["1", "2", "3", "4", "5", "6"]);
        for step in sets.windows(2) {
            for (sent, _) in step {
                assert!(step.iter().all(|(_, accepted)| accepted.contains(sent)), "{step:?}");
            }
        }
    }

    #[test]
    fn two_steps_replace_the_secret_and_a_third_accepts_no_old_one() {
        let sets = published(&mut first(), &["1", "2", "3"]);
        assert_eq!(sets[0].1, sets[1].1, "first CloudFront alone changes");
        assert_eq!(sets[1].0, sets[2].0, "then functions alone");
        assert!(!sets[2].1.contains(&sets[0].0), "what was sent at first is refused in the end");
    }

    #[test]
    fn a_repeated_generation_reuses_its_set_and_a_rollback_restores_it() {
        let sets = published(&mut first(), &["1", "1", "2", "1", "2", "3", "2"]);
        assert_eq!((&sets[0], &sets[0], &sets[2], &sets[2]), (&sets[1], &sets[3], &sets[4], &sets[6]));
    }

    #[test]
    fn the_counter_key_stays_when_the_secrets_rotate() {
        let mut origin = first();
        let key = |origin: &Origin| origin.published().unwrap().counter_key;
        let before = key(&origin);
        assert_eq!(before.expose().len(), 43);
        let sets = published(&mut origin, &["1", "2", "3", "4"]);
        assert_eq!(key(&origin), before);
        assert!(sets.iter().all(|(_, accepted)| !accepted.contains(&before.expose().to_owned())));
    }

    #[test]
    fn a_state_continues_another_that_it_was_made_from() {
        let again = |origin: &Origin| Origin::parse(&origin.to_text()).unwrap();
        let mut former = first();
        published(&mut former, &["1", "2"]);
        let mut kept = again(&former);
        assert!(kept.continues(&former));
        published(&mut kept, &["3"]);
        assert!(kept.continues(&former));
        published(&mut former, &["3"]);
        assert!(!kept.continues(&former), "both made a set for generation 3, and they differ");
        assert!(!first().continues(&former));
    }

    #[test]
    fn a_malformed_text_is_an_error() {
        for kept in ["", "{}", r#"{"counter_key":"k","sets":[]}"#, r#"{"counter_key":"","sets":[{}]}"#] {
            assert!(matches!(Origin::parse(kept), Err(KeysError::OriginForm)), "{kept}");
        }
    }
}
