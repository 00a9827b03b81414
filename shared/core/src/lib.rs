//! What every function of Satchel shares: the model, HTTP, tokens, configuration and telemetry.
//!
//! Nothing here knows an AWS service; the crates `store`, `objects` and `mail` do.

pub mod announce;
pub mod auth;
pub mod clock;
pub mod config;
pub mod http;
pub mod model;
pub mod random;
pub mod secret;
pub mod telemetry;
pub mod tier_settings;
