//! The supported operations of Parameter Store.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use local_common::{ACCOUNT, clock};
use serde::Deserialize;
use serde_json::{Value, json};

use super::store::{ByName, Kind, Parameter, Parameters, Version};

/// The maximum length of a value of a standard parameter, in bytes.
const MAX_VALUE: usize = 4096;
/// The number of versions that are kept.
const VERSIONS: usize = 100;
/// The maximum number of levels of a name.
const MAX_LEVELS: usize = 15;

/// An error: the name of the exception, and its message.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) exception: &'static str,
    pub(super) message: String,
}

/// The members of the requests of all operations.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
struct Request {
    name: Option<String>,
    value: Option<String>,
    r#type: Option<Kind>,
    overwrite: bool,
    with_decryption: bool,
    // These make no difference here.
    #[serde(rename = "Description")]
    _description: Option<String>,
    tier: Option<String>,
}

type Outcome = Result<Value, Refusal>;

/// Carries out `operation`, which is the name in `X-Amz-Target` without its prefix.
pub(super) fn carry_out(parameters: &Parameters, operation: &str, body: &[u8], region: &str) -> Outcome {
    let request: Request = serde_json::from_slice(body)
        .map_err(|error| refusal("SerializationException", &error.to_string()))?;
    let changed = match operation {
        "GetParameter" => return parameters.read(|parameters| get(parameters, &request, region)),
        "PutParameter" => parameters.change(|parameters| put(parameters, request)),
        "DeleteParameter" => parameters.change(|parameters| delete(parameters, &request)),
        other => return Err(invalid(&format!("the local stack does not support the operation {other:?}"))),
    };
    changed.unwrap_or_else(|error| Err(refusal("InternalServerError", &error.to_string())))
}

/// The name of the parameter in a request, without a version.
pub(super) fn requested_name(body: &[u8]) -> Option<String> {
    let request: Value = serde_json::from_slice(body).ok()?;
    let name = request["Name"].as_str()?;
    Some(name.split_once(':').map_or(name, |(name, _)| name).to_owned())
}

fn get(parameters: &ByName, request: &Request, region: &str) -> Outcome {
    let asked = named(request)?;
    let (name, version) =
        asked.split_once(':').map_or((asked, None), |(name, version)| (name, Some(version)));
    let parameter = parameters.get(name).ok_or_else(not_found)?;
    let found = match version {
        None => parameter.versions.last_key_value(),
        Some(number) => number.parse().ok().and_then(|number| parameter.versions.get_key_value(&number)),
    };
    let Some((number, Version { value, at })) = found else {
        let message =
            format!("Systems Manager could not find version {} of {name}.", version.unwrap_or_default());
        return Err(refusal("ParameterVersionNotFound", &message));
    };
    // What KMS makes of the value is not text that a program could mistake for it.
    let is_encrypted = parameter.kind == Kind::SecureString && !request.with_decryption;
    let value = if is_encrypted { STANDARD.encode(format!("encrypted:{value}")) } else { value.clone() };
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    let at = at.as_millisecond() as f64 / 1000.0;
    Ok(json!({"Parameter": {
        "Name": name,
        "Type": format!("{:?}", parameter.kind),
        "Value": value,
        "Version": number,
        "LastModifiedDate": at,
        "ARN": format!("arn:aws:ssm:{region}:{ACCOUNT}:parameter/{}", name.trim_start_matches('/')),
        "DataType": "text",
    }}))
}

fn put(parameters: &mut ByName, request: Request) -> Outcome {
    let name = named(&request)?.to_owned();
    check_name(&name)?;
    if request.tier.as_deref().is_some_and(|tier| tier != "Standard") {
        return Err(invalid("the local stack has only the tier Standard"));
    }
    let value = request.value.filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| invalid("Value must have a length of at least 1."))?;
    if value.len() > MAX_VALUE {
        let message = "Standard tier parameters support a maximum parameter value of 4096 characters.";
        return Err(invalid(message));
    }
    let known = parameters.get(&name).map(|parameter| parameter.kind);
    if known.is_some() && !request.overwrite {
        let message = "The parameter already exists. To overwrite this value, set the overwrite option in the request \
                       to true.";
        return Err(refusal("ParameterAlreadyExists", message));
    }
    let kind = request.r#type.or(known);
    let kind = kind.ok_or_else(|| invalid("A parameter type is required when you create a parameter."))?;
    let parameter = parameters
        .entry(name)
        .or_insert_with(|| Parameter { kind, versions: std::collections::BTreeMap::new() });
    parameter.kind = kind;
    let number = parameter.versions.last_key_value().map_or(1, |(number, _)| number + 1);
    parameter.versions.insert(number, Version { value, at: clock::now() });
    while parameter.versions.len() > VERSIONS {
        parameter.versions.pop_first();
    }
    Ok(json!({"Version": number, "Tier": "Standard"}))
}

fn delete(parameters: &mut ByName, request: &Request) -> Outcome {
    parameters.remove(named(request)?).map(|_| json!({})).ok_or_else(not_found)
}

fn named(request: &Request) -> Result<&str, Refusal> {
    request.name.as_deref().filter(|name| !name.is_empty()).ok_or_else(|| invalid("Name is missing."))
}

/// Checks the form of a new parameter's name: letters, digits and `.-_`, in levels that begin with a slash; the first
/// level is not reserved.
fn check_name(name: &str) -> Result<(), Refusal> {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let first = name.trim_start_matches('/').to_ascii_lowercase();
    let is_hierarchy = name.starts_with('/') || !name.contains('/');
    let whole_levels = !name.ends_with('/') && !name.contains("//");
    if !(name.chars().all(is_legal) && is_hierarchy && whole_levels) || name.len() > 1011 {
        return Err(invalid(&format!("Parameter name {name} is malformed.")));
    }
    if first.starts_with("aws") || first.starts_with("ssm") {
        return Err(invalid("Parameter name: can't be prefixed with \"aws\" or \"ssm\" (case-insensitive)."));
    }
    if name.matches('/').count() > MAX_LEVELS {
        let message = format!("A hierarchy can have a maximum of {MAX_LEVELS} levels.");
        return Err(refusal("HierarchyLevelLimitExceededException", &message));
    }
    Ok(())
}

fn refusal(exception: &'static str, message: &str) -> Refusal {
    Refusal { exception, message: message.to_owned() }
}

fn invalid(message: &str) -> Refusal {
    refusal("ValidationException", message)
}

fn not_found() -> Refusal {
    refusal("ParameterNotFound", "")
}
