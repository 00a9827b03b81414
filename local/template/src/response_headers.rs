//! `AWS::CloudFront::ResponseHeadersPolicy`: the headers that the distribution adds to responses.
//!
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html>.
//! Other parts of a policy than those below are errors, so that no header is missing locally.

use local_deployment::ResponseHeader;

use super::error::Checked;
use super::intrinsics::Intrinsic;
use super::node::Kind;
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::RESPONSE_HEADERS_POLICY;

/// The headers of the policy that `behaviour` names by `Ref`. Other policies, such as Amazon's own, are ignored.
pub(super) fn of(scope: &Scope, behaviour: &Properties) -> Checked<Vec<ResponseHeader>> {
    let Some(node) = behaviour.node("ResponseHeadersPolicyId")? else { return Ok(Vec::new()) };
    let Kind::Call(Intrinsic::Ref, id) = &node.kind else { return Ok(Vec::new()) };
    let id = id.literal("Ref")?;
    let policies = resources::of_type(scope, RESPONSE_HEADERS_POLICY)?;
    let Some(policy) = policies.into_iter().find(|policy| policy.id == id) else { return Ok(Vec::new()) };
    let properties = Properties::of(scope, policy, &["ResponseHeadersPolicyConfig"], &[])?;
    let Some(config) = properties.mapping("ResponseHeadersPolicyConfig")? else { return Ok(Vec::new()) };
    config.only(&["SecurityHeadersConfig", "CustomHeadersConfig"], &["Name", "Comment"])?;
    let mut headers = Vec::new();
    if let Some(security) = config.mapping("SecurityHeadersConfig")? {
        headers.extend(security_headers(&security)?);
    }
    if let Some(custom) = config.mapping("CustomHeadersConfig")? {
        for item in custom.mappings("Items")? {
            item.only(&["Header", "Value", "Override"], &[])?;
            let name = item.required_text("Header")?.to_lowercase();
            headers.push(header(&item, &name, item.required_text("Value")?)?);
        }
    }
    Ok(headers)
}

fn security_headers(security: &Properties) -> Checked<Vec<ResponseHeader>> {
    // Strict-Transport-Security is left out, because the local stack has no HTTPS (RFC 6797, section 7.2).
    security.only(&["ContentTypeOptions", "ReferrerPolicy"], &["StrictTransportSecurity"])?;
    let mut headers = Vec::new();
    if let Some(options) = security.mapping("ContentTypeOptions")? {
        options.only(&["Override"], &[])?;
        headers.push(header(&options, "x-content-type-options", "nosniff".to_owned())?);
    }
    if let Some(policy) = security.mapping("ReferrerPolicy")? {
        policy.only(&["ReferrerPolicy", "Override"], &[])?;
        headers.push(header(&policy, "referrer-policy", policy.required_text("ReferrerPolicy")?)?);
    }
    Ok(headers)
}

fn header(properties: &Properties, name: &str, value: String) -> Checked<ResponseHeader> {
    let overrides = properties.flag("Override")?;
    let overrides = overrides.ok_or_else(|| properties.problem("`Override` is missing"))?;
    Ok(ResponseHeader { name: name.to_owned(), value, overrides })
}
