//! An HTTP proxy for programs such as `curl`, which compares the responses that they receive with the contract.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Client, Method, RequestBuilder};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use super::contract::undocumented;
use super::{Answer, client};

/// Headers of one connection, which are not passed on.
const CONNECTION: [&str; 6] =
    ["connection", "content-length", "expect", "host", "proxy-connection", "transfer-encoding"];

/// A running proxy. It ends with this value.
pub struct ContractProxy {
    address: SocketAddr,
    undocumented: Arc<Mutex<Vec<String>>>,
    _runtime: Runtime,
}

impl ContractProxy {
    pub fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime can be created");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let undocumented = Arc::default();
        runtime.spawn(serve(listener, Arc::clone(&undocumented)));
        Self { address, undocumented, _runtime: runtime }
    }

    /// The value of `http_proxy`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Fails unless the contract documents all responses.
    pub fn assert_documented(&self) {
        let undocumented = self.undocumented.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(undocumented.is_empty(), "{}", undocumented.join("\n"));
    }
}

async fn serve(listener: TcpListener, found: Arc<Mutex<Vec<String>>>) {
    let client = client(None);
    loop {
        let (connection, _) = listener.accept().await.expect("a client connects");
        let (client, found) = (client.clone(), Arc::clone(&found));
        tokio::spawn(async move {
            let problem = pass_on(connection, &client).await;
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(problem);
        });
    }
}

/// Passes one request on and returns its response. Why the response is not documented, if it is not.
async fn pass_on(connection: TcpStream, client: &Client) -> Option<String> {
    let mut connection = BufReader::new(connection);
    let request = read(&mut connection, client).await?.build().expect("a valid request");
    let (method, url) = (request.method().clone(), request.url().clone());
    let answer = Answer::received(client.execute(request).await.expect("the stack answers")).await;
    connection.write_all(&written(&method, &answer)).await.expect("the program waits for its response");
    undocumented(&method, &url, &answer)
}

/// Reads a request to a proxy, whose target is an absolute URL.
async fn read(connection: &mut BufReader<TcpStream>, client: &Client) -> Option<RequestBuilder> {
    let mut line = String::new();
    connection.read_line(&mut line).await.expect("a line");
    let mut words = line.split(' ');
    let method = Method::try_from(words.next()?).ok()?;
    let mut request = client.request(method, words.next()?);
    let (mut length, mut is_chunked) = (0, false);
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).await.expect("a line");
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        let name = name.to_lowercase();
        is_chunked |= name == "transfer-encoding";
        if name == "content-length" {
            length = value.parse().expect("a length");
        } else if name == "expect" {
            connection.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.expect("the program waits");
        }
        if !CONNECTION.contains(&name.as_str()) {
            request = request.header(name, value);
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.expect("a whole body");
    while is_chunked {
        let chunk = read_chunk(connection).await;
        is_chunked = !chunk.is_empty();
        body.extend(chunk);
    }
    Some(if body.is_empty() { request } else { request.body(body) })
}

/// Reads one chunk (RFC 9112, section 7.1). The last one is empty.
async fn read_chunk(connection: &mut BufReader<TcpStream>) -> Vec<u8> {
    let mut line = String::new();
    connection.read_line(&mut line).await.expect("a line");
    let length = usize::from_str_radix(line.trim_end(), 16).expect("a length");
    let mut chunk = vec![0; length + 2];
    connection.read_exact(&mut chunk).await.expect("a whole chunk");
    chunk.truncate(length);
    chunk
}

/// A response on the wire, after which the connection ends.
fn written(method: &Method, answer: &Answer) -> Vec<u8> {
    let mut wire = format!("HTTP/1.1 {} Answer\r\nconnection: close\r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        if !CONNECTION.contains(&name.as_str()) {
            wire.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
        }
    }
    if *method != Method::HEAD {
        wire.extend(format!("content-length: {}\r\n", answer.bytes.len()).into_bytes());
    }
    wire.extend(b"\r\n");
    wire.extend(&answer.bytes);
    wire
}
