//! `AWS::Serverless::HttpApi`.
//!
//! <https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html>

use local_deployment::Cors;

use super::error::{Checked, Problem};
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::HTTP_API;

const SUPPORTED: [&str; 3] = ["Auth", "CorsConfiguration", "StageName"];
/// Logs, throttling, tags and names, which make no difference locally.
const IGNORED: [&str; 9] = [
    "AccessLogSettings",
    "DefaultRouteSettings",
    "Description",
    "DisableExecuteApiEndpoint",
    "FailOnWarnings",
    "Name",
    "PropagateTags",
    "RouteSettings",
    "Tags",
];
const CORS: [&str; 6] =
    ["AllowCredentials", "AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders", "MaxAge"];

/// Checks the HTTP API, of which there may be only one, and returns its CORS configuration.
pub(super) fn cors(scope: &Scope) -> Checked<Option<Cors>> {
    let apis = resources::of_type(scope, HTTP_API)?;
    if let Some(second) = apis.get(1) {
        return Err(Problem::at(
            second.line,
            "the local stack supports only one HTTP API, and this is the second",
        ));
    }
    let Some(api) = apis.first() else { return Ok(None) };
    let properties = Properties::of(scope, api, &SUPPORTED, &IGNORED)?;
    if properties.text("StageName")?.is_some_and(|name| name != "$default") {
        return Err(properties.problem_of(
            "StageName",
            "must be $default: the name of any other stage becomes part of each path",
        ));
    }
    if let Some(auth) = properties.mapping("Auth")? {
        auth.only(&["EnableIamAuthorizer"], &[])?;
        if auth.flag("EnableIamAuthorizer")? == Some(true) {
            return Err(
                auth.problem_of("EnableIamAuthorizer", "must be false: there are no authorizers locally")
            );
        }
    }
    let Some(cors) = properties.mapping("CorsConfiguration")? else { return Ok(None) };
    cors.only(&CORS, &[])?;
    Ok(Some(Cors {
        allow_origins: cors.texts("AllowOrigins")?,
        allow_methods: cors.texts("AllowMethods")?,
        allow_headers: cors.texts("AllowHeaders")?,
        expose_headers: cors.texts("ExposeHeaders")?,
        max_age: cors.number("MaxAge")?.map(u64::from),
        allow_credentials: cors.flag("AllowCredentials")?.unwrap_or(false),
    }))
}
