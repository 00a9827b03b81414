//! A store on a free port, and clients that sign as functions.

use aws_credential_types::Credentials as SdkCredentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{
    BehaviorVersion, Builder, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    retry::RetryConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use local_calls::Calls;
use local_common::{Credentials, DataDir, Signer};
use local_deployment::{Bucket, BucketCors, Deployment, Notification, Versioning};
use tokio::net::TcpListener;

use crate::service::{S3, start};

pub(super) const ORIGINALS: &str = "satchel-originals";
pub(super) const RENDITIONS: &str = "satchel-renditions";
/// A bucket with versions.
pub(super) const VERSIONED: &str = "satchel-versioned";
/// A bucket whose versioning is suspended.
pub(super) const SUSPENDED: &str = "satchel-suspended";

pub(super) struct TestStore {
    pub s3: S3,
    pub calls: Calls,
    pub data: DataDir,
    credentials: Credentials,
}

impl TestStore {
    pub async fn new() -> Self {
        Self::at(DataDir::ephemeral().unwrap()).await
    }

    /// A store in an existing data folder.
    pub async fn at(data: DataDir) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let credentials = Credentials::new(&data.secret());
        let calls = Calls::default();
        let s3 = start(
            listener,
            url,
            &deployment(),
            &data,
            credentials.clone(),
            calls.clone(),
            Box::new(|_, _| {}),
        )
        .await;
        Self { s3: s3.unwrap(), calls, data, credentials }
    }

    /// A client that signs as the first process of `function`, with the settings of Satchel's functions.
    pub fn client(&self, function: &str) -> Client {
        Client::from_conf(self.config(function).build())
    }

    pub fn config(&self, function: &str) -> Builder {
        let access_key = self.credentials.access_key(&signer(function));
        let secret = self.credentials.secret_key(&access_key).unwrap();
        self.config_with(&access_key, &secret)
    }

    pub fn config_with(&self, access_key: &str, secret: &str) -> Builder {
        aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(self.s3.url())
            .force_path_style(true)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .credentials_provider(SdkCredentials::new(access_key, secret, None, None, "local"))
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .retry_config(RetryConfig::disabled())
    }

    /// The number of files with bytes of objects or parts.
    pub fn files(&self) -> usize {
        std::fs::read_dir(self.data.file("objects")).unwrap().count()
    }
}

pub(super) fn signer(function: &str) -> Signer {
    Signer { function: function.to_owned(), slot: 0 }
}

fn deployment() -> Deployment {
    let notification =
        |event: &str, prefix: Option<&str>, suffix: Option<&str>, function: &str| Notification {
            event: event.to_owned(),
            prefix: prefix.map(str::to_owned),
            suffix: suffix.map(str::to_owned),
            function: function.to_owned(),
        };
    let originals = Bucket {
        logical_id: "Originals".to_owned(),
        name: ORIGINALS.to_owned(),
        versioning: Versioning::Off,
        cors: vec![BucketCors {
            origins: vec!["*".to_owned()],
            methods: vec!["GET".to_owned(), "PUT".to_owned()],
            headers: vec!["content-*".to_owned(), "if-none-match".to_owned()],
            exposed: vec!["ETag".to_owned()],
            max_age: Some(3000),
        }],
        notifications: vec![
            notification("s3:ObjectCreated:*", None, None, "process-upload"),
            notification("s3:ObjectCreated:Copy", Some("copies/"), Some(".txt"), "note-copy"),
        ],
    };
    let bucket = |name: &str, versioning: Versioning| Bucket {
        logical_id: name.to_owned(),
        name: name.to_owned(),
        versioning,
        cors: Vec::new(),
        notifications: vec![
            notification("s3:ObjectCreated:*", None, None, "process-upload"),
            notification("s3:ObjectRemoved:*", None, None, "note-removal"),
        ],
    };
    let renditions = Bucket { notifications: Vec::new(), ..bucket(RENDITIONS, Versioning::Off) };
    let versioned = bucket(VERSIONED, Versioning::Enabled);
    let suspended = bucket(SUSPENDED, Versioning::Suspended);
    Deployment { buckets: vec![originals, renditions, versioned, suspended], ..Deployment::default() }
}

/// Status and error code of a result. A success is 200 without a code.
pub(super) fn refusal<T, E>(result: Result<T, SdkError<E>>) -> (u16, String)
where
    SdkError<E>: ProvideErrorMetadata,
{
    match result {
        Ok(_) => (200, String::new()),
        Err(error) => {
            let status = error.raw_response().map_or(0, |response| response.status().as_u16());
            (status, error.code().unwrap_or_default().to_owned())
        }
    }
}
