//! Figures that AWS's services would publish in CloudWatch.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many figures are kept; the oldest go first.
const KEPT: usize = 100_000;

/// One figure, such as the age of a stream's records when a function got them.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// CloudWatch's namespace, such as `AWS/Lambda`.
    pub namespace: String,
    /// CloudWatch's name of the metric.
    pub name: String,
    pub dimensions: BTreeMap<String, String>,
    pub value: f64,
}

/// The figures of a stack. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Measures(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    measures: VecDeque<Measure>,
    /// Figures that were dropped before the first of `measures`.
    dropped: usize,
}

impl Measures {
    /// Adds a figure. Tests add what a local stack cannot cause, such as the reputation of a sender.
    pub fn put(&self, namespace: &str, name: &str, dimensions: &[(&str, &str)], value: f64) {
        let dimensions =
            dimensions.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut kept = self.kept();
        if kept.measures.len() == KEPT {
            kept.measures.pop_front();
            kept.dropped += 1;
        }
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        kept.measures.push_back(Measure { namespace, name, dimensions, value });
    }

    /// The kept figures after the first `seen` that were ever added, and how many those are with them.
    #[must_use]
    pub fn after(&self, seen: usize) -> (Vec<Measure>, usize) {
        let kept = self.kept();
        let new = kept.measures.iter().skip(seen.saturating_sub(kept.dropped)).cloned();
        (new.collect(), kept.dropped + kept.measures.len())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
