//! The base of the local stack: the clock, the data folder, the stack's identity and its access keys.
//!
//! # What it emulates
//!
//! The temporary credentials of a Lambda role: an access key belongs to one process of one function ([`Credentials`]).
//!
//! # What it leaves out
//!
//! Session tokens, expiry of credentials, and accounts other than [`ACCOUNT`].
//!
//! # How it was checked
//!
//! The `Authorization` header follows "Authenticating Requests: Using the Authorization Header (AWS Signature Version
//! 4)", <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html>. The tests of
//! `local-s3` sign with the AWS SDK.
//!
//! Start reading in [`DataDir`], where the emulators keep their data, and [`Signer`], which identifies the caller of a
//! service.

pub mod clock;
mod credentials;
mod data_dir;
mod identity;
pub mod private_file;

pub use credentials::{Credentials, Signer};
pub use data_dir::{DataDir, DataDirError};
pub use identity::{ACCOUNT, StackIdentity};
