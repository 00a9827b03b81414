//! The tasks of this repository: `cargo xtask check` and `cargo xtask new-function`.
//!
//! `check` reads the files of the repository into [`sources::Sources`] and compares them with the rules in [`check`], one
//! module for each rule. [`settings`] starts the binaries of functions. [`new_function`] writes an endpoint that keeps
//! every rule. Start reading in [`check::all`].

pub mod check;
pub mod contract;
#[cfg(test)]
mod fixture;
pub mod layers;
pub mod manifest;
pub mod names;
pub mod new_function;
pub mod problem;
pub mod settings;
pub mod sources;
pub mod template;
pub mod yaml;
