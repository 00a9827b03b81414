//! Clients of AWS. `AWS_ENDPOINT_URL` sends all of them to an emulator.

use aws_config::{BehaviorVersion, Region, SdkConfig};

use crate::failure::Failure;
use crate::options::Options;

/// The account and region that a command works on.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    region: String,
}

impl Aws {
    /// Reads profile and region as the AWS CLI does. Credentials are read by the first call.
    ///
    /// # Errors
    /// If there is no region.
    pub async fn connect(options: &Options) -> Result<Self, Failure> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        if let Some(profile) = &options.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = options.region()? {
            loader = loader.region(Region::new(region));
        }
        let config = loader.load().await;
        let region = config.region().map(ToString::to_string).ok_or_else(|| {
            Failure::usage("there is no region")
                .advice("add --region, or run `aws configure set region REGION`")
        })?;
        Ok(Self { config, region })
    }

    /// Clients of an emulator whose services answer what a test says.
    #[cfg(test)]
    pub fn canned(http: impl aws_smithy_runtime_api::client::http::HttpClient + 'static) -> Self {
        use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};

        let key = Credentials::new("key", "secret", None, None, "test");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-north-1"))
            .credentials_provider(SharedCredentialsProvider::new(key))
            .endpoint_url("http://emulator.test")
            .http_client(http)
            .build();
        Self { config, region: "eu-north-1".to_owned() }
    }

    /// The region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Whether the calls go to an emulator.
    pub fn is_emulated(&self) -> bool {
        self.config.endpoint_url().is_some()
    }

    pub fn cloudformation(&self) -> aws_sdk_cloudformation::Client {
        aws_sdk_cloudformation::Client::new(&self.config)
    }

    pub fn cloudfront(&self) -> aws_sdk_cloudfront::Client {
        aws_sdk_cloudfront::Client::new(&self.config)
    }

    pub fn cloudwatch(&self) -> aws_sdk_cloudwatch::Client {
        aws_sdk_cloudwatch::Client::new(&self.config)
    }

    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
    }

    pub fn dynamodbstreams(&self) -> aws_sdk_dynamodbstreams::Client {
        aws_sdk_dynamodbstreams::Client::new(&self.config)
    }

    /// A client that waits as long as a function may run, and never sends an event twice by itself.
    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        let longest = std::time::Duration::from_mins(16);
        let timeouts = aws_config::timeout::TimeoutConfig::builder()
            .connect_timeout(std::time::Duration::from_secs(10))
            .read_timeout(longest)
            .operation_timeout(longest)
            .build();
        let config = aws_sdk_lambda::config::Builder::from(&self.config)
            .timeout_config(timeouts)
            .retry_config(aws_config::retry::RetryConfig::disabled())
            .stalled_stream_protection(aws_sdk_lambda::config::StalledStreamProtectionConfig::disabled())
            .build();
        aws_sdk_lambda::Client::from_conf(config)
    }

    /// A client that names buckets in the path if the calls go to an emulator.
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(self.is_emulated());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    pub fn secretsmanager(&self) -> aws_sdk_secretsmanager::Client {
        aws_sdk_secretsmanager::Client::new(&self.config)
    }

    pub fn sesv2(&self) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(&self.config)
    }

    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        aws_sdk_sqs::Client::new(&self.config)
    }

    pub fn sts(&self) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::new(&self.config)
    }
}
