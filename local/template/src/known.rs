//! Values that exist only in a running stack.

/// Values that exist only in a running stack, for the evaluation of a template.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The current value of a secret, by name or ARN.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
    /// An attribute of a custom resource, by logical id and name. `PhysicalResourceId` is the value of `Ref`.
    pub attribute: &'a dyn Fn(&str, &str) -> Option<String>,
}
