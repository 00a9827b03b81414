//! The permissions that operations of Lambda need.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>

use super::arn;
use super::need::Need;

/// The permissions that `Invoke` of `function` needs. The action has another name than the operation.
#[must_use]
pub fn needs(region: &str, function: &str) -> Vec<Need> {
    vec![Need::new("lambda:InvokeFunction", arn::function(region, function))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invoking_a_function_needs_the_right_to_invoke_it() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:erase-account";
        assert_eq!(needs("us-east-1", "erase-account"), [Need::new("lambda:InvokeFunction", arn)]);
    }
}
