//! The least that a function with one AWS call can be: what `bench/cold-request` compares ours with.
//!
//! Each request makes one consistent `BatchGetItem` of two keys, with a client that is set up as the SDK's guide shows,
//! but without `aws-config`.

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use aws_sdk_dynamodb::{Client, Config};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use lambda_http::{Body, Error, Request, Response, run, service_fn};

/// The session and the account of `shared/testing`.
const PARTITION: &str = "USER#019ce36f-2530-7000-8000-000000000001";
const SORT: [&str; 2] = ["SESSION#019ce36f-2530-7000-8000-000000000002", "USER"];

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (client, table) = (&client(), &setting("TABLE_NAME"));
    run(service_fn(|_: Request| call(client, table))).await
}

async fn call(client: &Client, table: &str) -> Result<Response<Body>, Error> {
    let text = |(name, value): (&str, &str)| (name.to_owned(), AttributeValue::S(value.to_owned()));
    let keys = SORT.map(|sort| [("pk", PARTITION), ("sk", sort)].map(text).into());
    let wanted = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(keys.into())).build()?;
    client.batch_get_item().request_items(table, wanted).send().await?;
    Ok(Response::new(Body::from("ok")))
}

fn client() -> Client {
    let credentials = Credentials::new(
        setting("AWS_ACCESS_KEY_ID"),
        setting("AWS_SECRET_ACCESS_KEY"),
        None,
        None,
        "lambda",
    );
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(setting("AWS_REGION")))
        .credentials_provider(credentials)
        .endpoint_url(setting("AWS_ENDPOINT_URL_DYNAMODB"))
        .http_client(Builder::new().tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build_https())
        .build();
    Client::from_conf(config)
}

#[expect(clippy::disallowed_methods, reason = "the wiring is part of what is compared")]
fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}
