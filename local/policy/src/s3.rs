//! The permissions that S3 operations need.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>

use percent_encoding::percent_decode_str;

use super::arn;
use super::need::Need;

/// The permissions that `operation` needs on one version of an object, which has other actions than the object.
#[must_use]
pub fn needs_of_version(operation: &str, bucket: &str, key: &str) -> Vec<Need> {
    let action = action(operation);
    vec![Need::new(format!("s3:{action}Version"), arn::object(bucket, key))]
}

/// The permissions that `operation` needs. `copied` is the value of the header `x-amz-copy-source`.
#[must_use]
pub fn needs(operation: &str, bucket: Option<&str>, key: Option<&str>, copied: Option<&str>) -> Vec<Need> {
    let Some(bucket) = bucket else { return vec![Need::new("s3:ListAllMyBuckets", "*")] };
    let resource = match (key, operation) {
        (Some(key), _) => arn::object(bucket, key),
        // The keys are in the body, which has not been read yet. So the caller needs permission for all keys.
        (None, "DeleteObjects") => arn::object(bucket, "*"),
        (None, _) => arn::bucket(bucket),
    };
    let mut needs = vec![Need::new(format!("s3:{}", action(operation)), resource)];
    if let Some(source) = copied {
        let source = percent_decode_str(source).decode_utf8_lossy();
        let source = source.split_once('?').map_or(source.as_ref(), |(path, _)| path);
        needs.push(Need::new("s3:GetObject", arn::bucket(source.trim_start_matches('/'))));
    }
    needs
}

/// The action that an operation needs. Most actions have the name of the operation.
fn action(operation: &str) -> &str {
    match operation {
        "GetObject" | "HeadObject" => "GetObject",
        "PutObject"
        | "PostObject"
        | "CopyObject"
        | "CreateMultipartUpload"
        | "UploadPart"
        | "UploadPartCopy"
        | "CompleteMultipartUpload" => "PutObject",
        "DeleteObject" | "DeleteObjects" => "DeleteObject",
        "ListParts" => "ListMultipartUploadParts",
        "ListObjects" | "ListObjectsV2" | "HeadBucket" => "ListBucket",
        "ListObjectVersions" => "ListBucketVersions",
        "ListMultipartUploads" => "ListBucketMultipartUploads",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(operation: &str, bucket: Option<&str>, key: Option<&str>) -> (String, String) {
        let mut needs = needs(operation, bucket, key, None);
        assert_eq!(needs.len(), 1, "{operation}");
        let need = needs.remove(0);
        (need.action, need.resource)
    }

    #[test]
    fn an_operation_on_an_object_needs_its_action_on_the_key() {
        for (operation, action) in [
            ("GetObject", "s3:GetObject"),
            ("HeadObject", "s3:GetObject"),
            ("PutObject", "s3:PutObject"),
            ("CreateMultipartUpload", "s3:PutObject"),
            ("UploadPart", "s3:PutObject"),
            ("CompleteMultipartUpload", "s3:PutObject"),
            ("AbortMultipartUpload", "s3:AbortMultipartUpload"),
            ("ListParts", "s3:ListMultipartUploadParts"),
            ("DeleteObject", "s3:DeleteObject"),
            ("GetObjectTagging", "s3:GetObjectTagging"),
        ] {
            let expected = (action.to_owned(), "arn:aws:s3:::originals/a/b".to_owned());
            assert_eq!(needed(operation, Some("originals"), Some("a/b")), expected);
        }
    }

    #[test]
    fn an_operation_on_a_version_needs_its_own_action() {
        for (operation, action) in [
            ("GetObject", "s3:GetObjectVersion"),
            ("HeadObject", "s3:GetObjectVersion"),
            ("DeleteObject", "s3:DeleteObjectVersion"),
        ] {
            let expected = vec![Need::new(action, "arn:aws:s3:::originals/a/b")];
            assert_eq!(needs_of_version(operation, "originals", "a/b"), expected);
        }
    }

    #[test]
    fn listing_needs_its_action_on_the_bucket() {
        for (operation, action) in [
            ("ListObjects", "s3:ListBucket"),
            ("ListObjectsV2", "s3:ListBucket"),
            ("HeadBucket", "s3:ListBucket"),
            ("ListObjectVersions", "s3:ListBucketVersions"),
            ("ListMultipartUploads", "s3:ListBucketMultipartUploads"),
        ] {
            let expected = (action.to_owned(), "arn:aws:s3:::originals".to_owned());
            assert_eq!(needed(operation, Some("originals"), None), expected);
        }
        assert_eq!(needed("ListBuckets", None, None), ("s3:ListAllMyBuckets".to_owned(), "*".to_owned()));
    }

    #[test]
    fn deleting_many_keys_needs_permission_for_all_keys() {
        let expected = ("s3:DeleteObject".to_owned(), "arn:aws:s3:::originals/*".to_owned());
        assert_eq!(needed("DeleteObjects", Some("originals"), None), expected);
    }

    #[test]
    fn a_copy_needs_permission_to_read_its_source_and_to_write_its_target() {
        let needs = needs("CopyObject", Some("to"), Some("b"), Some("/from/a%20b?versionId=1"));
        assert_eq!(
            needs,
            [
                Need::new("s3:PutObject", "arn:aws:s3:::to/b"),
                Need::new("s3:GetObject", "arn:aws:s3:::from/a b"),
            ]
        );
    }
}
