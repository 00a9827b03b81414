//! What surrounds a template: everything that a deployment has beside it, as options of the other parts of the stack.

use std::collections::{BTreeMap, BTreeSet};

use http::HeaderName;
use local_common::StackIdentity;
use local_gateway::{BodyLimit, FrontDoor};
use local_ses::PageWords;
use serde_json::{Value, json};

/// What surrounds a template.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What the program calls the deployment.
    pub title: String,
    /// Names in ARNs and events.
    pub identity: StackIdentity,
    /// What stands in front of the HTTP API.
    pub front_door: FrontDoor,
    /// The words of the mail page.
    pub mail_page: PageWords,
    /// The parameter of the template that gets the API's URL, unless the options give it.
    pub url_parameter: Option<String>,
    /// The parameter of the template that gets the URL of the mail page, unless the options give it.
    pub mail_page_parameter: Option<String>,
    /// Variables of functions that are invoked without the front door, from containers.
    pub direct: BTreeMap<String, String>,
    /// Other values of parameters than the template's defaults, unless the options give them.
    pub parameters: Vec<(String, String)>,
    /// The functions that the program builds before the stack is ready, while the others follow in the background. If it
    /// is empty, all are built first.
    pub first: BTreeSet<String>,
}

/// The largest Content-Length that goes through Satchel's front door, `MAX_BODY_BYTES` in its template's function.
pub const SATCHEL_BODY_LIMIT: u64 = 4_700_000;

/// The web app, the functions of README's walk-through, and those without a route that work for it; a test compares
/// them.
const SATCHEL_FIRST: [&str; 13] = [
    "create-image",
    "create-token",
    "create-user",
    "get-current-user",
    "get-image",
    "get-thumbnail",
    "get-web",
    "manage-signing-keys",
    "process-upload",
    "send-mail",
    "show-email-verification",
    "verify-email",
    "write-journal",
];

/// A sender, which nobody verifies here. And the names that the buckets had when the template named them, so that older
/// data folders still have their files.
const SATCHEL_PARAMETERS: [(&str, &str); 3] = [
    ("MailFrom", "no-reply@example.com"),
    ("OriginalsBucketName", "satchel-local-originals-000000000000-us-east-1"),
    ("RenditionsBucketName", "satchel-local-renditions-000000000000-us-east-1"),
];

impl Profile {
    /// A template alone.
    #[must_use]
    pub fn plain() -> Self {
        Self {
            title: "The stack".to_owned(),
            identity: StackIdentity::default(),
            front_door: FrontDoor::default(),
            mail_page: PageWords::default(),
            url_parameter: None,
            mail_page_parameter: None,
            direct: BTreeMap::new(),
            parameters: Vec::new(),
            first: BTreeSet::new(),
        }
    }

    /// What Satchel has: in front of its API a CloudFront function that takes one trailing slash off, says who the
    /// viewer is and which Host was asked for, and refuses bodies that Lambda could not take. Functions believe the two
    /// headers because of the secret that the distribution adds.
    #[must_use]
    pub fn satchel() -> Self {
        Self {
            title: "Satchel".to_owned(),
            identity: StackIdentity {
                name: "satchel-local".to_owned(),
                api_id: "satchel000".to_owned(),
                ..StackIdentity::default()
            },
            front_door: FrontDoor {
                strips_trailing_slash: true,
                viewer_ip: Some(HeaderName::from_static("x-satchel-viewer-ip")),
                viewer_host: Some(HeaderName::from_static("x-satchel-host")),
                reserved: vec![HeaderName::from_static("x-satchel-origin-secret")],
                body_limit: Some(BodyLimit { bytes: SATCHEL_BODY_LIMIT, refusal: too_large }),
            },
            mail_page: PageWords {
                title: "Satchel inbox".to_owned(),
                empty: "What Satchel sends by mail is kept here instead: sign up with an address, then look again."
                    .to_owned(),
            },
            url_parameter: Some("PublicUrl".to_owned()),
            mail_page_parameter: Some("MailPage".to_owned()),
            // `sam local start-api` adds no secret header.
            direct: [("REQUIRE_CLOUDFRONT".to_owned(), "false".to_owned())].into(),
            parameters: SATCHEL_PARAMETERS.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            first: SATCHEL_FIRST.map(str::to_owned).into(),
        }
    }

    /// The profile called `name`.
    ///
    /// # Errors
    /// If no profile has this name.
    pub fn named(name: &str) -> Result<Self, String> {
        match name {
            "plain" => Ok(Self::plain()),
            "satchel" => Ok(Self::satchel()),
            _ => Err("expected plain or satchel".to_owned()),
        }
    }
}

/// What the function of Satchel's template answers to a body of `length` bytes.
fn too_large(length: u64) -> Value {
    let detail = format!(
        "The body has {length} bytes; a form takes at most {SATCHEL_BODY_LIMIT}. Send JSON with filename, \
         content_type and size instead, and PUT the file to the URL in the answer."
    );
    json!({ "detail": detail })
}

#[cfg(test)]
#[path = "satchel_tests.rs"]
mod tests;
