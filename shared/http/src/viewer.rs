//! Identifies the client of a request. Headers from CloudFront are trusted only together with a secret that
//! only CloudFront knows.

use std::net::{IpAddr, Ipv4Addr};

use http::{HeaderMap, StatusCode};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;

use satchel_model::Viewer;
use satchel_model::secret::Secret;
use satchel_runtime::{StartError, Wired, Wiring};

use super::{ApiError, Request};

const SECRET: &str = "x-satchel-origin-secret";
const VIEWER_IP: &str = "x-satchel-viewer-ip";
const HOST: &str = "x-satchel-host";

/// Admits requests, and identifies their clients.
#[derive(Debug, Clone)]
pub struct Gate {
    origin_secrets: Vec<Secret>,
    required: bool,
    public_url: Option<String>,
}

impl Wired for Gate {
    fn wired(wiring: &Wiring) -> Result<Self, StartError> {
        Ok(Self {
            origin_secrets: origin_secrets(wiring.optional("ORIGIN_SECRETS").unwrap_or_default().as_str()),
            required: wiring.parsed("REQUIRE_CLOUDFRONT"),
            public_url: wiring.optional("PUBLIC_URL").map(|url| url.trim_end_matches('/').to_owned()),
        })
    }
}

impl Gate {
    /// Admits a request.
    ///
    /// # Errors
    /// 403 if the request bypassed CloudFront although this deployment requires it.
    pub fn admit(&self, request: lambda_http::Request) -> Result<Request, ApiError> {
        let trusted = self.knows_secret(request.headers());
        if self.required && !trusted {
            return Err(ApiError::Detail(StatusCode::FORBIDDEN, "Use the public address of this service."));
        }
        let viewer = self.viewer(&request, trusted);
        Ok(Request::new(request, viewer))
    }

    /// Whether clients reach the deployment by HTTPS: always, unless its public URL is another.
    pub(super) fn is_https(&self) -> bool {
        self.public_url.as_ref().is_none_or(|url| url.starts_with("https://"))
    }

    fn knows_secret(&self, headers: &HeaderMap) -> bool {
        let sent = text(headers, SECRET).unwrap_or_default();
        // All secrets are compared, so that timing does not reveal which one matches.
        self.origin_secrets.iter().fold(false, |known, secret| known | secret.matches(sent))
    }

    fn viewer(&self, request: &lambda_http::Request, trusted: bool) -> Viewer {
        let told = |name| text(request.headers(), name).filter(|_| trusted);
        let context = request.request_context_ref();
        let gateway = context.and_then(|context| match context {
            RequestContext::ApiGatewayV2(context) => Some(context),
            _ => None,
        });
        let source = gateway.and_then(|gateway| gateway.http.source_ip.as_deref());
        let ip = told(VIEWER_IP).or(source).and_then(|ip| ip.parse().ok());
        let domain = gateway.and_then(|gateway| gateway.domain_name.as_deref());
        let host = told(HOST).or(domain).unwrap_or_default();
        let base_url = self.public_url.clone().unwrap_or_else(|| format!("https://{host}"));
        Viewer { ip: ip.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)), base_url }
    }
}

/// Parses `ORIGIN_SECRETS`, a list separated by commas. Empty entries are dropped, because they would match a
/// missing header.
fn origin_secrets(setting: &str) -> Vec<Secret> {
    let secrets = setting.split(',').filter(|secret| !secret.is_empty());
    secrets.map(|secret| Secret::new(secret.to_owned())).collect()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(headers: &str) -> lambda_http::Request {
        let event = format!(
            r#"{{"version":"2.0","routeKey":"GET /health","rawPath":"/health","rawQueryString":"",
            "headers":{{{headers}}},"requestContext":{{"accountId":"1","apiId":"a",
            "domainName":"a.execute-api.us-east-1.amazonaws.com","domainPrefix":"a","stage":"$default",
            "http":{{"method":"GET","path":"/health","protocol":"HTTP/1.1","sourceIp":"192.0.2.1",
            "userAgent":"t"}},"requestId":"r","routeKey":"GET /health",
            "time":"12/Mar/2026:19:03:58 +0000","timeEpoch":1773342238000}},"isBase64Encoded":false}}"#
        );
        lambda_http::request::from_str(&event).unwrap()
    }

    fn gate(required: bool) -> Gate {
        let origin_secrets = ["s3cret", "n3xt"].map(|secret| Secret::new(secret.to_owned())).into();
        Gate { origin_secrets, required, public_url: None }
    }

    const TOLD: &str = r#""x-satchel-viewer-ip":"203.0.113.9","x-satchel-host":"files.example.com""#;

    #[test]
    fn a_client_is_an_ipv4_address_or_an_ipv6_prefix() {
        for (ip, client) in [
            ("203.0.113.9", "203.0.113.9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ] {
            let viewer = Viewer { ip: ip.parse().unwrap(), base_url: String::new() };
            assert_eq!(viewer.client(), client);
        }
    }

    #[test]
    fn headers_with_either_secret_are_trusted() {
        for secret in ["s3cret", "n3xt"] {
            let headers = format!(r#"{TOLD},"x-satchel-origin-secret":"{secret}""#);
            let request = gate(true).admit(event(&headers)).unwrap_or_else(|_| panic!("admitted"));
            let expected = Viewer {
                ip: "203.0.113.9".parse().unwrap(),
                base_url: "https://files.example.com".to_owned(),
            };
            assert_eq!(request.viewer(), &expected);
        }
    }

    #[test]
    fn a_function_without_secrets_trusts_no_headers() {
        let gate = Gate { origin_secrets: Vec::new(), required: true, public_url: None };
        for headers in [TOLD.to_owned(), format!(r#"{TOLD},"x-satchel-origin-secret":"""#)] {
            assert!(gate.admit(event(&headers)).is_err(), "{headers}");
        }
    }

    #[test]
    fn headers_without_the_secret_are_not_trusted() {
        let headers = format!(r#"{TOLD},"host":"evil.example","x-forwarded-host":"evil.example""#);
        let request = gate(false).admit(event(&headers)).unwrap_or_else(|_| panic!("admitted"));
        let expected = Viewer {
            ip: "192.0.2.1".parse().unwrap(),
            base_url: "https://a.execute-api.us-east-1.amazonaws.com".to_owned(),
        };
        assert_eq!(request.viewer(), &expected);
    }

    #[test]
    fn a_request_that_bypasses_cloudfront_is_refused_where_it_is_required() {
        for secret in ["", "wrong", "s3cret,n3xt", "s3crets3cret"] {
            let headers = format!(r#"{TOLD},"x-satchel-origin-secret":"{secret}""#);
            assert!(matches!(
                gate(true).admit(event(&headers)),
                Err(ApiError::Detail(StatusCode::FORBIDDEN, _))
            ));
        }
    }

    #[test]
    fn a_deployment_is_reached_by_https_unless_its_public_url_says_otherwise() {
        for (url, expected) in
            [(None, true), (Some("https://a.example"), true), (Some("http://a.example"), false)]
        {
            let gate = Gate { public_url: url.map(ToOwned::to_owned), ..gate(false) };
            assert_eq!(gate.is_https(), expected, "{url:?}");
        }
    }

    #[test]
    fn origin_secrets_are_separated_by_commas_and_empty_ones_are_dropped() {
        for (text, expected) in [("", vec![]), ("a", vec!["a"]), ("a,b", vec!["a", "b"]), (",b,", vec!["b"])]
        {
            let secrets = origin_secrets(text);
            assert_eq!(secrets.iter().map(Secret::expose).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
