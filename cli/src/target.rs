//! What a command works on: a deployment, or a local stack.

use serde_json::Value;

use crate::aws::Aws;
use crate::failure::Failure;
use crate::local::Local;
use crate::options::Options;
use crate::stack::Stack;

/// What a command works on.
#[derive(Debug)]
pub enum Target {
    Deployed(Box<Stack>),
    Local(Local),
}

impl Target {
    /// Finds the deployment or local stack that the options name.
    ///
    /// # Errors
    /// If there is no such deployment or local stack.
    pub async fn open(options: &Options) -> Result<Self, Failure> {
        if let Some(folder) = &options.local {
            return Local::open(folder).map(Self::Local);
        }
        let aws = Aws::connect(options).await?;
        let stack = Stack::get(&aws, &options.stack_name()?).await?;
        Ok(Self::Deployed(Box::new(stack)))
    }

    /// Invokes a function by its name in the repository, such as `grant-staff`.
    ///
    /// # Errors
    /// If it cannot be invoked, or fails.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, Failure> {
        match self {
            Self::Deployed(stack) => stack.invoke(function, event).await,
            Self::Local(local) => local.invoke(function, event).await,
        }
    }

    /// What no other target has: the id of the stack, or the URL of the local one.
    pub fn identity(&self) -> &str {
        match self {
            Self::Deployed(stack) => &stack.id,
            Self::Local(local) => &local.api,
        }
    }

    /// What it is, for plans: "the stack satchel in eu-central-1".
    pub fn description(&self) -> String {
        match self {
            Self::Deployed(stack) => format!("the stack {} in {}", stack.name, stack.aws.region()),
            Self::Local(local) => format!("the local stack at {}", local.api),
        }
    }
}

/// The deployed stack that the options name, for commands that need AWS.
///
/// # Errors
/// If the options say `--local`, with `instead` as the advice; or if there is no such stack.
pub async fn deployed(options: &Options, instead: &str) -> Result<Stack, Failure> {
    if options.local.is_some() {
        return Err(Failure::usage("this command does not work on a local stack").advice(instead));
    }
    let aws = Aws::connect(options).await?;
    Stack::get(&aws, &options.stack_name()?).await
}
