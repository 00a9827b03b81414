//! The page at `/` of one deployment.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use satchel_api::{escape, origin};
use satchel_runtime::{StartError, Wired, Wiring};
use satchel_web::files::index;

/// The page, and the headers that depend on the deployment.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) html: String,
    /// Its Content-Security-Policy.
    pub(crate) policy: String,
    /// Another one if the policy is another one, because a 304 leaves the browser with the policy that it has.
    pub(crate) entity_tag: String,
}

impl Wired for Page {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        let mails = wiring.optional("MAIL_PAGE").unwrap_or_default();
        let store = match wiring.endpoint("AWS_ENDPOINT_URL_S3") {
            Some(url) => origin(&url).to_owned(),
            None => wiring.text("STORE_ORIGINS"),
        };
        Ok(Self::new(&mails, &store))
    }
}

impl Page {
    /// The page of a deployment whose signed URLs lead to the origins `store`, separated by spaces. It links to
    /// `mails`, unless that is empty.
    fn new(mails: &str, store: &str) -> Self {
        let (html, policy) = (index(&escape(mails)), content_security_policy(store));
        let hash = digest(&SHA256, format!("{policy}\n{html}").as_bytes());
        let entity_tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]));
        Self { html, policy, entity_tag }
    }
}

/// The app runs only its own scripts, and speaks only to its own origin and to the store.
fn content_security_policy(store: &str) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: {store}; \
         media-src blob: {store}; frame-src {store}; connect-src 'self' {store}; form-action 'self' {store}; \
         base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

#[cfg(test)]
mod tests {
    use satchel_testing::CannedAws;

    use super::*;

    const STORE: &str =
        "https://originals.s3.us-east-1.amazonaws.com https://renditions.s3.us-east-1.amazonaws.com";

    /// The policy of a deployment with these settings, of which the first is empty at AWS.
    async fn policy(endpoint: &'static str, store: &'static str) -> String {
        let aws = CannedAws::answering([]).await;
        let aws = aws.with_setting("AWS_ENDPOINT_URL_S3", endpoint).with_setting("STORE_ORIGINS", store);
        Page::wired(&aws.wiring()).unwrap().policy
    }

    #[tokio::test]
    async fn the_policy_allows_the_store_of_the_deployment() {
        let at_aws = policy("", STORE).await;
        for directive in ["img-src 'self' blob:", "media-src blob:", "frame-src", "connect-src 'self'"] {
            assert!(at_aws.contains(&format!("; {directive} {STORE}; ")), "{at_aws}");
        }
        assert!(!at_aws.contains("unsafe") && !at_aws.contains('*'), "{at_aws}");
        let local = policy("http://127.0.0.1:3001/", STORE).await;
        assert_eq!(local, at_aws.replace(STORE, "http://127.0.0.1:3001"));
    }

    #[test]
    fn another_policy_or_page_has_another_tag() {
        let tag = |mails, store| Page::new(mails, store).entity_tag;
        let tags = [tag("", STORE), tag("http://127.0.0.1/", STORE), tag("", "https://other.example")];
        assert!(tags[0] != tags[1] && tags[0] != tags[2] && tags[1] != tags[2], "{tags:?}");
        assert_eq!(tags[0], tag("", STORE));
    }

    #[test]
    fn the_address_of_the_mails_is_escaped() {
        let html = Page::new("http://a/\"><script>", STORE).html;
        assert!(html.contains("content=\"http://a/&quot;&gt;&lt;script&gt;\""), "{html}");
    }
}
