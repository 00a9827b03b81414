//! `AWS::CloudFront::Distribution`: the headers that it adds to requests for the API and to responses, and how long it
//! caches errors. All other properties are ignored.

use local_deployment::Front;

use super::error::Checked;
use super::properties::Properties;
use super::resources;
use super::response_headers;
use super::scope::Scope;
use super::types::DISTRIBUTION;

/// Reads the first distribution of the template. The headers are those of the origin of its default behaviour.
pub(super) fn front(scope: &Scope) -> Checked<Option<Front>> {
    let Some(resource) = resources::of_type(scope, DISTRIBUTION)?.into_iter().next() else { return Ok(None) };
    let properties = Properties::any(scope, resource)?;
    let Some(config) = properties.mapping("DistributionConfig")? else { return Ok(None) };
    let behaviour = config.mapping("DefaultCacheBehavior")?;
    let target = behaviour.as_ref().map(|behaviour| behaviour.required_text("TargetOriginId")).transpose()?;
    let mut front = Front::default();
    if let Some(behaviour) = &behaviour {
        front.response_headers = response_headers::of(scope, behaviour)?;
    }
    for origin in config.mappings("Origins")? {
        if origin.text("Id")? != target {
            continue;
        }
        for header in origin.mappings("OriginCustomHeaders")? {
            header.only(&["HeaderName", "HeaderValue"], &[])?;
            let name = header.required_text("HeaderName")?.to_lowercase();
            front.headers.insert(name, header.required_text("HeaderValue")?);
        }
    }
    for error in config.mappings("CustomErrorResponses")? {
        // Custom error pages are not supported.
        error.only(&["ErrorCachingMinTTL", "ErrorCode"], &[])?;
        let code = error.number("ErrorCode")?.and_then(|code| u16::try_from(code).ok());
        let code = code.ok_or_else(|| error.problem("`ErrorCode` must be an HTTP status"))?;
        front
            .error_caching
            .insert(code, error.number("ErrorCachingMinTTL")?.unwrap_or(Front::DEFAULT_ERROR_CACHING));
    }
    Ok(Some(front))
}
