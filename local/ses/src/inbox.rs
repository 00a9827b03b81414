//! The inbox, which stores all sent mail in the data folder.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use local_common::DataDir;

/// A mail. This is also the JSON form for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The addresses of all recipients, without display names.
    pub to: Vec<String>,
    /// The sender as written in the request, with a display name if there is one.
    pub from: String,
    pub subject: String,
    /// The plain text part; empty if there is none.
    pub text: String,
    /// The HTML part; empty if there is none.
    pub html: String,
    pub received_at: Timestamp,
}

/// The inbox cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot keep mail in {file}: {source}")]
pub struct InboxError {
    file: String,
    source: io::Error,
}

/// All mail, oldest first. Clones share it.
#[derive(Clone)]
pub struct Inbox {
    state: Arc<Mutex<State>>,
}

struct State {
    mails: Vec<Mail>,
    /// A file with one JSON object per line, to which mails are appended.
    file: File,
}

impl Inbox {
    /// Opens the inbox of the data folder.
    ///
    /// # Errors
    /// If its file cannot be read or written.
    pub fn open(data: &DataDir) -> Result<Self, InboxError> {
        let path = data.file("mail.jsonl");
        let failed = |source| InboxError { file: path.display().to_string(), source };
        let file = File::options().create(true).append(true).read(true).open(&path).map_err(failed)?;
        let mut mails = Vec::new();
        for line in BufReader::new(&file).lines() {
            // A killed stack may have left an incomplete line, which is skipped.
            if let Ok(mail) = serde_json::from_str(&line.map_err(failed)?) {
                mails.push(mail);
            }
        }
        Ok(Self { state: Arc::new(Mutex::new(State { mails, file })) })
    }

    /// Every mail, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Mail> {
        self.state().mails.clone()
    }

    /// The mails to `address`, oldest first. The case of letters is ignored.
    #[must_use]
    pub fn to(&self, address: &str) -> Vec<Mail> {
        let is_to = |mail: &&Mail| mail.to.iter().any(|to| to.eq_ignore_ascii_case(address));
        self.state().mails.iter().filter(is_to).cloned().collect()
    }

    /// The mail at `index`, counted from the oldest.
    pub(super) fn get(&self, index: usize) -> Option<Mail> {
        self.state().mails.get(index).cloned()
    }

    /// Stores a mail.
    pub(super) fn receive(&self, mail: Mail) -> io::Result<()> {
        let mut line = serde_json::to_vec(&mail)?;
        // The line also begins with a line break, in case a killed stack has left an incomplete line.
        line.insert(0, b'\n');
        line.push(b'\n');
        let mut state = self.state();
        state.file.write_all(&line)?;
        state.mails.push(mail);
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str, subject: &str) -> Mail {
        Mail {
            to: vec![to.to_owned()],
            from: "no-reply@example.org".to_owned(),
            subject: subject.to_owned(),
            text: "a\nb".to_owned(),
            html: String::new(),
            received_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn mail_is_found_by_address_in_any_case_oldest_first() {
        let inbox = Inbox::open(&DataDir::ephemeral().unwrap()).unwrap();
        inbox.receive(mail("Ada@example.org", "first")).unwrap();
        inbox.receive(mail("eve@example.org", "other")).unwrap();
        inbox.receive(mail("ada@example.org", "second")).unwrap();
        let subjects: Vec<String> =
            inbox.to("ADA@EXAMPLE.ORG").into_iter().map(|mail| mail.subject).collect();
        assert_eq!(subjects, ["first", "second"]);
        assert_eq!(inbox.all().len(), 3);
    }

    #[test]
    fn mail_survives_a_restart_even_after_an_incomplete_line() {
        let data = DataDir::ephemeral().unwrap();
        Inbox::open(&data).unwrap().receive(mail("ada@example.org", "first")).unwrap();
        let mut file = File::options().append(true).open(data.file("mail.jsonl")).unwrap();
        file.write_all(br#"{"to":["ada"#).unwrap();
        Inbox::open(&data).unwrap().receive(mail("ada@example.org", "second")).unwrap();
        let kept = Inbox::open(&data).unwrap().all();
        assert_eq!(kept, [mail("ada@example.org", "first"), mail("ada@example.org", "second")]);
    }

    #[test]
    fn the_json_form_has_the_documented_fields() {
        let json = serde_json::to_value(mail("ada@example.org", "hello")).unwrap();
        let expected = serde_json::json!({
            "to": ["ada@example.org"],
            "from": "no-reply@example.org",
            "subject": "hello",
            "text": "a\nb",
            "html": "",
            "received_at": "1970-01-01T00:00:00Z",
        });
        assert_eq!(json, expected);
    }
}
