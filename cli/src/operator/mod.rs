//! Commands for the operator of a deployment.

pub mod costs;
pub mod deploy;
pub mod import;
pub mod redrive;
pub mod restore;
pub mod rotate;
pub mod smoke;
pub mod staff;
pub mod teardown;
