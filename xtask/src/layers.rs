//! The layers of the shared crates, as data.

/// The crates of `shared/`, lowest layer first. A crate may depend only on crates in lower layers.
pub const LAYERS: [&[&str]; 7] = [
    &["model", "reference"],
    &["api", "web"],
    &["runtime"],
    &["table", "objects", "mail", "images", "http"],
    &["guard"],
    &["auth", "files", "resources"],
    &["accounts", "links"],
];

/// Only functions use it, although it is in a low layer: nothing below the functions knows HTTP.
pub const HTTP: &str = "http";

/// Crates of `shared/` in no layer: any crate may use the first, and any crate may use the second in its tests.
pub const WORKSPACE_HACK: &str = "workspace-hack";
/// What unit tests share. It may use all other crates, so a crate that it uses cannot use it.
pub const TESTING: &str = "testing";

/// Crates without AWS types: the domain, the JSON that it is shown as, the reference of the API, and the web app.
pub const NO_AWS: [&str; 4] = ["model", "api", "reference", "web"];

/// The number of the layer of a crate, counted from the lowest.
#[must_use]
pub fn layer_of(name: &str) -> Option<usize> {
    LAYERS.iter().position(|layer| layer.contains(&name))
}

/// Whether a crate of `shared/` may use `http` and its terms.
#[must_use]
pub fn knows_http(name: &str) -> bool {
    [HTTP, TESTING].contains(&name)
}

/// The names of the layers for people, highest first: `accounts, links > auth, files, resources > ...`.
#[must_use]
pub fn order() -> String {
    LAYERS.iter().rev().map(|layer| layer.join(", ")).collect::<Vec<_>>().join(" > ")
}
