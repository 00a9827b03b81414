//! Signing URLs as a function would have, at any time: Signature Version 4 in the query.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use aws_lc_rs::{digest, hmac};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// A request to sign.
#[derive(Debug, Clone)]
pub struct Presign<'a> {
    /// `GET` or `PUT`.
    pub method: &'a str,
    pub bucket: &'a str,
    pub key: &'a str,
    /// Further query parameters: `response-content-type`, `partNumber`.
    pub query: &'a [(&'a str, &'a str)],
    /// Headers that the caller must send with exactly these values, beside `host`.
    pub headers: &'a [(&'a str, &'a str)],
    pub signed_at: Timestamp,
    pub expires_in: Duration,
}

/// What signs, and where the URL leads.
pub(super) struct Authority<'a> {
    /// `http://127.0.0.1:3001`
    pub base: &'a str,
    pub region: &'a str,
    pub access_key: &'a str,
    pub secret_key: &'a str,
}

/// All but the characters that Signature Version 4 leaves as they are.
const ENCODED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Presign<'_> {
    /// The signed URL, with the bucket in its path.
    pub(super) fn url(&self, authority: &Authority<'_>) -> String {
        let key = encode(self.key).replace("%2F", "/");
        self.signed(&format!("/{}/{key}", self.bucket), authority)
    }

    fn signed(&self, path: &str, authority: &Authority<'_>) -> String {
        let time = self.signed_at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
        let date = &time[..8];
        let scope = format!("{date}/{}/s3/aws4_request", authority.region);
        let host = authority.base.trim_start_matches("http://");
        let mut headers: BTreeMap<String, &str> =
            self.headers.iter().map(|(name, value)| (name.to_lowercase(), *value)).collect();
        headers.insert("host".to_owned(), host);
        let signed_headers = headers.keys().map(String::as_str).collect::<Vec<_>>().join(";");
        let header_lines: String = headers.iter().fold(String::new(), |mut lines, (name, value)| {
            _ = writeln!(lines, "{name}:{}", value.trim());
            lines
        });

        let credential = format!("{}/{scope}", authority.access_key);
        let expires = self.expires_in.as_secs().to_string();
        let own = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", &time),
            ("X-Amz-Expires", &expires),
            ("X-Amz-SignedHeaders", &signed_headers),
        ];
        let mut pairs: Vec<String> = own
            .iter()
            .chain(self.query)
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        pairs.sort();
        let query = pairs.join("&");

        let request =
            format!("{}\n{path}\n{query}\n{header_lines}\n{signed_headers}\nUNSIGNED-PAYLOAD", self.method);
        let hash = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
        let to_sign = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{hash}");
        let key = [date, authority.region, "s3", "aws4_request"]
            .iter()
            .fold(format!("AWS4{}", authority.secret_key).into_bytes(), |key, part| {
                sign(&key, part.as_bytes())
            });
        let signature = hex(&sign(&key, to_sign.as_bytes()));
        format!("{}{path}?{query}&X-Amz-Signature={signature}", authority.base)
    }
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, &ENCODED).to_string()
}

fn sign(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_amazons_example() {
        let example = Presign {
            method: "GET",
            bucket: "examplebucket",
            key: "test.txt",
            query: &[],
            headers: &[],
            signed_at: "2013-05-24T00:00:00Z".parse().unwrap(),
            expires_in: Duration::from_hours(24),
        };
        // The example has the bucket in the host.
        let url = example.signed(
            "/test.txt",
            &Authority {
                base: "http://examplebucket.s3.amazonaws.com",
                region: "us-east-1",
                access_key: "AKIAIOSFODNN7EXAMPLE",
                secret_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            },
        );
        assert_eq!(
            url,
            "http://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }
}
