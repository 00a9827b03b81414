//! The smallest possible function behind an HTTP API, with which `bench/cold-start` compares Satchel's
//! functions.

use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(async |_: Request| Ok::<_, Error>(Response::new(Body::from("ok"))))).await
}
