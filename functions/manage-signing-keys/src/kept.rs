//! The stored signing keys, and how a new generation changes them.
//!
//! `{"keys":[{"kid","pkcs8"}], "sets":[{"generation","drop","previous","current","next"}]}`: the sets, oldest
//! first, name their keys by `kid`. Functions that sign tokens read only `keys`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::KeysError;
use crate::key::SigningKey;

/// How many sets are kept: the current one, and those that a rollback may need.
const SETS: usize = 3;

/// The generation that the template requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    pub generation: String,
    pub drop: bool,
}

/// The three keys of a generation, by `kid`.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Set {
    #[serde(flatten)]
    made_for: Wanted,
    previous: String,
    current: String,
    next: String,
}

/// The keys and sets in the secret.
#[derive(Default)]
pub(crate) struct Kept {
    keys: Vec<SigningKey>,
    sets: Vec<Set>,
}

/// The values that verifying and signing functions get.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Published {
    /// A JSON array of the three JWKs.
    pub public_keys: String,
    /// The `kid` of the key that signs.
    pub signing_kid: String,
}

impl Kept {
    /// Parses the secret's value. The error contains nothing of it.
    pub fn parse(secret: &str) -> Result<Self, KeysError> {
        let mut value: Value = serde_json::from_str(secret).map_err(|_| KeysError::Form)?;
        let keys = value["keys"].as_array().ok_or(KeysError::Form)?;
        let keys = keys.iter().map(SigningKey::of_secret).collect::<Option<_>>().ok_or(KeysError::Form)?;
        let sets = match value["sets"].take() {
            Value::Null => Vec::new(),
            sets => serde_json::from_value(sets).map_err(|_| KeysError::Form)?,
        };
        Ok(Self { keys, sets })
    }

    /// The value to store.
    pub fn to_secret(&self) -> Value {
        let keys: Vec<Value> = self.keys.iter().map(SigningKey::to_secret).collect();
        json!({"keys": keys, "sets": self.sets})
    }

    /// Makes the set of `wanted` the latest: the set that was made for it earlier, or else the next rotation,
    /// or else new keys.
    pub fn turn_to(&mut self, wanted: &Wanted) -> Result<(), KeysError> {
        let known = self.sets.iter().position(|set| set.made_for == *wanted);
        // If other requests followed a request to drop all keys, a repetition of it makes new keys, because the
        // keys that it made may have leaked, too.
        let known = known.filter(|place| !wanted.drop || place + 1 == self.sets.len());
        let set = match known {
            Some(place) => self.sets.remove(place),
            None if wanted.drop => {
                *self = Self::default();
                self.fresh(wanted)?
            }
            None => self.rotated(wanted)?,
        };
        self.sets.push(set);
        self.forget();
        Ok(())
    }

    /// The latest set.
    pub fn published(&self) -> Result<Published, KeysError> {
        let set = self.sets.last().ok_or(KeysError::Form)?;
        let jwk = |kid: &str| self.keys.iter().find(|key| key.kid == kid).ok_or(KeysError::Form)?.jwk();
        let jwks = set.kids().map(jwk).into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(Published { public_keys: json!(jwks).to_string(), signing_kid: set.current.clone() })
    }

    /// Promotes each key. Every verifier already knows the new signing key as the next key.
    fn rotated(&mut self, wanted: &Wanted) -> Result<Set, KeysError> {
        let Some(last) = self.sets.last().cloned() else { return self.fresh(wanted) };
        let next = self.new_key()?;
        Ok(Set { made_for: wanted.clone(), previous: last.current, current: last.next, next })
    }

    fn fresh(&mut self, wanted: &Wanted) -> Result<Set, KeysError> {
        let [previous, current, next] = [self.new_key()?, self.new_key()?, self.new_key()?];
        Ok(Set { made_for: wanted.clone(), previous, current, next })
    }

    fn new_key(&mut self) -> Result<String, KeysError> {
        let key = SigningKey::generate()?;
        let kid = key.kid.clone();
        self.keys.push(key);
        Ok(kid)
    }

    /// Forgets all but the last sets and their keys. The keys of the latest set come first; a function with an
    /// older environment still finds its key.
    fn forget(&mut self) {
        self.sets.drain(..self.sets.len().saturating_sub(SETS));
        let place = |kid: &str| self.sets.iter().rev().flat_map(Set::kids).position(|used| used == kid);
        let mut placed: Vec<_> =
            self.keys.drain(..).filter_map(|key| Some((place(&key.kid)?, key))).collect();
        placed.sort_by_key(|(place, _)| *place);
        self.keys = placed.into_iter().map(|(_, key)| key).collect();
    }
}

impl Set {
    fn kids(&self) -> [&str; 3] {
        [&self.previous, &self.current, &self.next]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Requests these generations in turn, and returns the `kid`s published after each.
    fn published(kept: &mut Kept, asked: &[(&str, bool)]) -> Vec<Vec<String>> {
        let kids = |&(generation, drop): &(&str, bool)| {
            kept.turn_to(&Wanted { generation: generation.to_owned(), drop }).unwrap();
            let published = kept.published().unwrap();
            let keys: Vec<Value> = serde_json::from_str(&published.public_keys).unwrap();
            let kids: Vec<_> = keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
            assert_eq!((kids.len(), &kids[1]), (3, &published.signing_kid));
            kids
        };
        asked.iter().map(kids).collect()
    }

    fn empty() -> Kept {
        Kept::parse(r#"{"keys":[]}"#).unwrap()
    }

    fn kept_kids(kept: &Kept) -> Vec<&str> {
        kept.keys.iter().map(|key| key.kid.as_str()).collect()
    }

    #[test]
    fn a_rotation_promotes_the_next_key_and_creates_another() {
        let sets = published(&mut empty(), &[("1", false), ("2", false)]);
        assert_eq!(sets[1][..2], sets[0][1..]);
        assert!(!sets[0].contains(&sets[1][2]));
    }

    #[test]
    fn a_repeated_generation_reuses_its_set_and_a_rollback_restores_it() {
        let sets =
            published(&mut empty(), &[("1", false), ("1", false), ("2", false), ("1", false), ("2", false)]);
        assert_eq!((&sets[0], &sets[0], &sets[2]), (&sets[1], &sets[3], &sets[4]));
    }

    #[test]
    fn three_sets_are_kept_with_their_keys_and_can_be_read_back() {
        let mut kept = empty();
        let sets = published(&mut kept, &[("1", false), ("2", false), ("3", false), ("4", false)]);
        // The previous key of generation 2 is the oldest that is left. The keys of the latest set come first.
        let left = [&sets[3][..], &sets[2][..1], &sets[1][..1]].concat();
        assert_eq!(kept_kids(&kept), left);
        let again = Kept::parse(&kept.to_secret().to_string()).unwrap();
        assert_eq!(kept_kids(&again), left);
        assert_eq!(again.published().unwrap(), kept.published().unwrap());
    }

    #[test]
    fn dropped_keys_are_gone_for_good() {
        let mut kept = empty();
        let sets = published(&mut kept, &[("1", false), ("1", true), ("1", true), ("1", false)]);
        assert_eq!(sets[1], sets[2]);
        assert_eq!(sets[3][..2], sets[2][1..], "going on is a rotation");
        assert!(
            sets[0].iter().all(|old| !sets[3].contains(old) && !kept_kids(&kept).contains(&old.as_str()))
        );
    }

    #[test]
    fn dropping_again_makes_new_keys_again() {
        let sets = published(&mut empty(), &[("1", true), ("1", false), ("1", true)]);
        assert!(sets[2].iter().all(|kid| !sets[0].contains(kid) && !sets[1].contains(kid)));
    }

    #[test]
    fn a_malformed_secret_is_an_error() {
        for secret in ["", "[]", "{}", r#"{"keys":[{"kid":"k"}]}"#, r#"{"keys":[],"sets":[{}]}"#] {
            assert!(matches!(Kept::parse(secret), Err(KeysError::Form)), "{secret}");
        }
        let set = r#"{"generation":"1","drop":false,"previous":"a","current":"b","next":"c"}"#;
        let lost = Kept::parse(&format!(r#"{{"keys":[],"sets":[{set}]}}"#)).unwrap();
        assert!(matches!(lost.published(), Err(KeysError::Form)));
    }
}
