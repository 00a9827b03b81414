//! Runs the unit tests of the build script, which cargo does not run by itself.

#[allow(dead_code, reason = "only the build script calls all of it")]
mod render;
