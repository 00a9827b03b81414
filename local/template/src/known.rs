//! What only the running stack knows.

/// What only the running stack knows when a template is evaluated.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The current value of a secret, by name or ARN.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
    /// An attribute that a custom resource answered, by logical id and name. `PhysicalResourceId` is what
    /// `Ref` gives.
    pub attribute: &'a dyn Fn(&str, &str) -> Option<String>,
}
