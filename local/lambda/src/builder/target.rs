//! Where cargo puts binaries, and how it is asked to put others beside them.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

/// Where cargo put a program: `<folder>/[<triple>/]<profile folder>/[deps/]program`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub folder: PathBuf,
    pub triple: Option<String>,
    pub profile_folder: String,
}

impl Target {
    pub fn of(program: &Path) -> Option<Self> {
        let mut profile = program.parent()?;
        if matches!(profile.file_name()?.to_str()?, "deps" | "examples") {
            profile = profile.parent()?;
        }
        let parent = profile.parent()?;
        let name = parent.file_name()?.to_str()?;
        let is_triple = name.contains("-linux-") || name.contains("-apple-");
        let (folder, triple) =
            if is_triple { (parent.parent()?, Some(name.to_owned())) } else { (parent, None) };
        let profile_folder = profile.file_name()?.to_str()?.to_owned();
        Some(Self { folder: folder.to_owned(), triple, profile_folder })
    }

    pub fn binaries(&self) -> PathBuf {
        let mut folder = self.folder.clone();
        folder.extend(&self.triple);
        folder.join(&self.profile_folder)
    }

    /// The arguments of `cargo`: all binaries, or those called `only`. The whole workspace is selected in both cases, so
    /// that features are those of every other build of it.
    pub fn arguments(&self, only: Option<&BTreeSet<String>>) -> Vec<OsString> {
        let profile = if self.profile_folder == "debug" { "dev" } else { &self.profile_folder };
        let in_colour = std::io::stderr().is_terminal();
        let messages = if in_colour { "json-diagnostic-rendered-ansi" } else { "json" };
        let mut arguments: Vec<OsString> =
            ["build", "--locked", "--workspace", "--message-format", messages].map(OsString::from).into();
        match only {
            Some(names) => arguments.extend(names.iter().flat_map(|name| ["--bin".into(), name.into()])),
            None => arguments.push("--bins".into()),
        }
        arguments.extend(["--profile".into(), profile.into()]);
        arguments.extend(["--target-dir".into(), self.folder.clone().into()]);
        if let Some(triple) = &self.triple {
            arguments.extend(["--target".into(), triple.into()]);
        }
        arguments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(program: &str) -> Target {
        Target::of(Path::new(program)).unwrap()
    }

    #[test]
    fn binaries_are_beside_the_program_or_above_the_test() {
        assert_eq!(target("/w/target/debug/local").binaries(), Path::new("/w/target/debug"));
        assert_eq!(target("/w/target/debug/deps/api-0af1").binaries(), Path::new("/w/target/debug"));
        let cross = target("/w/target/aarch64-unknown-linux-gnu/release/deps/api-0af1");
        assert_eq!(cross.folder, Path::new("/w/target"));
        assert_eq!(cross.binaries(), Path::new("/w/target/aarch64-unknown-linux-gnu/release"));
    }

    #[test]
    fn the_profile_is_the_programs_own() {
        let profile = |program| {
            let arguments = target(program).arguments(None);
            let at = arguments.iter().position(|argument| argument == "--profile").unwrap();
            arguments[at + 1].clone()
        };
        assert_eq!(profile("/w/target/debug/local"), "dev");
        assert_eq!(profile("/w/target/release/local"), "release");
        assert_eq!(profile("/w/target/quick/deps/api-1"), "quick");
    }
}
