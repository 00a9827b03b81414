//! `local.json`: where a running stack is, for programs that wait for it.

use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::json;

use local_common::DataDir;

/// Where everything listens.
#[derive(Debug, Clone)]
pub(super) struct Urls {
    pub api: String,
    pub s3: String,
    pub dynamodb: String,
    /// Everything, for containers.
    pub containers: Option<String>,
}

impl Urls {
    /// The page of mails.
    pub fn mail_page(&self) -> String {
        format!("{}/_local/mail", self.api)
    }
}

/// The file, which is there exactly while the stack is ready. Dropping it removes it.
#[derive(Debug)]
pub(super) struct ReadyFile {
    path: PathBuf,
}

impl ReadyFile {
    /// Removes what a killed stack left behind, so that nobody takes it for this one.
    pub fn absent(data: &DataDir) -> Self {
        let ready = Self { path: data.file("local.json") };
        ready.remove();
        ready
    }

    /// Says that the stack is ready. Readers see the whole file or none.
    pub fn write(&self, urls: &Urls) -> io::Result<()> {
        let Urls { api, s3, dynamodb, containers } = urls;
        let mail = urls.mail_page();
        let mut text =
            json!({"api": api, "mail": mail, "s3": s3, "dynamodb": dynamodb, "pid": std::process::id()});
        if let Some(url) = containers {
            text["containers"] = json!(url);
        }
        let unfinished = self.path.with_extension("json.new");
        fs::write(&unfinished, format!("{text:#}\n"))?;
        fs::rename(unfinished, &self.path)
    }

    fn remove(&self) {
        // Usually it is not there.
        _ = fs::remove_file(&self.path);
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        self.remove();
    }
}
