//! ARNs of resources, and the short names for them in permission reports.

use local_common::ACCOUNT;

pub(super) fn table(region: &str, name: &str) -> String {
    // `TableName` of a request may also be an ARN.
    if name.starts_with("arn:") {
        return name.to_owned();
    }
    format!("arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}")
}

pub(super) fn bucket(name: &str) -> String {
    format!("arn:aws:s3:::{name}")
}

pub(super) fn object(bucket: &str, key: &str) -> String {
    format!("arn:aws:s3:::{bucket}/{key}")
}

pub(super) fn identity(region: &str, address: &str) -> String {
    format!("arn:aws:ses:{region}:{ACCOUNT}:identity/{address}")
}

pub(super) fn configuration_set(region: &str, name: &str) -> String {
    format!("arn:aws:ses:{region}:{ACCOUNT}:configuration-set/{name}")
}

pub(super) fn secret(region: &str, name: &str) -> String {
    format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}")
}

/// The ARN of a parameter of Systems Manager. The name in an ARN has no leading slash.
pub(super) fn parameter(region: &str, name: &str) -> String {
    format!("arn:aws:ssm:{region}:{ACCOUNT}:parameter/{}", name.trim_start_matches('/'))
}

pub(super) fn function(region: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}")
}

/// The ARN of a function as a caller: its role, in a session with the function's name.
pub(super) fn caller(function: &str) -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/{function}/{function}")
}

/// The short name of a resource: `table/Table`, `originals/*`.
///
/// It is the resource part of the ARN without the stack's name, the account and the region.
pub(super) fn short(stack: &str, arn: &str) -> String {
    let mut parts = arn.splitn(6, ':');
    let region = parts.nth(3).unwrap_or_default();
    let resource = parts.nth(1).unwrap_or(arn).replace(&format!("{stack}-"), "");
    // A bucket's ARN has no region; its name may end in account and region.
    let (bucket, key) = resource.split_once('/').map_or((resource.as_str(), None), |(b, k)| (b, Some(k)));
    if !region.is_empty() {
        return resource.strip_suffix("-000000").unwrap_or(&resource).to_owned();
    }
    let bucket = bucket.split(&format!("-{ACCOUNT}")).next().unwrap_or(bucket);
    key.map_or_else(|| bucket.to_owned(), |key| format!("{bucket}/{key}"))
}

/// The short name of the group that a resource belongs to: `originals/*` for every key of a bucket, `identity/*` for
/// every mail identity.
pub(super) fn class(stack: &str, arn: &str) -> String {
    let short = short(stack, arn);
    let grouped = arn.starts_with("arn:aws:s3:") || short.starts_with("identity/");
    match short.split_once('/') {
        Some((group, _)) if grouped => format!("{group}/*"),
        _ => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_name_resources_without_stack_account_and_region() {
        let originals = "satchel-local-originals-000000000000-us-east-1";
        for (arn, expected_short, expected_class) in [
            (table("us-east-1", "satchel-local-Table"), "table/Table", "table/Table"),
            (
                table("us-east-1", "satchel-local-Table") + "/index/by-month",
                "table/Table/index/by-month",
                "table/Table/index/by-month",
            ),
            (bucket(originals), "originals", "originals"),
            (object(originals, "*"), "originals/*", "originals/*"),
            (object(originals, "owner/file"), "originals/owner/file", "originals/*"),
            (identity("us-east-1", "ada@example.com"), "identity/ada@example.com", "identity/*"),
            (
                configuration_set("us-east-1", "satchel-local-Mail"),
                "configuration-set/Mail",
                "configuration-set/Mail",
            ),
            (secret("us-east-1", "satchel-local-Keys-000000"), "secret:Keys", "secret:Keys"),
            (
                parameter("us-east-1", "/satchel/one/origin"),
                "parameter/satchel/one/origin",
                "parameter/satchel/one/origin",
            ),
            ("*".to_owned(), "*", "*"),
        ] {
            assert_eq!(
                (short("satchel-local", &arn).as_str(), class("satchel-local", &arn).as_str()),
                (expected_short, expected_class),
                "{arn}"
            );
        }
    }
}
