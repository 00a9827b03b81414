//! Options that every command has.

use std::path::PathBuf;

use clap::Args;

use crate::console::Console;
use crate::failure::Failure;
use crate::samconfig::SamConfig;

/// Options that every command has.
#[derive(Debug, Clone, Default, Args)]
pub struct Options {
    /// Name of the stack. Without it, that of the environment in samconfig.toml, or else `satchel`.
    #[arg(long, global = true, value_name = "NAME")]
    pub stack: Option<String>,
    /// Environment in samconfig.toml, such as `prod`. Without it, `dev` if the file has that, or else `default`.
    #[arg(long, global = true, value_name = "NAME")]
    pub env: Option<String>,
    /// The file with the environments.
    #[arg(long, global = true, value_name = "FILE", default_value = "samconfig.toml")]
    pub config: PathBuf,
    /// Region. Without it, that of samconfig.toml, of the environment, or of the profile.
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Profile of the AWS CLI.
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// Work on a running local stack instead of a deployment. FOLDER is its data folder.
    #[arg(
        long,
        global = true,
        value_name = "FOLDER",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ".local"
    )]
    pub local: Option<PathBuf>,
    /// Do not ask.
    #[arg(long, short, global = true)]
    pub yes: bool,
    /// Write one JSON document to standard output, and everything else to standard error.
    #[arg(long, global = true)]
    pub json: bool,
}

impl Options {
    /// The terminal.
    pub fn console(&self) -> Console {
        Console { json: self.json, yes: self.yes }
    }

    /// The environment of samconfig.toml.
    ///
    /// # Errors
    /// If the file is not valid, or has no such environment.
    pub fn samconfig(&self) -> Result<SamConfig, Failure> {
        SamConfig::read(&self.config, self.env.as_deref())
    }

    /// The name of the stack.
    ///
    /// # Errors
    /// If samconfig.toml is needed and not valid.
    pub fn stack_name(&self) -> Result<String, Failure> {
        if let Some(name) = &self.stack {
            return Ok(name.clone());
        }
        Ok(self.samconfig()?.stack_name.unwrap_or_else(|| "satchel".to_owned()))
    }

    /// The region, if an option or samconfig.toml names one.
    ///
    /// # Errors
    /// If samconfig.toml is not valid.
    pub fn region(&self) -> Result<Option<String>, Failure> {
        match &self.region {
            Some(region) => Ok(Some(region.clone())),
            None => Ok(self.samconfig()?.region),
        }
    }
}
