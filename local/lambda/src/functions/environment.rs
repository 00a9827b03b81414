//! The environment of a function's process: what Lambda sets, and where the stand-ins listen.

use std::net::SocketAddr;

use local_common::{ACCOUNT, Credentials, Signer};
use local_deployment::Function;

/// Base URLs of the services that functions call.
#[derive(Debug, Clone)]
pub struct Endpoints {
    pub dynamodb: String,
    pub s3: String,
    pub ses: String,
    pub secrets_manager: String,
    pub systems_manager: String,
    pub lambda: String,
}

/// The ARN of a function.
pub(super) fn arn(region: &str, function: &str) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{function}")
}

/// Everything a process sees; it inherits nothing. The template's own variables override
/// Lambda's; where the stand-ins listen overrides both.
pub(super) fn of(
    function: &Function,
    signer: &Signer,
    region: &str,
    runtime_api: SocketAddr,
    endpoints: &Endpoints,
    credentials: &Credentials,
) -> Vec<(String, String)> {
    let name = &function.name;
    let access_key = credentials.access_key(signer);
    let secret_key = credentials.secret_key(&access_key).unwrap_or_default();
    // Lambda sets no scheme; the runtime's URI parser takes a path after the authority only with one.
    let runtime_api = format!("http://{runtime_api}/{name}/{}", signer.slot);
    let own = [
        ("AWS_LAMBDA_RUNTIME_API", runtime_api),
        ("AWS_LAMBDA_FUNCTION_NAME", name.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mib.to_string()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{name}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", format!("local/[$LATEST]{}", signer.slot)),
        ("AWS_REGION", region.to_owned()),
        ("AWS_DEFAULT_REGION", region.to_owned()),
        ("AWS_ACCESS_KEY_ID", access_key),
        ("AWS_SECRET_ACCESS_KEY", secret_key),
    ];
    let services = [
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamodb.clone()),
        ("AWS_ENDPOINT_URL_S3", endpoints.s3.clone()),
        ("AWS_ENDPOINT_URL_SES", endpoints.ses.clone()),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoints.secrets_manager.clone()),
        ("AWS_ENDPOINT_URL_SSM", endpoints.systems_manager.clone()),
        ("AWS_ENDPOINT_URL_LAMBDA", endpoints.lambda.clone()),
    ];
    let template = function.environment.iter().map(|(name, value)| (name.clone(), value.clone()));
    let named = |(name, value): (&str, String)| (name.to_owned(), value);
    own.into_iter().map(named).chain(template).chain(services.into_iter().map(named)).collect()
}
