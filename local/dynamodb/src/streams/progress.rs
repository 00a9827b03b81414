//! What of a stream is done with, while several batches are under way and end in any order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::positions::Positions;

/// How far one follower is with its stream. Sequence numbers all have one length, so that they sort as texts.
pub(super) struct Progress {
    /// Under which it is kept.
    name: String,
    positions: Arc<Positions>,
    state: Mutex<State>,
    /// The last count of the bell whose writes are done with.
    done: watch::Sender<u64>,
}

#[derive(Default)]
struct State {
    /// Everything up to here is done with.
    position: String,
    /// Records behind `position`.
    behind: BTreeMap<String, Fate>,
    /// Counts of the bell, each with the last record that there was when it was heard.
    heard: VecDeque<(String, u64)>,
    /// What is kept of this.
    kept: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    UnderWay,
    /// A filter does not let it through, and would not after a restart.
    LeftOut,
    Delivered,
}

impl Progress {
    /// Goes on from what `positions` has under `name`, with the sender of bell counts that are done with; also
    /// the records behind that position which an earlier run has delivered.
    pub(super) fn open(
        name: String,
        positions: Arc<Positions>,
        done: watch::Sender<u64>,
    ) -> (Self, BTreeSet<String>) {
        let kept = positions.get(&name).unwrap_or_default();
        let mut numbers = kept.split(' ').map(str::to_owned);
        let position = numbers.next().unwrap_or_default();
        let delivered = numbers.collect();
        let state = Mutex::new(State { position, kept, ..State::default() });
        (Self { name, positions, state, done }, delivered)
    }

    /// Where reading starts: after this record, or at the stream's beginning.
    pub(super) fn position(&self) -> Option<String> {
        Some(self.state().position.clone()).filter(|position| !position.is_empty())
    }

    /// A record was read and goes to the function.
    pub(super) fn begin(&self, number: &str) {
        self.state().behind.insert(number.to_owned(), Fate::UnderWay);
    }

    /// A record was read that the function does not get.
    pub(super) fn leave_out(&self, number: &str) {
        self.state().behind.insert(number.to_owned(), Fate::LeftOut);
    }

    /// A record was read that an earlier run has delivered.
    pub(super) fn recall(&self, number: &str) {
        self.state().behind.insert(number.to_owned(), Fate::Delivered);
    }

    /// Everything up to `last` was read, which is all that there was when the bell had rung `count` times.
    pub(super) fn hear(&self, last: Option<&str>, count: u64) {
        let last = last.unwrap_or_default().to_owned();
        self.state().heard.push_back((last, count));
        self.advance();
    }

    /// The function is done with these records, or they were given up.
    pub(super) fn delivered<'a>(&self, numbers: impl Iterator<Item = &'a str>) {
        let mut state = self.state();
        for number in numbers {
            state.behind.insert(number.to_owned(), Fate::Delivered);
        }
        drop(state);
        self.advance();
    }

    fn advance(&self) {
        let mut state = self.state();
        while let Some(first) = state.behind.first_entry().filter(|first| *first.get() != Fate::UnderWay) {
            state.position = first.remove_entry().0;
        }
        if let Err(error) = self.keep(&mut state) {
            tracing::warn!(stream = self.name, %error, "the position is not kept: a restart repeats records");
        }
        let oldest = state.behind.keys().next().cloned();
        while let Some((_, count)) =
            state.heard.pop_front_if(|(last, _)| oldest.as_ref().is_none_or(|oldest| oldest > last))
        {
            self.done.send_replace(count);
        }
    }

    /// Keeps the position and, while something before them is not done with, the records delivered behind it.
    fn keep(&self, state: &mut State) -> io::Result<()> {
        let mut text = state.position.clone();
        for (number, _) in state.behind.iter().filter(|(_, fate)| **fate == Fate::Delivered) {
            text.push(' ');
            text.push_str(number);
        }
        if text != state.kept {
            self.positions.set(&self.name, &text)?;
            state.kept = text;
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
    fn what_was_delivered_behind_a_record_under_way_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let (progress, delivered, _) = opened(folder.path());
        assert_eq!((progress.position(), delivered.len()), (None, 0));
        for number in ["1", "2", "3", "5"] {
            progress.begin(number);
        }
        progress.leave_out("4");
        progress.delivered(["1", "3", "5"].into_iter());
        let (progress, delivered, _) = opened(folder.path());
        assert_eq!(progress.position().as_deref(), Some("1"));
        assert_eq!(delivered, ["3", "5"].map(str::to_owned).into());
        progress.begin("2");
        for number in &delivered {
            progress.recall(number);
        }
        progress.leave_out("4");
        progress.delivered(["2"].into_iter());
        let (progress, delivered, _) = opened(folder.path());
        assert_eq!((progress.position().as_deref(), delivered.len()), (Some("5"), 0));
    }

    #[test]
    fn a_write_is_done_with_when_everything_up_to_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (progress, _, is_done) = opened(folder.path());
        progress.hear(None, 1);
        assert_eq!(*is_done.borrow(), 1);
        progress.begin("1");
        progress.begin("2");
        progress.hear(Some("2"), 2);
        progress.begin("3");
        progress.hear(Some("3"), 3);
        progress.delivered(["2"].into_iter());
        assert_eq!(*is_done.borrow(), 1);
        progress.delivered(["1"].into_iter());
        assert_eq!(*is_done.borrow(), 2);
        progress.delivered(["3"].into_iter());
        assert_eq!(*is_done.borrow(), 3);
    }
}
