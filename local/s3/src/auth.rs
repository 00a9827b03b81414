//! Authentication and authorization: access keys, the form of signed requests, and permissions.

use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, Uri};
use local_calls::{Begun, Calls, Fault, Permit, Service};
use local_common::Credentials;
use local_policy::{Need, Permissions, s3_needs, s3_version_needs};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Error, S3Result, s3_error};

use super::errors::{bad_request, injected};

/// Looks up the secret keys for the verification of signatures.
pub(super) struct Keys(pub Credentials);

#[async_trait::async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        self.0.secret_key(access_key).map(SecretKey::from).ok_or_else(|| {
            s3_error!(InvalidAccessKeyId, "The AWS Access Key Id you provided does not exist in our records.")
        })
    }
}

/// Passes the permit of a call from [`Access`] to the server, in the extensions of the request.
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

/// The caller, for answers that depend on its other permissions. It is stored in the extensions of the request.
#[derive(Clone)]
pub(super) struct Caller {
    permissions: Permissions,
    access_key: String,
}

impl Caller {
    /// Whether the caller may list a bucket. Only then does S3 tell it that a key is missing.
    pub fn may_list(&self, bucket: &str) -> bool {
        let Some(signer) = Credentials::signer(&self.access_key) else { return true };
        let needs = |_: &str| s3_needs("ListObjectsV2", Some(bucket), None, None);
        self.permissions.allow(&signer.function, needs)
    }
}

/// A request whose signature has been verified.
struct SignedRequest<'a> {
    access_key: &'a str,
    operation: &'a str,
    bucket: Option<&'a str>,
    key: Option<&'a str>,
    presigned: bool,
}

/// Records and authorizes each call, after its signature was verified.
pub(super) struct Access(pub Calls);

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = context.credentials() else {
            return Err(s3_error!(AccessDenied, "Access Denied"));
        };
        let access_key = credentials.access_key.clone();
        let operation = context.s3_op().name().to_owned();
        let asked = SignedRequest {
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
            "received a signed request"
        );
        let copied = context.headers().get("x-amz-copy-source").and_then(|source| source.to_str().ok());
        let needs = match (parameter(context.uri(), "versionId"), asked.bucket, asked.key) {
            (Some(_), Some(bucket), Some(key)) => s3_version_needs(asked.operation, bucket, key),
            _ => s3_needs(asked.operation, asked.bucket, asked.key, copied),
        };
        let presigned = asked.presigned;
        context
            .extensions_mut()
            .insert(Caller { permissions: self.0.permissions().clone(), access_key: access_key.clone() });
        if presigned {
            // Anyone with the URL can send this request, so it does not count as a call of the function that signed it.
            // That function's permissions apply.
            return self.authorize(&access_key, needs);
        }
        match self.0.begin(&access_key, Service::S3, &operation).await {
            Begun::Proceed(permit) => {
                if let Some(slot) = context.extensions_mut().get::<PermitSlot>() {
                    slot.put(permit);
                }
                self.authorize(&access_key, needs)
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
    /// Refuses the request unless the policies of the signer allow `needs`.
    fn authorize(&self, access_key: &str, needs: Vec<Need>) -> S3Result<()> {
        let Some(signer) = Credentials::signer(access_key) else { return Ok(()) };
        let judged = self.0.permissions().check(&signer.function, |_| needs);
        judged.map_err(|denied| s3_error!(AccessDenied, "{denied}"))
    }
}

/// The value of a query parameter.
fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<std::borrow::Cow<'a, str>> {
    let query = uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).find_map(|(found, value)| (found == name).then_some(value))
}

fn is_presigned(uri: &Uri) -> bool {
    parameter(uri, "X-Amz-Signature").is_some()
}

/// The maximum validity of a presigned URL, in seconds: seven days.
const MAX_EXPIRES: u64 = 604_800;

/// Refuses malformed signed requests before their signatures are verified, as S3 does.
///
/// These are requests that the crate `s3s` would accept: with two signatures, with a signature of an old version, or
/// with a presigned URL that is valid for too long or is sent with unsigned `x-amz-` headers.
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
    let expires = parameter(uri, "X-Amz-Expires").and_then(|text| text.parse::<u64>().ok());
    if expires.is_none_or(|seconds| seconds > MAX_EXPIRES) {
        return Err(bad_request(
            "AuthorizationQueryParametersError",
            "X-Amz-Expires must be less than a week (in seconds) that is 604800",
        ));
    }
    check_signed_headers(uri, headers)
}

/// Refuses `x-amz-` headers that are not part of the signature, because they change what S3 does.
fn check_signed_headers(uri: &Uri, headers: &HeaderMap) -> Result<(), S3Error> {
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
