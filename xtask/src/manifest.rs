//! What a `Cargo.toml` says of names and dependencies. Reads the forms that this repository uses, line by line, so that
//! each finding has its line.

use crate::sources::Sources;

/// One crate's `Cargo.toml`.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// The path of the file.
    pub path: String,
    /// The name of the package, and its line.
    pub package: (String, usize),
    /// The names of the binaries that are declared, with their lines.
    pub binaries: Vec<(String, usize)>,
    /// All dependencies.
    pub dependencies: Vec<Dependency>,
    /// Whether the crate is a workspace of its own.
    pub is_workspace: bool,
}

/// One dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The name of the package.
    pub package: String,
    /// Whether only tests use it.
    pub dev: bool,
    /// Where it is.
    pub line: usize,
}

impl Manifest {
    /// The manifest of the crate in `folder`, if there is one.
    #[must_use]
    pub fn of(sources: &Sources, folder: &str) -> Option<Self> {
        let path = format!("{folder}/Cargo.toml");
        let text = sources.get(&path)?;
        Some(Self::parse(path, text))
    }

    /// The manifests of all crates directly below `folder`.
    #[must_use]
    pub fn below(sources: &Sources, folder: &str) -> Vec<Self> {
        let names = sources.folders(folder).into_iter();
        names.filter_map(|name| Self::of(sources, &format!("{folder}/{name}"))).collect()
    }

    /// The folder of the crate, such as `get-file`.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit('/').nth(1).unwrap_or_default()
    }

    fn parse(path: String, text: &str) -> Self {
        let mut manifest = Self { path, ..Self::default() };
        let mut section = String::new();
        for (place, line) in text.lines().map(str::trim).enumerate() {
            let number = place + 1;
            if line.starts_with('[') {
                line.trim_matches(['[', ']']).clone_into(&mut section);
                manifest.is_workspace |= section == "workspace";
                if let Some((kind, name)) = dependency_table(&section) {
                    manifest.add(name, kind, number);
                }
            } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
                manifest.take(&section, key.trim(), value.trim(), number);
            }
        }
        manifest
    }

    fn take(&mut self, section: &str, key: &str, value: &str, line: usize) {
        match (section, key) {
            ("package", "name") => self.package = (quoted(value).to_owned(), line),
            ("bin", "name") => self.binaries.push((quoted(value).to_owned(), line)),
            ("", "bin") => {
                let name = value.split_once("name").map(|(_, rest)| quoted(rest)).unwrap_or_default();
                self.binaries.push((name.to_owned(), line));
            }
            _ => {
                if let Some(kind) = dependencies_of(section) {
                    let renamed = value.split_once("package").map(|(_, rest)| quoted(rest));
                    let name = renamed.unwrap_or_else(|| key.split('.').next().unwrap_or(key));
                    self.add(name, kind, line);
                }
            }
        }
    }

    fn add(&mut self, package: &str, kind: &str, line: usize) {
        let dev = kind == "dev-dependencies";
        self.dependencies.push(Dependency { package: package.to_owned(), dev, line });
    }
}

/// The kind of dependencies that a section lists: the last part of `dependencies` or `target.x.dev-dependencies`.
fn dependencies_of(section: &str) -> Option<&str> {
    let kind = section.rsplit('.').next()?;
    let is_of_workspace = section.starts_with("workspace");
    (["dependencies", "dev-dependencies", "build-dependencies"].contains(&kind) && !is_of_workspace)
        .then_some(kind)
}

/// Kind and name of `[dependencies.name]`.
fn dependency_table(section: &str) -> Option<(&str, &str)> {
    let (head, name) = section.rsplit_once('.')?;
    Some((dependencies_of(head)?, name))
}

/// The first text in quotes.
fn quoted(value: &str) -> &str {
    value.split('"').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependency(package: &str, dev: bool, line: usize) -> Dependency {
        Dependency { package: package.to_owned(), dev, line }
    }

    #[test]
    fn names_and_dependencies_have_their_lines() {
        let text = "bin = [{ name = \"a-b\", test = false }]\n[package]\nname = \"a-b\"\n\n[dependencies]\n\
            # c = \"1\"\nc.workspace = true\nd = { package = \"e\", version = \"1\" }\n\
            [target.x.dev-dependencies]\nf.workspace = true\n[dependencies.g]\nversion = \"1\"\n";
        let manifest = Manifest::parse("functions/a-b/Cargo.toml".into(), text);
        assert_eq!(manifest.folder(), "a-b");
        assert_eq!(manifest.package, ("a-b".to_owned(), 3));
        assert_eq!(manifest.binaries, [("a-b".to_owned(), 1)]);
        let all = [
            dependency("c", false, 7),
            dependency("e", false, 8),
            dependency("f", true, 10),
            dependency("g", false, 11),
        ];
        assert_eq!(manifest.dependencies, all);
        assert!(!manifest.is_workspace);
    }

    #[test]
    fn the_versions_that_a_workspace_names_are_no_dependencies() {
        let text = "[workspace]\n[workspace.dependencies]\na = \"1\"\n";
        let manifest = Manifest::parse("Cargo.toml".into(), text);
        assert!(manifest.is_workspace && manifest.dependencies.is_empty());
    }
}
