//! This crate contains no code: its dependencies keep features the same whichever package is built.
