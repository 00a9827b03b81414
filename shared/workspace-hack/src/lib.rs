//! No code: the dependencies of this crate keep features the same whichever package is built.
