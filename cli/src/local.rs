//! A running local stack, as `local.json` in its data folder describes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::failure::{Failure, doing};
use crate::stack::answered;

/// A running local stack.
#[derive(Debug, Clone)]
pub struct Local {
    pub api: String,
    http: reqwest::Client,
}

impl Local {
    /// Finds the stack whose data folder is `folder`.
    ///
    /// # Errors
    /// If none is running there.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Ready {
            api: String,
        }
        let file = folder.join("local.json");
        let text = fs::read_to_string(&file).map_err(|error| {
            Failure::new(format!("no local stack runs in {}: {error}", folder.display()))
                .advice("start it with `cargo run -p local`, or name its data folder: --local=FOLDER")
        })?;
        let ready: Ready = serde_json::from_str(&text)
            .map_err(|error| Failure::new(format!("{} is not valid: {error}", file.display())))?;
        Ok(Self { api: ready.api, http: reqwest::Client::new() })
    }

    /// Invokes a function.
    ///
    /// # Errors
    /// If the stack does not answer, or the function fails.
    pub async fn invoke(&self, function: &str, event: &Value) -> Result<Value, Failure> {
        let url = format!("{}/_local/invoke/{function}", self.api);
        let response =
            self.http.post(url).json(event).send().await.map_err(doing(format!("invoke {function}")))?;
        let failed =
            response.headers().contains_key("x-amz-function-error") || !response.status().is_success();
        let bytes = response.bytes().await.map_err(doing(format!("read the answer of {function}")))?;
        answered(function, &bytes, failed)
    }

    /// Deploys other values of parameters.
    ///
    /// # Errors
    /// If the stack refuses them.
    pub async fn update(&self, changes: &[(&str, String)]) -> Result<(), Failure> {
        let changes: BTreeMap<&str, &String> = changes.iter().map(|(name, value)| (*name, value)).collect();
        let url = format!("{}/_local/parameters", self.api);
        let response =
            self.http.post(url).json(&changes).send().await.map_err(doing("change the parameters"))?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(Failure::new(format!("the local stack refused: {}", response.text().await.unwrap_or_default())))
    }
}
