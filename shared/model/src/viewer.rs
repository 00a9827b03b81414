//! Who sends a request, before anybody knows which account it is.

use std::net::{IpAddr, Ipv6Addr};

use crate::secret::Secret;

/// Who is asking, and under which address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The caller's address.
    pub ip: IpAddr,
    /// The beginning of Satchel's own links: `https://files.example.com`, without a slash at the end.
    pub base_url: String,
}

impl Viewer {
    /// What counts as one client: an IPv4 address, or the /64 of an IPv6 address.
    #[must_use]
    pub fn client(&self) -> String {
        match self.ip.to_canonical() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("{}/64", Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64)),
        }
    }
}

/// The program that signs in, and who uses it.
#[derive(Debug, Clone)]
pub struct Client {
    pub viewer: Viewer,
    pub user_agent: Option<String>,
}

/// An access token as it was presented, not verified.
#[derive(Debug)]
pub struct Bearer(pub Secret);

/// A request that a client may repeat: its idempotency key, and what tells it from other requests.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    pub key: String,
    /// Method, path and hash of the body.
    pub text: String,
}
