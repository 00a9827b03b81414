//! Satchel as its callers see it: the real function binaries on the local stack, over HTTP.

mod helpers;

mod health;
