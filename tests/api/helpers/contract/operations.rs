//! Finds the operation of a request.

use std::fmt;

use xtask::contract::Document;

/// The path whose parameter may contain slashes. OpenAPI 3.1 cannot say that of a parameter.
const GREEDY: &str = "/app/{file}";

/// The operations of the contract, most specific paths first.
pub(super) struct Operations(Vec<Operation>);

/// One method of one path.
pub(super) struct Operation {
    pub(super) id: String,
    /// In upper case.
    method: String,
    /// In the contract.
    path: String,
    /// Where the document describes the operation: a JSON pointer.
    pub(super) pointer: String,
}

impl Operations {
    pub(super) fn of(document: &Document) -> Self {
        let mut operations: Vec<_> = document
            .operations()
            .map(|operation| Operation {
                id: operation.id().to_owned(),
                method: operation.method.to_uppercase(),
                path: operation.path.to_owned(),
                pointer: format!("/paths/{}/{}", escaped(operation.path), operation.method),
            })
            .collect();
        // Text takes precedence over a parameter, from left to right.
        operations.sort_by_cached_key(|operation| {
            operation.path.split('/').map(|segment| segment.starts_with('{')).collect::<Vec<_>>()
        });
        Self(operations)
    }

    /// The operation of a request. CloudFront strips one trailing slash from the path.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let path = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
        self.0.iter().find(|operation| operation.method == method && fits(&operation.path, path))
    }
}

fn fits(template: &str, path: &str) -> bool {
    if template == GREEDY {
        return path.strip_prefix("/app/").is_some_and(|file| !file.is_empty());
    }
    let (wanted, written): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let fits = |(wanted, written): (&&str, &&str)| {
        if wanted.starts_with('{') { !written.is_empty() } else { wanted == written }
    };
    wanted.len() == written.len() && wanted.iter().zip(&written).all(fits)
}

/// A key as a part of a JSON pointer (RFC 6901, section 3).
pub(super) fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} {})", self.id, self.method, self.path)
    }
}
