//! Who may do what: the keys behind signatures, the form of signed requests, and the calls they count as.

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, Uri};
use local_calls::{Begun, Calls, Fault, Permit, Service};
use local_common::Credentials;
use local_policy::{Need, Permissions, s3_needs};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Error, S3Result, s3_error};

use super::errors::{bad_request, injected};

/// Looks up the secrets that signatures are verified with.
pub(super) struct Keys(pub Credentials);

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        self.0.secret_key(access_key).map(SecretKey::from).ok_or_else(|| {
            s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
        })
    }
}

/// Where the server finds the permit of the call that a request turned out to be.
#[derive(Clone, Default)]
pub(super) struct PermitSlot(Arc<Mutex<Option<Permit>>>);

impl PermitSlot {
    fn put(&self, permit: Permit) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(permit);
    }

    pub fn take(&self) -> Option<Permit> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The caller, for answers that depend on its other permissions; kept in the extensions of a request.
#[derive(Clone)]
pub(super) struct Asker {
    permissions: Permissions,
    access_key: String,
}

impl Asker {
    /// Whether the caller may list a bucket, and so learns that a key is missing.
    pub fn may_list(&self, bucket: &str) -> bool {
        let Some(signer) = Credentials::signer(&self.access_key) else { return true };
        let needs = |_: &str| s3_needs("ListObjectsV2", Some(bucket), None, None);
        self.permissions.allow(&signer.function, needs)
    }
}

/// What a signed request asks for; its signature has been verified.
struct Asked<'a> {
    access_key: &'a str,
    operation: &'a str,
    bucket: Option<&'a str>,
    key: Option<&'a str>,
    presigned: bool,
}

/// Stands between the verified signature and the operation.
pub(super) struct Access(pub Calls);

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = context.credentials() else {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        };
        let access_key = credentials.access_key.clone();
        let operation = context.s3_op().name().to_owned();
        let asked = Asked {
            access_key: &access_key,
            operation: &operation,
            bucket: context.s3_path().get_bucket_name(),
            key: context.s3_path().get_object_key(),
            presigned: is_presigned(context.uri()),
        };
        tracing::debug!(
            s3.signer = asked.access_key,
            s3.operation = asked.operation,
            s3.bucket = asked.bucket,
            s3.key = asked.key,
            s3.presigned = asked.presigned,
            "a signed request"
        );
        let copied = context.headers().get("x-amz-copy-source").and_then(|source| source.to_str().ok());
        let needs = s3_needs(asked.operation, asked.bucket, asked.key, copied);
        let presigned = asked.presigned;
        context
            .extensions_mut()
            .insert(Asker { permissions: self.0.permissions().clone(), access_key: access_key.clone() });
        if presigned {
            // Sent by whoever holds the URL, so it is no call of the function that signed it. It can do no more than
            // that function may.
            return self.judge(&access_key, needs);
        }
        match self.0.begin(&access_key, Service::S3, &operation).await {
            Begun::Proceed(permit) => {
                if let Some(slot) = context.extensions_mut().get::<PermitSlot>() {
                    slot.put(permit);
                }
                self.judge(&access_key, needs)
            }
            Begun::Answer(Fault::Throttling) => Err(s3_error!(SlowDown, "Please reduce your request rate.")),
            Begun::Answer(Fault::Exception(code)) => Err(injected(code)),
            Begun::Answer(_) => {
                Err(s3_error!(InternalError, "We encountered an internal error. Please try again."))
            }
            Begun::Never => std::future::pending().await,
        }
    }
}

impl Access {
    /// Refuses what the policies of the signer do not allow.
    fn judge(&self, access_key: &str, needs: Vec<Need>) -> S3Result<()> {
        let Some(signer) = Credentials::signer(access_key) else { return Ok(()) };
        let judged = self.0.permissions().check(&signer.function, |_| needs);
        judged.map_err(|denied| s3_error!(AccessDenied, "{denied}"))
    }
}

/// The parameters of a query, by name.
fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<std::borrow::Cow<'a, str>> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find_map(|(found, value)| (found == name).then_some(value))
}

fn is_presigned(uri: &Uri) -> bool {
    parameter(uri, "X-Amz-Signature").is_some()
}

/// Seven days, in seconds: no presigned URL may live longer.
const LONGEST_LIFE: u64 = 604_800;

/// Refuses what S3 refuses about the form of a signed request before it looks at the signature, and what
/// `s3s` lets pass: two signatures, old signatures, and headers that a presigned URL has not signed.
pub(super) fn check_form(uri: &Uri, headers: &HeaderMap) -> S3Result<()> {
    let authorization = headers.get(http::header::AUTHORIZATION);
    let old_style = authorization.is_some_and(|value| value.as_bytes().starts_with(b"AWS "));
    if old_style || parameter(uri, "Signature").is_some() {
        return Err(s3_error!(
            InvalidRequest,
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
        ));
    }
    if !is_presigned(uri) {
        return Ok(());
    }
    if authorization.is_some() {
        return Err(s3_error!(
            InvalidArgument,
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string \
             parameter or the Authorization header should be specified"
        ));
    }
    let life = parameter(uri, "X-Amz-Expires").and_then(|text| text.parse::<u64>().ok());
    if life.is_none_or(|life| life > LONGEST_LIFE) {
        return Err(bad_request(
            "AuthorizationQueryParametersError",
            "X-Amz-Expires must be less than a week (in seconds) that is 604800",
        ));
    }
    every_amazon_header_signed(uri, headers)
}

/// A header that changes what S3 does must be one that the signer wrote.
fn every_amazon_header_signed(uri: &Uri, headers: &HeaderMap) -> Result<(), S3Error> {
    let signed = parameter(uri, "X-Amz-SignedHeaders").unwrap_or_default();
    let unsigned = headers.keys().map(http::HeaderName::as_str).find(|name| {
        name.starts_with("x-amz-")
            && *name != "x-amz-content-sha256"
            && !signed.split(';').any(|it| it == *name)
    });
    match unsigned {
        Some(name) => Err(s3_error!(
            AccessDenied,
            "There were headers present in the request which were not signed: {name}"
        )),
        None => Ok(()),
    }
}
