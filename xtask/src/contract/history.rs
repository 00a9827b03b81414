//! Former versions of the contract, from git.

use std::path::Path;
use std::process::Command;

use super::{Document, OPENAPI};

/// A committed state of the contract.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The hash of the commit.
    pub hash: String,
    /// The contract in it.
    pub document: Document,
}

/// What git knows of the contract.
#[derive(Debug)]
pub struct History {
    /// The commit that last changed `info.version`.
    pub current: Commit,
    /// The last commit with the version before that, if there is one.
    pub former: Option<Commit>,
    /// Whether git has only the newest commits, so that the two above may be missing or too new.
    pub is_shallow: bool,
}

impl History {
    /// Reads the history of the repository at `root`. None if there is no repository, or no commit has the contract.
    ///
    /// # Errors
    /// If git fails, or the contract of a commit cannot be read.
    pub fn read(root: &Path) -> Result<Option<Self>, String> {
        if !root.join(".git").exists() {
            return Ok(None);
        }
        let commits = git(root, &["log", "--format=%H", "--", OPENAPI])?;
        let mut states = commits.lines().filter_map(|hash| state(root, hash).transpose());
        let Some(mut current) = states.next().transpose()? else { return Ok(None) };
        let mut former = None;
        for commit in states {
            let commit = commit?;
            if commit.document.version() != current.document.version() {
                former = Some(commit);
                break;
            }
            current = commit;
        }
        let is_shallow = git(root, &["rev-parse", "--is-shallow-repository"])?.trim() == "true";
        Ok(Some(Self { current, former, is_shallow }))
    }
}

/// The contract in a commit; none if the commit removes it.
fn state(root: &Path, hash: &str) -> Result<Option<Commit>, String> {
    if git(root, &["ls-tree", "--name-only", hash, "--", OPENAPI])?.is_empty() {
        return Ok(None);
    }
    let text = git(root, &["show", &format!("{hash}:{OPENAPI}")])?;
    let document = Document::parse(&text).map_err(|what| format!("{OPENAPI} in commit {hash}: {what}"))?;
    Ok(Some(Commit { hash: hash.to_owned(), document }))
}

fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output();
    let output = output.map_err(|error| format!("git cannot be started: {error}"))?;
    if !output.status.success() {
        return Err(format!("git {}: {}", arguments[0], String::from_utf8_lossy(&output.stderr).trim()));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("git {}: {error}", arguments[0]))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    /// A repository in a temporary folder.
    struct Repository(PathBuf);

    impl Repository {
        fn new(name: &str) -> Self {
            let root = std::env::temp_dir().join(format!("satchel-history-{name}-{}", std::process::id()));
            fs::create_dir_all(&root).unwrap();
            git(&root, &["init", "--quiet"]).unwrap();
            Self(root)
        }

        fn commit(&self, version: &str, title: &str) {
            fs::write(self.0.join(OPENAPI), format!("info: {{version: {version}, title: {title}}}\n"))
                .unwrap();
            git(&self.0, &["add", "."]).unwrap();
            let identity =
                ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];
            git(&self.0, &[&identity[..], &["commit", "--quiet", "-m", title]].concat()).unwrap();
        }
    }

    impl Drop for Repository {
        fn drop(&mut self) {
            _ = fs::remove_dir_all(&self.0);
        }
    }

    fn title(commit: &Commit) -> &str {
        commit.document.root()["info"]["title"].as_str().unwrap()
    }

    #[test]
    fn the_commit_that_last_changed_the_version_is_found() {
        let repository = Repository::new("versions");
        assert!(History::read(&repository.0).is_err(), "there is no commit at all");
        for (version, title) in
            [("1.0.0", "a"), ("1.0.0", "b"), ("1.1.0", "c"), ("1.1.0", "d"), ("1.1.0", "e")]
        {
            repository.commit(version, title);
        }
        let history = History::read(&repository.0).unwrap().unwrap();
        assert_eq!(title(&history.current), "c");
        assert_eq!(history.former.as_ref().map(title), Some("b"));
        assert!(!history.is_shallow);
    }

    #[test]
    fn the_first_version_has_no_former_one() {
        let repository = Repository::new("first");
        repository.commit("1.0.0", "a");
        repository.commit("1.0.0", "b");
        let history = History::read(&repository.0).unwrap().unwrap();
        assert_eq!((title(&history.current), history.former.is_none()), ("a", true));
    }
}
