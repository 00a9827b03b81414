//! What operations of Secrets Manager need.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>

use super::arn;
use super::need::Need;

/// The needs of `operation` on the secret that the caller calls `id`; `known` is its ARN if there is such a secret.
#[must_use]
pub fn needs(region: &str, operation: &str, id: Option<&str>, known: Option<String>) -> Vec<Need> {
    // What is not there is judged by what it was called: who may not read a secret does not learn whether it exists.
    let called = |id: &str| if id.starts_with("arn:") { id.to_owned() } else { arn::secret(region, id) };
    let resource = known.or_else(|| id.map(called)).unwrap_or_else(|| "*".to_owned());
    vec![Need::new(format!("secretsmanager:{operation}"), resource)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_judged_by_its_arn_however_it_is_called() {
        let arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:keys-000000";
        let asked = |id, known: Option<&str>| {
            needs("us-east-1", "GetSecretValue", id, known.map(str::to_owned)).remove(0)
        };
        let need = |resource: &str| Need::new("secretsmanager:GetSecretValue", resource);
        assert_eq!(asked(Some("keys"), Some(arn)), need(arn));
        assert_eq!(asked(Some("keys"), None), need(arn.trim_end_matches("-000000")));
        assert_eq!(asked(Some(arn), None), need(arn));
        assert_eq!(asked(None, None), need("*"));
    }
}
