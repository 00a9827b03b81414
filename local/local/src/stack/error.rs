//! Why a stack does not start, or does not take on other parameters: one clear message each.

use std::io;

use local_common::DataDirError;
use local_lambda::builder::BuildError;
use local_parameters::ParametersError;
use local_secrets::SecretsError;
use local_ses::InboxError;
use local_template::TemplateError;

/// Why the stack cannot start, or be updated.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Data(#[from] DataDirError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error(transparent)]
    Mail(#[from] InboxError),
    #[error(transparent)]
    DynamoDb(#[from] local_dynamodb::StartError),
    #[error(transparent)]
    Streams(#[from] local_dynamodb::StreamsError),
    #[error(transparent)]
    S3(#[from] local_s3::StartError),
    /// Something else listens where this stack is asked to.
    #[error("{}; stop what is using it or choose others with --port", busy(.0))]
    Ports(Vec<(u16, String)>),
    /// The function behind a custom resource failed, or said why it could not make it.
    #[error("the custom resource {resource} failed: {reason}")]
    CustomResource { resource: String, reason: String },
    #[error("this changes more than environments of functions: stop the stack and start it with --parameter")]
    NeedsRestart,
    #[error(
        "schedule of {function}: {expression} is not understood; the local stack runs rate(N unit), and cron(...) without L, W and #"
    )]
    Schedule { function: String, expression: String },
    #[error("cannot {doing}: {source}")]
    Io { doing: &'static str, source: io::Error },
}

fn busy(ports: &[(u16, String)]) -> String {
    let ports: Vec<String> =
        ports.iter().map(|(port, role)| format!("port {port} ({role}) is already in use")).collect();
    ports.join("; ")
}
