//! The error of [`start`](crate::start).

/// The DynamoDB emulator cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database file cannot be opened or read.
    #[error("cannot use the tables in {file}: {source}")]
    Database { file: String, source: Box<dyn std::error::Error + Send + Sync> },
    /// The template has a table that DynamoDB would refuse.
    #[error("cannot create the table {table}: {reason}")]
    Table { table: String, reason: String },
    /// The table in the data folder has other keys than the one in the template.
    #[error(
        "the table {0} has other keys in the data folder than in the template, and the keys of a table cannot \
         change: remove the data folder, or name another with --data-dir"
    )]
    OtherKeys(String),
    #[error("cannot serve DynamoDB: {0}")]
    Serve(#[from] std::io::Error),
}
