//! Where the stack listens for containers, and what they call that place.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

use tokio::net::TcpListener;

/// The file in which Linux lists its routes.
const ROUTES: &str = "/proc/net/route";
/// The interface of Docker's default network.
const BRIDGE: &str = "docker0";
/// What Docker Desktop calls the machine in its containers; it leads to the loopback interface.
const DESKTOP: &str = "host.docker.internal";

/// Where containers reach the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Containers {
    /// At the address of Docker's bridge, or, where there is none, as Docker Desktop provides it.
    Docker,
    /// At this address of the machine.
    At(IpAddr),
}

/// The listener for containers, and its base URL.
pub(in crate::stack) struct Door {
    pub listener: TcpListener,
    pub url: String,
}

impl Containers {
    /// Reads the value of `--sam`.
    ///
    /// # Errors
    /// If it is neither `docker` nor an IP address.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "docker" => Ok(Self::Docker),
            _ => name.parse().map(Self::At).map_err(|_| "expected an IP address of this machine".to_owned()),
        }
    }

    /// Listens on `port`, or on a free one for 0.
    ///
    /// # Errors
    /// If the address is not one of this machine, or the port is in use.
    pub(in crate::stack) async fn listen(self, port: u16) -> io::Result<Door> {
        let (address, name) = match self {
            Self::At(address) => (address, None),
            Self::Docker => match bridge() {
                Some(address) => (address.into(), None),
                None => (Ipv4Addr::LOCALHOST.into(), Some(DESKTOP)),
            },
        };
        let listener = TcpListener::bind((address, port)).await?;
        let bound = listener.local_addr()?;
        let url = match name {
            Some(name) => format!("http://{name}:{}", bound.port()),
            None => format!("http://{bound}"),
        };
        Ok(Door { listener, url })
    }
}

/// The machine's own address on Docker's bridge, if it has one.
fn bridge() -> Option<Ipv4Addr> {
    let network = network(&fs::read_to_string(ROUTES).ok()?, BRIDGE)?;
    // The address from which the machine would send something to that network. Nothing is sent.
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    let neighbour = Ipv4Addr::from(u32::from(network).saturating_add(2));
    socket.connect((neighbour, 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(_) => None,
    }
}

/// The network behind `interface`, from the text of [`ROUTES`]: columns with the interface and, in hexadecimal and in the
/// byte order of the machine, the destination.
fn network(routes: &str, interface: &str) -> Option<Ipv4Addr> {
    let lines = routes.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    let destinations = lines.filter(|columns| columns.first() == Some(&interface));
    let mut networks = destinations.filter_map(|columns| u32::from_str_radix(columns.get(1)?, 16).ok());
    networks.find(|network| *network != 0).map(|network| Ipv4Addr::from(network.to_ne_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn the_network_of_dockers_bridge_is_read_from_the_routes_of_linux() {
        // `cat /proc/net/route` on a machine with Docker.
        let routes = "\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
";
        assert_eq!(network(routes, "docker0"), Some(Ipv4Addr::new(172, 17, 0, 0)));
        assert_eq!(network(routes, "podman0"), None);
        assert_eq!(network("", "docker0"), None);
    }

    #[tokio::test]
    async fn an_address_of_the_machine_is_its_own_name() {
        let door = Containers::At(Ipv4Addr::LOCALHOST.into()).listen(0).await.unwrap();
        assert_eq!(door.url, format!("http://{}", door.listener.local_addr().unwrap()));
        assert!(door.listener.local_addr().unwrap().ip().is_loopback());
    }
}
