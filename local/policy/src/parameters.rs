//! The permissions that operations of Systems Manager on parameters need.
//!
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>

use super::arn;
use super::need::Need;

/// The permissions that `operation` needs. `name` is the name in the request, without a version or label.
///
/// The key `aws/ssm`, which encrypts parameters of the type `SecureString` by default, may be used by everybody in the
/// account through Systems Manager, so no permission of KMS is needed
/// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-restrict-decryption.html>).
#[must_use]
pub fn needs(region: &str, operation: &str, name: Option<&str>) -> Vec<Need> {
    let resource = name.map_or_else(|| "*".to_owned(), |name| arn::parameter(region, name));
    vec![Need::new(format!("ssm:{operation}"), resource)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_checked_by_its_arn_which_has_one_slash() {
        let need = |resource: &str| vec![Need::new("ssm:GetParameter", resource)];
        let arn = "arn:aws:ssm:us-east-1:000000000000:parameter";
        assert_eq!(needs("us-east-1", "GetParameter", Some("/a/b")), need(&format!("{arn}/a/b")));
        assert_eq!(needs("us-east-1", "GetParameter", Some("a")), need(&format!("{arn}/a")));
        assert_eq!(needs("us-east-1", "GetParameter", None), need("*"));
    }
}
