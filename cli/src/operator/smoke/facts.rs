//! Facts about a deployment that only a request to it settles: headers, caches, limits and TLS.

use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_TYPE};

use super::Check;
use super::api::{Answer, Api, once, send};
use super::walk::expected;
use crate::failure::Failure;

/// One byte more than CloudFront's function lets through.
const TOO_LARGE: usize = 4_700_001;

/// What is asked about.
struct Asked<'a> {
    api: &'a Api,
    /// Whether requests come through CloudFront. Emulators do not say so.
    cloudfront: bool,
    https: bool,
}

/// Looks at everything.
///
/// # Errors
/// If the deployment does not answer at all.
pub async fn about(api: &Api, api_endpoint: Option<&str>) -> Result<Vec<Check>, Failure> {
    let health = api.get("/health").await?;
    let asked =
        Asked { api, cloudfront: health.is_from_cloudfront(), https: api.base.starts_with("https://") };
    Ok(vec![
        Check::of("health", healthy(&health)),
        asked.tls(&health).await,
        Check::of("error-401", asked.error_401().await),
        Check::of("error-404", asked.error_404().await),
        asked.error_413().await,
        asked.trailing_slash().await,
        Check::of("head", asked.head().await),
        Check::of("cors", asked.cors().await),
        Check::of("jwks", asked.jwks().await),
        asked.compress().await,
        asked.docs_cache().await,
        asked.refused_by_cloudfront().await,
        asked.bypass(api_endpoint).await,
    ])
}

fn healthy(answer: &Answer) -> Result<String, String> {
    match (answer.status, answer.json()["version"].as_str()) {
        (200, Some(version)) => Ok(format!(
            "release {version}, {}",
            if answer.is_from_cloudfront() { "through CloudFront" } else { "not through CloudFront" }
        )),
        _ => Err(answer.summary()),
    }
}

impl Asked<'_> {
    /// The headers of every response, of functions, API Gateway and CloudFront alike.
    fn guarded(&self, answer: &Answer) -> Result<(), String> {
        let mut missing = Vec::new();
        if !answer.header("cache-control").contains("no-store") {
            missing.push("Cache-Control: no-store");
        }
        if answer.header("x-content-type-options") != "nosniff" {
            missing.push("X-Content-Type-Options: nosniff");
        }
        if self.https && answer.header("strict-transport-security").is_empty() {
            missing.push("Strict-Transport-Security");
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("a {} lacks {}", answer.status, missing.join(", ")))
        }
    }

    async fn tls(&self, health: &Answer) -> Check {
        if !self.https {
            return Check::not_applicable("tls", "the URL is not https");
        }
        if health.header("strict-transport-security").is_empty() {
            return Check::of("tls", Err("responses have no Strict-Transport-Security".to_owned()));
        }
        let valid = format!("the certificate is valid, {:?}", health.version);
        if !self.cloudfront {
            return Check::of("tls", Ok(valid));
        }
        let plain = self.api.url("/health").replacen("https://", "http://", 1);
        let answer = once(self.api.elsewhere(Method::GET, &plain)).await.map_err(|failure| failure.message);
        Check::of(
            "tls",
            answer.and_then(|answer| {
                let leads_to_https = answer.header("location").starts_with("https://");
                if matches!(answer.status, 301 | 307 | 308) && leads_to_https {
                    Ok(format!("{valid}; http is redirected"))
                } else {
                    Err(format!("http is not redirected: {}", answer.summary()))
                }
            }),
        )
    }

    async fn error_401(&self) -> Result<String, String> {
        let answer = expected(self.api.get("/api/users/me").await, 401)?;
        self.guarded(&answer)?;
        match answer.header("www-authenticate") {
            text if text.starts_with("Bearer") => Ok("with WWW-Authenticate, not cached".to_owned()),
            _ if !answer.header("x-amzn-remapped-www-authenticate").is_empty() => {
                Err("API Gateway renames WWW-Authenticate to x-amzn-remapped-www-authenticate".to_owned())
            }
            _ => Err("a 401 lacks WWW-Authenticate".to_owned()),
        }
    }

    async fn error_404(&self) -> Result<String, String> {
        for _ in 0..2 {
            let answer = expected(self.api.get("/satchel-smoke-has-no-such-path").await, 404)?;
            self.guarded(&answer)?;
            if answer.json()["message"] != "Not Found" {
                return Err(format!("API Gateway's own 404 has another body: {}", answer.summary()));
            }
            if !answer.header("age").is_empty() {
                return Err("CloudFront caches a 404".to_owned());
            }
        }
        Ok("API Gateway's own, with security headers, not cached".to_owned())
    }

    async fn error_413(&self) -> Check {
        let request = self.api.request(Method::POST, "/api/files").header(CONTENT_TYPE, "application/json");
        let answer = once(request.body(vec![b' '; TOO_LARGE])).await;
        match answer {
            Ok(answer) if answer.status == 413 => {
                let detail = answer.json()["detail"].as_str().is_some_and(|text| text.contains("PUT"));
                let result = self.guarded(&answer).and_then(|()| {
                    if detail {
                        Ok("says how to send larger files".to_owned())
                    } else {
                        Err(answer.summary())
                    }
                });
                Check::of("error-413", result)
            }
            Ok(answer) if !self.cloudfront => {
                Check::not_applicable("error-413", format!("without CloudFront: {}", answer.summary()))
            }
            Ok(answer) => Check::of("error-413", Err(format!("a large body: {}", answer.summary()))),
            Err(failure) => {
                Check::of("error-413", Err(format!("no response to a large body: {}", failure.message)))
            }
        }
    }

    async fn trailing_slash(&self) -> Check {
        match expected(self.api.get("/health/").await, 200) {
            Err(why) if !self.cloudfront => {
                Check::not_applicable("trailing-slash", format!("without CloudFront: {why}"))
            }
            result => Check::of("trailing-slash", result.map(|_| "paths work with one".to_owned())),
        }
    }

    async fn head(&self) -> Result<String, String> {
        let answer = expected(send(self.api.request(Method::HEAD, "/health")).await, 200)?;
        if answer.body.is_empty() {
            Ok("answers monitors".to_owned())
        } else {
            Err("HEAD has a body".to_owned())
        }
    }

    async fn cors(&self) -> Result<String, String> {
        let request = self.api.request(Method::OPTIONS, "/api/files");
        let request =
            request.header("origin", "https://example.org").header("access-control-request-method", "POST");
        let answer = send(request.header("access-control-request-headers", "authorization")).await;
        let answer = answer.map_err(|failure| failure.message)?;
        match answer.header("access-control-allow-origin") {
            "" if answer.status < 300 => Ok("pages of other origins are refused (CorsOrigins)".to_owned()),
            "" => Err(answer.summary()),
            _ if !answer
                .header("access-control-allow-headers")
                .to_ascii_lowercase()
                .contains("authorization") =>
            {
                Err("the preflight does not allow Authorization".to_owned())
            }
            origin => Ok(format!("pages of {origin} may call the API")),
        }
    }

    async fn jwks(&self) -> Result<String, String> {
        let answer = expected(self.api.get("/.well-known/jwks.json").await, 200)?;
        match answer.json()["keys"].as_array().map(Vec::len) {
            Some(3) => Ok(format!("three keys, Cache-Control: {}", answer.header("cache-control"))),
            _ => Err(answer.summary()),
        }
    }

    async fn compress(&self) -> Check {
        let request = self.api.request(Method::GET, "/openapi.json").header(ACCEPT_ENCODING, "br, gzip");
        match expected(send(request).await, 200) {
            Ok(answer) if !answer.header("content-encoding").is_empty() => Check::of(
                "compress",
                Ok(format!(
                    "/openapi.json is sent as {}, {} bytes",
                    answer.header("content-encoding"),
                    answer.body.len()
                )),
            ),
            Ok(_) if !self.cloudfront => {
                Check::not_applicable("compress", "CloudFront compresses, and this is not CloudFront")
            }
            result => {
                Check::of("compress", result.and_then(|_| Err("/openapi.json is not compressed".to_owned())))
            }
        }
    }

    async fn docs_cache(&self) -> Check {
        if !self.cloudfront {
            return Check::not_applicable(
                "docs-cache",
                "CloudFront caches /docs, and this is not CloudFront",
            );
        }
        let mut last = String::new();
        for _ in 0..3 {
            match expected(self.api.get("/docs").await, 200) {
                Ok(answer) if answer.header("x-cache").starts_with("Hit") => {
                    return Check::of("docs-cache", Ok("/docs is served from CloudFront's cache".to_owned()));
                }
                Ok(answer) => answer.header("x-cache").clone_into(&mut last),
                Err(why) => last = why,
            }
        }
        Check::of("docs-cache", Err(format!("/docs is fetched from the function each time ({last})")))
    }

    /// CloudFront answers methods that it does not know itself.
    async fn refused_by_cloudfront(&self) -> Check {
        if !self.cloudfront {
            return Check::not_applicable("error-cloudfront", "this is not CloudFront");
        }
        let answer =
            once(self.api.request(Method::TRACE, "/health")).await.map_err(|failure| failure.message);
        Check::of(
            "error-cloudfront",
            answer.map(|answer| {
                let with = if self.guarded(&answer).is_ok() { "with" } else { "without" };
                format!("CloudFront answers TRACE with {} {with} security headers", answer.status)
            }),
        )
    }

    async fn bypass(&self, api_endpoint: Option<&str>) -> Check {
        let Some(endpoint) = api_endpoint else {
            return Check::not_applicable("bypass", "add --api-endpoint to try it");
        };
        let url = format!("{}/api/users/me", endpoint.trim_end_matches('/'));
        let answer = once(self.api.elsewhere(Method::GET, &url)).await.map_err(|failure| failure.message);
        match answer {
            Ok(answer) if answer.status == 403 => {
                Check::of("bypass", Ok("API Gateway refuses requests that bypass CloudFront".to_owned()))
            }
            Ok(answer) if !self.cloudfront => {
                Check::not_applicable("bypass", format!("without CloudFront: {}", answer.status))
            }
            Ok(answer) => Check::of(
                "bypass",
                Err(format!("a request that bypasses CloudFront got {}", answer.summary())),
            ),
            Err(why) => Check::of("bypass", Err(why)),
        }
    }
}
