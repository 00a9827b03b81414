//! What `--sam` adds: containers reach the stack, and a file tells `sam local` what functions in containers need.
//!
//! All services are behind one URL, because one variable of the template, `AWS_ENDPOINT_URL`, is enough for that. The URL
//! also leads there from the host, so that a URL which a function in a container has signed works for the person who
//! called it.

mod address;
mod entrance;
mod environments;
#[cfg(test)]
mod tests;

pub use address::Containers;
pub(super) use address::Door;
pub(super) use entrance::router;
pub(super) use environments::Environments;
