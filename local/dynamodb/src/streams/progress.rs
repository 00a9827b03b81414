//! Tracks the delivered records of a stream. Parallel batches can end in any order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::positions::Positions;

/// The progress of one follower. All sequence numbers have the same length, so they sort as texts.
pub(super) struct Progress {
    /// The name under which the position is stored.
    name: String,
    positions: Arc<Positions>,
    state: Mutex<State>,
    /// The count of writes up to which all records were delivered.
    done: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    /// Every record up to this sequence number was delivered or filtered out.
    position: String,
    /// The records after `position` that were read.
    later: BTreeMap<String, RecordState>,
    /// Counts of writes, each with the last record of the stream at that time.
    caught_up: VecDeque<(String, u64)>,
    /// The position as last stored.
    stored: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RecordState {
    InProgress,
    /// Filtered out. This is not stored, because the filter does the same after a restart.
    FilteredOut,
    Delivered,
}

impl Progress {
    /// Reads the position of `name`. Also returns the records that an earlier run has delivered although they come
    /// after that position. `done` gets the count of writes up to which all records were delivered.
    pub(super) fn open(
        name: String,
        positions: Arc<Positions>,
        done: watch::Sender<u64>,
    ) -> (Self, BTreeSet<String>) {
        let stored = positions.get(&name).unwrap_or_default();
        let mut numbers = stored.split(' ').map(str::to_owned);
        let position = numbers.next().unwrap_or_default();
        let delivered = numbers.collect();
        let state = Mutex::new(State { position, stored, ..State::default() });
        (Self { name, positions, state, done }, delivered)
    }

    /// The record after which reading starts, or `None` for the beginning of the stream.
    pub(super) fn position(&self) -> Option<String> {
        Some(self.state().position.clone()).filter(|position| !position.is_empty())
    }

    /// Notes a record that is about to be delivered.
    pub(super) fn begin(&self, number: &str) {
        self.state().later.insert(number.to_owned(), RecordState::InProgress);
    }

    /// Notes a record that was filtered out.
    pub(super) fn filtered_out(&self, number: &str) {
        self.state().later.insert(number.to_owned(), RecordState::FilteredOut);
    }

    /// Notes a record that an earlier run has delivered.
    pub(super) fn already_delivered(&self, number: &str) {
        self.state().later.insert(number.to_owned(), RecordState::Delivered);
    }

    /// Notes that the follower has read the whole stream: up to `last`, when there had been `count` writes.
    pub(super) fn caught_up(&self, last: Option<&str>, count: u64) {
        let last = last.unwrap_or_default().to_owned();
        self.state().caught_up.push_back((last, count));
        self.advance();
    }

    /// Notes records that were delivered or given up.
    pub(super) fn delivered<'a>(&self, numbers: impl Iterator<Item = &'a str>) {
        let mut state = self.state();
        for number in numbers {
            state.later.insert(number.to_owned(), RecordState::Delivered);
        }
        drop(state);
        self.advance();
    }

    fn advance(&self) {
        let mut state = self.state();
        while let Some(first) =
            state.later.first_entry().filter(|first| *first.get() != RecordState::InProgress)
        {
            state.position = first.remove_entry().0;
        }
        if let Err(error) = self.store(&mut state) {
            tracing::warn!(stream = self.name, %error, "cannot store the position, so a restart will repeat records");
        }
        let oldest = state.later.keys().next().cloned();
        while let Some((_, count)) =
            state.caught_up.pop_front_if(|(last, _)| oldest.as_ref().is_none_or(|oldest| oldest > last))
        {
            self.done.send_replace(count);
        }
    }

    /// Stores the position, followed by the delivered records after it.
    fn store(&self, state: &mut State) -> io::Result<()> {
        let mut text = state.position.clone();
        for (number, _) in state.later.iter().filter(|(_, state)| **state == RecordState::Delivered) {
            text.push(' ');
            text.push_str(number);
        }
        if text != state.stored {
            self.positions.set(&self.name, &text)?;
            state.stored = text;
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(folder: &std::path::Path) -> (Progress, BTreeSet<String>, watch::Receiver<u64>) {
        let positions = Arc::new(Positions::open(folder.join("streams.json")).unwrap());
        let (done, is_done) = watch::channel(0);
        let (progress, delivered) = Progress::open("mail/table".to_owned(), positions, done);
        (progress, delivered, is_done)
    }

    #[test]
    fn records_that_were_delivered_before_an_earlier_one_are_stored() {
        let folder = tempfile::tempdir().unwrap();
        let (progress, delivered, _) = opened(folder.path());
        assert_eq!((progress.position(), delivered.len()), (None, 0));
        for number in ["1", "2", "3", "5"] {
            progress.begin(number);
        }
        progress.filtered_out("4");
        progress.delivered(["1", "3", "5"].into_iter());
        let (progress, delivered, _) = opened(folder.path());
        assert_eq!(progress.position().as_deref(), Some("1"));
        assert_eq!(delivered, ["3", "5"].map(str::to_owned).into());
        progress.begin("2");
        for number in &delivered {
            progress.already_delivered(number);
        }
        progress.filtered_out("4");
        progress.delivered(["2"].into_iter());
        let (progress, delivered, _) = opened(folder.path());
        assert_eq!((progress.position().as_deref(), delivered.len()), (Some("5"), 0));
    }

    #[test]
    fn a_write_is_done_when_all_records_up_to_it_are_delivered() {
        let folder = tempfile::tempdir().unwrap();
        let (progress, _, is_done) = opened(folder.path());
        progress.caught_up(None, 1);
        assert_eq!(*is_done.borrow(), 1);
        progress.begin("1");
        progress.begin("2");
        progress.caught_up(Some("2"), 2);
        progress.begin("3");
        progress.caught_up(Some("3"), 3);
        progress.delivered(["2"].into_iter());
        assert_eq!(*is_done.borrow(), 1);
        progress.delivered(["1"].into_iter());
        assert_eq!(*is_done.borrow(), 2);
        progress.delivered(["3"].into_iter());
        assert_eq!(*is_done.borrow(), 3);
    }
}
