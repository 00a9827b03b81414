//! Compares every response of the API with `openapi.yaml`, and records the statuses that tests see. The test that gets an
//! undocumented response fails.

mod examples;
mod gateway;
mod operations;
mod responses;
mod schemas;

use std::collections::BTreeSet;
use std::sync::{LazyLock, PoisonError, RwLock};

use local::Stack;
use reqwest::{Method, Url};
use serde_json::json;
use xtask::contract::Document;

use self::operations::Operations;
pub use self::responses::Response;
use self::schemas::Schemas;
use super::Answer;
use super::run_record::RunRecord;

/// The contract.
pub static CONTRACT: LazyLock<Contract> =
    LazyLock::new(|| Contract::new(include_str!("../../../../openapi.yaml")));

/// The origins of the APIs of all stacks.
static APIS: RwLock<BTreeSet<String>> = RwLock::new(BTreeSet::new());

static RECORD: LazyLock<RunRecord> = LazyLock::new(|| RunRecord::start("seen-responses"));

/// What the local stack adds to the API.
const LOCAL: &str = "/_local/";

/// A document whose schemas are compiled. Objects with listed properties have no others.
pub struct Contract {
    document: Document,
    operations: Operations,
    schemas: Schemas,
}

impl Contract {
    pub fn new(text: &str) -> Self {
        let document = Document::parse(text).unwrap_or_else(|error| panic!("openapi.yaml: {error}"));
        Self { operations: Operations::of(&document), schemas: Schemas::of(&document), document }
    }

    /// The method and path of each operation that documents a status. Parameters are `unknown`.
    pub fn operations_with(&self, status: &str) -> Vec<(String, String)> {
        let has = |operation: &xtask::contract::Operation<'_>| {
            operation.responses().any(|(known, _)| known == status)
        };
        let path = |path: &str| {
            path.split('/')
                .map(|segment| if segment.starts_with('{') { "unknown" } else { segment })
                .collect::<Vec<_>>()
                .join("/")
        };
        let operations = self.document.operations().filter(has);
        operations.map(|operation| (operation.method.to_uppercase(), path(operation.path))).collect()
    }
}

/// Compares responses of `stack`'s API with the contract from now on.
pub fn watch_api(stack: &Stack) {
    APIS.write().unwrap_or_else(PoisonError::into_inner).insert(stack.api_url().to_owned());
}

/// Fails unless the contract documents this response to a request, or the request was not to an API.
pub fn assert_documented(method: &Method, url: &Url, answer: &Answer) {
    let undocumented = undocumented(method, url, answer);
    assert!(undocumented.is_none(), "{}", undocumented.unwrap_or_default());
}

/// Why the contract does not document this response. Records the status, if the contract has it.
pub fn undocumented(method: &Method, url: &Url, answer: &Answer) -> Option<String> {
    let apis = APIS.read().unwrap_or_else(PoisonError::into_inner);
    if !apis.contains(&url.origin().ascii_serialization()) || url.path().starts_with(LOCAL) {
        return None;
    }
    drop(apis);
    let response = Response { method: method.as_str(), path: url.path(), answer };
    let (path, status) = (url.path(), answer.status);
    match CONTRACT.check(&response) {
        Ok(operation) => {
            if let Some(operation) = operation {
                RECORD.note(&json!({"operation": operation, "status": status}));
            }
            None
        }
        Err(reason) => {
            let body = answer.text();
            Some(format!("{method} {path} was answered with {status}, but by openapi.yaml {reason}\n{body}"))
        }
    }
}
