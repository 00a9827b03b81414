//! CORS rules of buckets, applied before and after `s3s`.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use s3s::{HttpResponse, S3Error, S3ErrorCode};

use local_deployment::{Bucket, BucketCors};

/// The CORS rules of all buckets.
pub(super) struct CorsRules(Vec<Bucket>);

impl CorsRules {
    pub fn new(buckets: Vec<Bucket>) -> Self {
        Self(buckets)
    }

    /// The answer to a preflight, or `None` if `request` is not one. The status is 403 unless a rule allows the method
    /// and headers.
    pub fn preflight<B>(&self, request: &Request<B>) -> Option<HttpResponse> {
        let method = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD)?.to_str().ok()?;
        let origin = text(request.headers(), &ORIGIN)?;
        if request.method() != Method::OPTIONS {
            return None;
        }
        let asked = text(request.headers(), &ACCESS_CONTROL_REQUEST_HEADERS).unwrap_or_default();
        let asked: Vec<&str> = asked.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let all_allowed = |rule: &&BucketCors| asked.iter().all(|name| any_matches(&rule.headers, name));
        let Some(rule) = self.rules(request.uri().path(), origin, method).find(all_allowed) else {
            return Some(forbidden());
        };
        let mut response = HttpResponse::default();
        allow(rule, origin, response.headers_mut());
        if !asked.is_empty() {
            set(response.headers_mut(), ACCESS_CONTROL_ALLOW_HEADERS, &asked.join(", ").to_lowercase());
        }
        Some(response)
    }

    /// The CORS headers of any response to such a request, also of an error.
    pub fn headers(&self, path: &str, method: &Method, request: &HeaderMap) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Some(origin) = text(request, &ORIGIN)
            && let Some(rule) = self.rules(path, origin, method.as_str()).next()
        {
            allow(rule, origin, &mut headers);
        }
        headers
    }

    fn rules<'a>(
        &'a self,
        path: &str,
        origin: &'a str,
        method: &'a str,
    ) -> impl Iterator<Item = &'a BucketCors> {
        let name = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        let bucket = self.0.iter().find(|bucket| bucket.name == name);
        let rules = bucket.map(|bucket| bucket.cors.as_slice()).unwrap_or_default();
        rules.iter().filter(move |rule| {
            any_matches(&rule.origins, origin) && rule.methods.iter().any(|allowed| allowed == method)
        })
    }
}

fn allow(rule: &BucketCors, origin: &str, headers: &mut HeaderMap) {
    if rule.origins.iter().any(|allowed| allowed == "*") {
        set(headers, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    } else {
        set(headers, ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        set(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    }
    set(headers, ACCESS_CONTROL_ALLOW_METHODS, &rule.methods.join(", "));
    if !rule.exposed.is_empty() {
        set(headers, ACCESS_CONTROL_EXPOSE_HEADERS, &rule.exposed.join(", "));
    }
    if let Some(seconds) = rule.max_age {
        set(headers, ACCESS_CONTROL_MAX_AGE, &seconds.to_string());
    }
    set(headers, VARY, "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
}

fn forbidden() -> HttpResponse {
    let mut error = S3Error::with_message(
        S3ErrorCode::Custom("AccessForbidden".into()),
        "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request \
         method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the \
         resource's CORS spec.",
    );
    error.set_status_code(StatusCode::FORBIDDEN);
    error.to_http_response().unwrap_or_default()
}

fn any_matches(patterns: &[String], value: &str) -> bool {
    patterns.iter().any(|pattern| matches(&pattern.to_lowercase(), &value.to_lowercase()))
}

/// S3's patterns have at most one `*`.
fn matches(pattern: &str, value: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => {
            value.len() >= start.len() + end.len() && value.starts_with(start) && value.ends_with(end)
        }
        None => pattern == value,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(name, value);
    }
}
