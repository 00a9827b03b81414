//! The ports that people and signed URLs know: the API's, S3's and DynamoDB's.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::AbortHandle;

use super::error::StartError;

/// One listener each, on the loopback interface only.
pub(super) struct Ports {
    pub api: TcpListener,
    pub s3: TcpListener,
    pub dynamodb: TcpListener,
}

impl Ports {
    /// Binds `first` and the two ports after it, or three free ones for 0. They are the same after a restart,
    /// since signed URLs that live on name them.
    ///
    /// # Errors
    /// Every port that is taken, by number.
    pub async fn bind(first: u16) -> Result<Self, StartError> {
        let port = |offset| after(first, offset);
        let (api, s3, dynamodb) = tokio::join!(listen(port(0)), listen(port(1)), listen(port(2)));
        let refused = |offset, role: &str, listener: &io::Result<TcpListener>| {
            listener.as_ref().err().map(|error| refused(port(offset), role, error))
        };
        let busy: Vec<_> =
            [refused(0, "the API", &api), refused(1, "S3", &s3), refused(2, "DynamoDB", &dynamodb)]
                .into_iter()
                .flatten()
                .collect();
        match (api, s3, dynamodb) {
            (Ok(api), Ok(s3), Ok(dynamodb)) => Ok(Self { api, s3, dynamodb }),
            _ => Err(StartError::Ports(busy)),
        }
    }
}

/// A port on which `role` cannot listen, and its role with the reason unless something else listens there.
pub(super) fn refused(port: u16, role: &str, error: &io::Error) -> (u16, String) {
    match error.kind() {
        io::ErrorKind::AddrInUse => (port, role.to_owned()),
        _ => (port, format!("{role}: {error}")),
    }
}

/// The port that is `offset` behind the first one; 0, any free port, if that is 0.
pub(super) fn after(first: u16, offset: u16) -> u16 {
    if first == 0 { 0 } else { first.saturating_add(offset) }
}

/// Listens on a loopback port; 0 picks a free one.
pub(super) async fn listen(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await
}

/// The base URL of what listens there.
pub(super) fn url(listener: &TcpListener) -> io::Result<String> {
    Ok(format!("http://{}", listener.local_addr()?))
}

/// Serves `router` until the handle is aborted.
pub(super) fn serve(listener: TcpListener, router: Router) -> AbortHandle {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    // Serving ends only by being aborted.
    tokio::spawn(async move { _ = axum::serve(listener, service).await }).abort_handle()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_busy_port_is_named() {
        let taken = listen(0).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let Err(error) = Ports::bind(port - 1).await else { panic!("the port is taken") };
        assert!(error.to_string().contains(&format!("port {port} (S3) is already in use")), "{error}");
    }
}
