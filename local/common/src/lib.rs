//! What all parts of the local stack share: the clock, the data folder, the stack's identity and its access keys.
//!
//! # What it emulates
//!
//! Access keys that belong to one process of one function, as the temporary credentials of a Lambda role do
//! ([`Credentials`]). Each key's secret is derived from the data folder's own secret, so that a presigned URL outlives
//! the process that signed it and a restart of the stack.
//!
//! # What it leaves out
//!
//! Session tokens, expiry of credentials, and accounts other than [`ACCOUNT`].
//!
//! # How it was checked
//!
//! The form of the `Authorization` header is that of "Authenticating Requests: Using the Authorization Header (AWS
//! Signature Version 4)", <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html>.
//! The tests of `local-s3` sign with the AWS SDK.
//!
//! Start reading in [`DataDir`], which every part gets, and [`Signer`], which every call to a service carries.

pub mod clock;
mod credentials;
mod data_dir;
mod identity;
pub mod private_file;

pub use credentials::{Credentials, Signer};
pub use data_dir::{DataDir, DataDirError};
pub use identity::{ACCOUNT, StackIdentity};
