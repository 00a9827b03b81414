//! The sender of a request, before the account is known.

use std::net::{IpAddr, Ipv6Addr};

use crate::secret::Secret;

/// The client that sends a request, and the URL under which it sees Satchel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The client's IP address.
    pub ip: IpAddr,
    /// The beginning of Satchel's own links: `https://files.example.com`, without a trailing slash.
    pub base_url: String,
}

impl Viewer {
    /// The address that counts as one client for rate limits: an IPv4 address, or the /64 of an IPv6 address.
    #[must_use]
    pub fn client(&self) -> String {
        match self.ip.to_canonical() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("{}/64", Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        }
    }
}

/// The program that signs in, and the viewer who uses it.
#[derive(Debug, Clone)]
pub struct Client {
    pub viewer: Viewer,
    pub user_agent: Option<String>,
}

/// An access token as it was presented; it has not been verified.
#[derive(Debug)]
pub struct Bearer(pub Secret);

/// The idempotency key of a request, and a text that identifies the request.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    pub key: String,
    /// The method, the path and a hash of the body.
    pub text: String,
}
