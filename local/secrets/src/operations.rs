//! The supported operations of Secrets Manager.

use local_common::clock;
use serde::Deserialize;
use serde_json::{Value, json};

use super::store::{ByName, Secrets, name_of};
use super::versions::{CURRENT, Secret, SecretValue};

/// An error: the name of the exception, and its message.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) exception: &'static str,
    pub(super) message: String,
}

/// The members of the requests of all operations.
#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Request {
    secret_id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    secret_string: Option<String>,
    secret_binary: Option<String>,
    client_request_token: Option<String>,
    version_id: Option<String>,
    version_stage: Option<String>,
    version_stages: Option<Vec<String>>,
    move_to_version_id: Option<String>,
    remove_from_version_id: Option<String>,
}

type Outcome = Result<Value, Refusal>;

/// Carries out `operation`, which is the name in `X-Amz-Target` without its prefix.
pub(super) fn carry_out(secrets: &Secrets, operation: &str, body: &[u8], region: &str) -> Outcome {
    let request: Request = serde_json::from_slice(body)
        .map_err(|error| refusal("SerializationException", &error.to_string()))?;
    let changed = match operation {
        "GetSecretValue" => return secrets.read(|secrets| get_value(secrets, &request)),
        "DescribeSecret" => return secrets.read(|secrets| describe(secrets, &request)),
        "CreateSecret" => secrets.change(|secrets| create(secrets, request, region)),
        "PutSecretValue" => secrets.change(|secrets| put_value(secrets, request)),
        "UpdateSecretVersionStage" => secrets.change(|secrets| update_stage(secrets, &request)),
        other => return Err(invalid(&format!("the local stack does not support the operation {other:?}"))),
    };
    changed.unwrap_or_else(|error| Err(refusal("InternalServiceError", &error.to_string())))
}

/// The name or ARN of the secret in a request, and the ARN of that secret if it exists.
pub(super) fn requested_secret(secrets: &Secrets, body: &[u8]) -> (Option<String>, Option<String>) {
    let request: Request = serde_json::from_slice(body).unwrap_or_default();
    let id = request.secret_id.or(request.name);
    let arn = id.as_deref().and_then(|id| {
        secrets.read(|secrets| {
            name_of(secrets, id).and_then(|name| secrets.get(name)).map(|secret| secret.arn.clone())
        })
    });
    (id, arn)
}

fn get_value(secrets: &ByName, request: &Request) -> Outcome {
    let (name, secret) = find(secrets, request)?;
    let stage = request.version_stage.as_deref();
    let version = match &request.version_id {
        Some(id) => secret.versions.get_key_value(id),
        None => secret.staged(stage.unwrap_or(CURRENT)),
    };
    let version =
        version.filter(|(_, version)| stage.is_none_or(|stage| version.stages.iter().any(|s| s == stage)));
    let Some((id, version)) = version else {
        let label = stage.unwrap_or(CURRENT);
        return Err(not_found(&format!(
            "Secrets Manager can't find the specified secret value for staging label: {label}"
        )));
    };
    let mut answer = json!({
        "ARN": secret.arn,
        "Name": name,
        "VersionId": id,
        "VersionStages": version.stages,
        "CreatedDate": version.created.as_second(),
    });
    let (member, value) = match &version.value {
        SecretValue::SecretString(value) => ("SecretString", value),
        SecretValue::SecretBinary(value) => ("SecretBinary", value),
    };
    answer[member] = json!(value);
    Ok(answer)
}

fn describe(secrets: &ByName, request: &Request) -> Outcome {
    let (name, secret) = find(secrets, request)?;
    let stages: Value =
        secret.versions.iter().map(|(id, version)| (id.clone(), json!(version.stages))).collect();
    let mut answer = json!({
        "ARN": secret.arn,
        "Name": name,
        "CreatedDate": secret.created.as_second(),
        "VersionIdsToStages": stages,
    });
    if let Some(description) = &secret.description {
        answer["Description"] = json!(description);
    }
    Ok(answer)
}

fn create(secrets: &mut ByName, request: Request, region: &str) -> Outcome {
    let name =
        request.name.clone().ok_or_else(|| invalid("You must provide a value for the Name parameter."))?;
    if secrets.contains_key(&name) {
        let message = format!("The operation failed because the secret {name} already exists.");
        return Err(refusal("ResourceExistsException", &message));
    }
    // The ARN ends with six random characters, as in AWS. So a new secret with the name of a deleted one has another
    // ARN.
    let id = uuid::Uuid::now_v7().simple().to_string();
    let suffix = &id[id.len() - 6..];
    let arn = format!("arn:aws:secretsmanager:{region}:000000000000:secret:{name}-{suffix}");
    secrets.insert(name.clone(), Secret::new(arn, request.description.clone(), clock::now()));
    if request.secret_string.is_none() && request.secret_binary.is_none() {
        return Ok(json!({"ARN": secrets[&name].arn, "Name": name}));
    }
    let put = put_value(secrets, Request { secret_id: Some(name.clone()), version_stages: None, ..request });
    if put.is_err() {
        secrets.remove(&name);
    }
    let mut answer = put?;
    if let Some(answer) = answer.as_object_mut() {
        answer.remove("VersionStages");
    }
    Ok(answer)
}

fn put_value(secrets: &mut ByName, request: Request) -> Outcome {
    let (name, secret) = find_mut(secrets, &request)?;
    let value = match (request.secret_string, request.secret_binary) {
        (Some(text), None) => SecretValue::SecretString(text),
        (None, Some(binary)) => SecretValue::SecretBinary(binary),
        _ => return Err(invalid("You must provide either SecretString or SecretBinary.")),
    };
    let id = request.client_request_token.unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
    match secret.versions.get(&id) {
        // A repetition of the same request, whose answer may have been lost.
        Some(kept) if kept.value == value => {}
        Some(_) => {
            let message = "You can't use ClientRequestToken of an existing version with another value.";
            return Err(refusal("ResourceExistsException", message));
        }
        None => {
            let mut stages = request.version_stages.unwrap_or_else(|| vec![CURRENT.to_owned()]);
            // The first version of a secret always gets the label AWSCURRENT.
            if secret.versions.is_empty() && !stages.iter().any(|stage| stage == CURRENT) {
                stages.push(CURRENT.to_owned());
            }
            secret.add(&id, value, &stages, clock::now());
        }
    }
    Ok(
        json!({"ARN": secret.arn, "Name": name, "VersionId": id, "VersionStages": secret.versions[&id].stages}),
    )
}

fn update_stage(secrets: &mut ByName, request: &Request) -> Outcome {
    let (name, secret) = find_mut(secrets, request)?;
    let stage = request.version_stage.as_deref().ok_or_else(|| invalid("VersionStage is missing."))?;
    let holder = secret.staged(stage).map(|(id, _)| id.clone());
    if let Some(id) = request.move_to_version_id.as_ref().filter(|id| !secret.versions.contains_key(*id)) {
        return Err(not_found(&format!("Secrets Manager can't find the version {id}.")));
    }
    // The caller must name the version that has the label now. So concurrent rotations cannot undo each other.
    if holder.is_some() && request.move_to_version_id != holder && request.remove_from_version_id != holder {
        return Err(invalid(&format!("RemoveFromVersionId must be the version that has {stage} now.")));
    }
    if stage == CURRENT && request.move_to_version_id.is_none() {
        return Err(invalid("AWSCURRENT can only be moved to another version."));
    }
    secret.move_stage(stage, request.move_to_version_id.as_deref());
    Ok(json!({"ARN": secret.arn, "Name": name}))
}

fn find<'a>(secrets: &'a ByName, request: &Request) -> Result<(&'a str, &'a Secret), Refusal> {
    let id = request.secret_id.as_deref().ok_or_else(|| invalid("You must provide a value for SecretId."))?;
    let name =
        name_of(secrets, id).ok_or_else(|| not_found("Secrets Manager can't find the specified secret."))?;
    Ok((name, &secrets[name]))
}

fn find_mut<'a>(secrets: &'a mut ByName, request: &Request) -> Result<(String, &'a mut Secret), Refusal> {
    let name = find(secrets, request)?.0.to_owned();
    let secret = secrets
        .get_mut(&name)
        .ok_or_else(|| not_found("Secrets Manager can't find the specified secret."))?;
    Ok((name, secret))
}

fn refusal(exception: &'static str, message: &str) -> Refusal {
    Refusal { exception, message: message.to_owned() }
}

fn invalid(message: &str) -> Refusal {
    refusal("InvalidParameterException", message)
}

fn not_found(message: &str) -> Refusal {
    refusal("ResourceNotFoundException", message)
}
