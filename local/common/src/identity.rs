//! The identifiers of a stack in names, ARNs and events.

/// The account id in every local ARN.
pub const ACCOUNT: &str = "000000000000";

/// The identifiers that CloudFormation and API Gateway assign to a stack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StackIdentity {
    /// `AWS::StackName`. A resource without a name in the template is called `<stack>-<logical id>`.
    pub name: String,
    /// `AWS::Region`
    pub region: String,
    /// The id of the HTTP API: `Ref` of the API, and `requestContext.apiId` of its events.
    pub api_id: String,
}

impl StackIdentity {
    /// `AWS::StackId`. AWS ends it with a unique id. Here that is fixed, so that a restart does not change it.
    #[must_use]
    pub fn stack_id(&self) -> String {
        let Self { name, region, .. } = self;
        format!("arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/00000000-0000-1000-8000-000000000000")
    }
}

impl Default for StackIdentity {
    /// A stack called `local` in us-east-1.
    fn default() -> Self {
        Self { name: "local".to_owned(), region: "us-east-1".to_owned(), api_id: "local00000".to_owned() }
    }
}
