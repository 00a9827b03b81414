//! The permissions that Secrets Manager operations need.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>

use super::arn;
use super::context::ContextKey;
use super::need::Need;

/// The permissions that `operation` needs. `id` is the name or ARN in the request, and `known` the ARN of that secret
/// if it exists; every secret counts as one of the stack `stack`.
#[must_use]
pub fn needs(
    region: &str,
    operation: &str,
    id: Option<&str>,
    known: Option<String>,
    stack: &str,
) -> Vec<Need> {
    // A missing secret is checked by its requested name. A caller without permission does not learn whether it exists.
    let called = |id: &str| if id.starts_with("arn:") { id.to_owned() } else { arn::secret(region, id) };
    let stack = known.is_some().then(|| stack.to_owned());
    let resource = known.or_else(|| id.map(called)).unwrap_or_else(|| "*".to_owned());
    let need = Need::new(format!("secretsmanager:{operation}"), resource);
    vec![need.with(ContextKey::StackTag, stack.into_iter().collect())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_checked_by_its_arn_whether_the_request_has_a_name_or_an_arn() {
        let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:keys-000000";
        let needed = |id, known: Option<&str>| {
            needs("us-east-1", "GetSecretValue", id, known.map(str::to_owned), "stack").remove(0)
        };
        let of = |stack: &[&str], resource: &str| {
            let stack = stack.iter().map(|stack| (*stack).to_owned()).collect();
            Need::new("secretsmanager:GetSecretValue", resource).with(ContextKey::StackTag, stack)
        };
        let need = |resource: &str| of(&[], resource);
        assert_eq!(needed(Some("keys"), Some(arn)), of(&["stack"], arn));
        assert_eq!(needed(Some("keys"), None), need(arn.trim_end_matches("-000000")));
        assert_eq!(needed(Some(arn), None), need(arn));
        assert_eq!(needed(None, None), need("*"));
    }
}
