//! A server that waits for one request, as CloudFormation waits for the result of a custom resource.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// A server on loopback for one request.
pub struct CallbackServer {
    listener: TcpListener,
}

/// The request that the server received.
pub struct Received {
    /// The request line, such as `put /path http/1.1`, and the headers, all in lower case.
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

impl CallbackServer {
    pub async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.expect("a free port") }
    }

    pub fn url(&self) -> String {
        format!("http://{}/answer?signed=yes", self.listener.local_addr().expect("an address"))
    }

    /// Waits for the request, and answers it with 200.
    pub async fn received(self) -> Received {
        let (connection, _) = self.listener.accept().await.expect("a client connects");
        let mut connection = BufReader::new(connection);
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            connection.read_line(&mut line).await.expect("a line");
            if line.trim().is_empty() {
                break;
            }
            head.push(line.trim_end().to_lowercase());
        }
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        let mut body = vec![0; length.expect("a length: S3 takes no chunks")];
        connection.read_exact(&mut body).await.expect("a whole body");
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        connection.write_all(answer).await.expect("the connection is open");
        Received { head, body }
    }
}
