//! The settings of functions in unit tests.

use crate::tokens::{KID, PUBLIC_KEYS};

/// The settings of a deployment with the template's default durations, with all services at `endpoint`.
pub(crate) fn setting<'a>(name: &str, endpoint: &'a str) -> &'a str {
    match name {
        "AWS_REGION" => "us-east-1",
        "AWS_ACCESS_KEY_ID" => "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY" => "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "AWS_ENDPOINT_URL_DYNAMODB"
        | "AWS_ENDPOINT_URL_S3"
        | "AWS_ENDPOINT_URL_SES"
        | "AWS_ENDPOINT_URL_SECRETS_MANAGER"
        | "AWS_ENDPOINT_URL_SSM"
        | "AWS_ENDPOINT_URL_LAMBDA" => endpoint,
        "TABLE_NAME" => "satchel",
        "ORIGINALS_BUCKET" => "originals",
        "RENDITIONS_BUCKET" => "renditions",
        "JOURNAL_BUCKET" => "the-journal",
        "ERASE_ACCOUNT_FUNCTION" => "erase-account",
        "ISSUER" => "satchel:us-east-1:123456789012:satchel",
        "PUBLIC_KEYS" => PUBLIC_KEYS,
        "SIGNING_SECRET_ID" => "signing-keys",
        "SIGNING_KID" => KID,
        "LINK_SECRET_ID" => "link-secret",
        "COUNTER_KEY" => "counter-key",
        "REQUIRE_CLOUDFRONT" | "REQUIRE_EMAIL" => "false",
        "REGISTRATION" => "open",
        "DEFAULT_VISIBILITY" => "private",
        "MAX_RESOURCES" => "10000",
        "MAIL" => "ses",
        // Tests of what S3 keeps set the number of days.
        "KEEP_DELETED_DAYS" => "0",
        "MAIL_FROM" => "no-reply@example.com",
        "REFRESH_GRACE_SECONDS" | "MAILS_PER_DAY" => "10",
        "THROTTLE_SECONDS" | "ACCESS_TOKEN_SECONDS" | "UPLOAD_URL_SECONDS" | "DOWNLOAD_URL_SECONDS" => "900",
        "PENDING_SECONDS" | "PART_URL_SECONDS" => "3600",
        "REFRESH_TOKEN_SECONDS" | "MAIL_LINK_SECONDS" | "IDEMPOTENCY_SECONDS" | "MULTIPART_SECONDS" => {
            "86400"
        }
        "UNVERIFIED_ACCOUNT_SECONDS" => "604800",
        "SESSION_SECONDS" | "KNOWN_ADDRESS_SECONDS" => "2592000",
        "LOGIN_TOKEN_SECONDS" => "43200",
        "SIGN_INS_PER_ACCOUNT_AND_ADDRESS" => "5",
        "SIGN_INS_PER_ADDRESS" | "GUESSES_PER_ADDRESS" => "50",
        "SIGN_INS_PER_ACCOUNT" => "100",
        "SIGN_UPS_PER_ADDRESS" | "SHARE_URL_SECONDS" | "LINK_SECRET_SECONDS" => "300",
        "MAIL_INTERVAL_SECONDS" | "LINK_REPEAT_SECONDS" => "60",
        _ => "",
    }
}
