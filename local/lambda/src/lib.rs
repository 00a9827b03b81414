//! Lambda: builds functions, runs them as processes and invokes them.
//!
//! While a build goes on in the background, an invocation waits for the binary of its function ([`Binaries`]).
//!
//! # What it emulates
//!
//! - The Lambda Runtime API: one port serves every process, each under a path of its own ([`Functions`]).
//! - Execution environments: a process handles one event at a time, more are started as events overlap, and idle ones
//!   stay warm. Environment variables, `Timeout` and `MemorySize` are those of the function; a process that exceeds one of
//!   the two is killed. Each invocation writes Lambda's own lines in JSON, such as `platform.report`.
//! - Synchronous invocations, and asynchronous ones with retries and an on-failure queue ([`Invoker`]). Events that were
//!   accepted survive a stop.
//! - The limits on answers (6 MB) and on initialisation (10 s).
//!
//! # What it leaves out
//!
//! - Any isolation: a function sees the machine's files and network. `MemorySize` gives no share of a processor.
//! - Runtimes other than an executable that speaks the Runtime API; layers, extensions, versions, aliases, reserved
//!   concurrency (at most 20 processes per function), Lambda's own `Invoke` API and its permissions.
//! - Waits as long as Lambda's: the first retry comes after 200 ms instead of a minute. `MaximumEventAgeInSeconds` is
//!   ignored. Memory is measured on Linux only.
//!
//! # How it was checked
//!
//! Against "Using the Lambda runtime API for custom runtimes",
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>, "Capturing records of Lambda asynchronous
//! invocations", <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html>, and "Lambda quotas",
//! <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>. The tests run processes with AWS's own
//! runtime, the crate `lambda_runtime`.
//!
//! Start reading in `functions/pool.rs`, which has the life of a process, then `invoker/asynchronous.rs`.

mod binaries;
pub mod builder;
mod functions;
mod invoker;
mod logs;
mod outcome;
mod report;

pub use binaries::{Binaries, Building, NotBuilt};
pub use functions::{Endpoints, Functions, Setup};
pub use invoker::Invoker;
pub use logs::Logs;
pub use outcome::{Invocation, Outcome, UnknownFunction};
