//! Why DynamoDB cannot be started.

/// Why DynamoDB's stand-in cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database file cannot be opened or read.
    #[error("cannot use the tables in {file}: {source}")]
    Database { file: String, source: Box<dyn std::error::Error + Send + Sync> },
    /// The template asks for a table that DynamoDB would refuse.
    #[error("cannot create the table {table}: {reason}")]
    Table { table: String, reason: String },
    /// The data folder has this table with other keys.
    #[error(
        "the table {0} has other keys in the data folder than in the template, and DynamoDB cannot change \
         them: remove the data folder, or name another with --data-dir"
    )]
    OtherKeys(String),
    #[error("cannot serve DynamoDB: {0}")]
    Serve(#[from] std::io::Error),
}
