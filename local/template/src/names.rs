//! The names and ARNs that `Ref` and `GetAtt` return.
//!
//! They have AWS's form. Where AWS would generate a name, it is made of the stack's name and the logical id, so that a
//! restart finds the same data again.

use local_common::ACCOUNT;
use serde_json::Value;

use super::document::Resource;
use super::error::{Checked, Problem};
use super::properties::Properties;
use super::scope::Scope;
use super::types::{BUCKET, CONFIGURATION_SET, FUNCTION, HTTP_API, QUEUE, SECRET, TABLE, TOPIC, is_custom};

/// The value of a reference: of `Ref` if there is no attribute, else of `GetAtt`.
pub(super) fn resolve(
    scope: &Scope,
    name: &str,
    attribute: Option<&str>,
    line: usize,
) -> Checked<Option<Value>> {
    match attribute {
        None => reference(scope, name, line),
        Some(attribute) => {
            self::attribute(scope, name, attribute, line).map(|text| Some(Value::String(text)))
        }
    }
}

/// The value of `Ref` for a parameter, a pseudo parameter or a resource.
fn reference(scope: &Scope, name: &str, line: usize) -> Checked<Option<Value>> {
    if let Some(value) = scope.document.parameters.get(name) {
        return Ok(Some(value.clone()));
    }
    let text = match name {
        "AWS::NoValue" => return Ok(None),
        "AWS::AccountId" => ACCOUNT.to_owned(),
        "AWS::Partition" => "aws".to_owned(),
        "AWS::Region" => scope.document.identity.region.clone(),
        "AWS::StackId" => scope.document.identity.stack_id(),
        "AWS::StackName" => scope.document.identity.name.clone(),
        "AWS::URLSuffix" => "amazonaws.com".to_owned(),
        _ if scope.document.resource(name).is_none() && scope.document.function_of_role(name).is_some() => {
            role(scope, name)
        }
        _ => resource_reference(scope, existing(scope, name, line)?, line)?,
    };
    Ok(Some(Value::String(text)))
}

fn resource_reference(scope: &Scope, resource: &Resource, line: usize) -> Checked<String> {
    let region = &scope.document.identity.region;
    match resource.kind.as_str() {
        QUEUE => Ok(format!("https://sqs.{region}.amazonaws.com/{ACCOUNT}/{}", physical(scope, resource)?)),
        SECRET | TOPIC => Ok(arn(scope, resource, physical(scope, resource)?)),
        kind if is_custom(kind) => custom_attribute(scope, resource, "PhysicalResourceId", line),
        FUNCTION | HTTP_API | TABLE | BUCKET | CONFIGURATION_SET => physical(scope, resource),
        kind => Err(Problem::at(line, format!("`{}` is a {kind}, which has no name locally", resource.id))),
    }
}

/// The name of a role, by the logical id that SAM gives it.
pub(super) fn role(scope: &Scope, id: &str) -> String {
    format!("{}-{id}", scope.document.identity.name)
}

/// The value of `GetAtt` for an attribute of a resource.
pub(super) fn attribute(scope: &Scope, id: &str, name: &str, line: usize) -> Checked<String> {
    let resource = existing(scope, id, line)?;
    let region = &scope.document.identity.region;
    let physical = || physical(scope, resource);
    match (resource.kind.as_str(), name) {
        (kind, _) if is_custom(kind) => custom_attribute(scope, resource, name, line),
        (FUNCTION | TABLE | BUCKET | QUEUE, "Arn") | (SECRET, "Id") | (TOPIC, "TopicArn") => {
            Ok(arn(scope, resource, physical()?))
        }
        // The label is the stream's creation time. It is fixed here, so that a restart does not change the ARN.
        (TABLE, "StreamArn") => {
            Ok(format!("{}/stream/2024-01-01T00:00:00.000", arn(scope, resource, physical()?)))
        }
        (BUCKET, "DomainName") => Ok(format!("{}.s3.amazonaws.com", physical()?)),
        (BUCKET, "RegionalDomainName") => Ok(format!("{}.s3.{region}.amazonaws.com", physical()?)),
        (QUEUE, "QueueName") | (TOPIC, "TopicName") => physical(),
        (QUEUE, "QueueUrl") => resource_reference(scope, resource, line),
        (HTTP_API, "ApiEndpoint") => {
            Ok(format!("https://{}.execute-api.{region}.amazonaws.com", physical()?))
        }
        (kind, _) => Err(Problem::at(line, format!("`{name}` of `{id}` ({kind}) is not known locally"))),
    }
}

/// The physical name of a resource, which it has in its service.
pub(super) fn physical(scope: &Scope, resource: &Resource) -> Checked<String> {
    let given = |property: &str| -> Checked<Option<String>> {
        let what = format!("{} of {}", property, resource.id);
        scope.without_cycle(&what, resource.line, || Properties::any(scope, resource)?.text(property))
    };
    let generated = || format!("{}-{}", scope.document.identity.name, resource.id);
    match resource.kind.as_str() {
        FUNCTION => Ok(match given("FunctionName")? {
            Some(name) => name,
            None => crate_name(scope, resource)?,
        }),
        HTTP_API => Ok(scope.document.identity.api_id.clone()),
        TABLE => Ok(given("TableName")?.unwrap_or_else(generated)),
        BUCKET => Ok(given("BucketName")?.unwrap_or_else(|| generated().to_lowercase())),
        SECRET | CONFIGURATION_SET => Ok(given("Name")?.unwrap_or_else(generated)),
        QUEUE => Ok(given("QueueName")?.unwrap_or_else(generated)),
        TOPIC => Ok(given("TopicName")?.unwrap_or_else(generated)),
        kind => Err(Problem::at(resource.line, format!("{kind} has no name locally"))),
    }
}

/// The last part of `CodeUri`, which is the name of the crate and its binary, and locally of the function.
pub(super) fn crate_name(scope: &Scope, resource: &Resource) -> Checked<String> {
    let properties = Properties::any(scope, resource)?;
    let uri = properties.required_text("CodeUri")?;
    let name = uri.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    if name.is_empty() || !name.bytes().all(legal) {
        return Err(properties.problem_of("CodeUri", "must end in the name of a crate"));
    }
    Ok(name.to_owned())
}

/// The resource of type `kind` whose ARN is `arn`.
pub(super) fn find_by_arn<'a>(scope: &Scope<'a>, kind: &str, arn: &str) -> Checked<Option<&'a Resource>> {
    for resource in scope.document.resources.iter().filter(|resource| resource.kind == kind) {
        if scope.exists(resource)? && self::arn(scope, resource, physical(scope, resource)?) == arn {
            return Ok(Some(resource));
        }
    }
    Ok(None)
}

/// The ARN of a resource called `name`.
pub(super) fn arn(scope: &Scope, resource: &Resource, name: String) -> String {
    let region = &scope.document.identity.region;
    match resource.kind.as_str() {
        FUNCTION => format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}"),
        TABLE => format!("arn:aws:dynamodb:{region}:{ACCOUNT}:table/{name}"),
        BUCKET => format!("arn:aws:s3:::{name}"),
        // Secrets Manager adds a hyphen and six random characters.
        SECRET => format!("arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-000000"),
        QUEUE => format!("arn:aws:sqs:{region}:{ACCOUNT}:{name}"),
        TOPIC => format!("arn:aws:sns:{region}:{ACCOUNT}:{name}"),
        _ => name,
    }
}

fn existing<'a>(scope: &Scope<'a>, id: &str, line: usize) -> Checked<&'a Resource> {
    let resource = scope.document.resource(id);
    let resource =
        resource.ok_or_else(|| Problem::at(line, format!("there is no parameter or resource `{id}`")))?;
    if scope.exists(resource)? {
        return Ok(resource);
    }
    Err(Problem::at(line, format!("`{id}` does not exist in this stack: its Condition is false")))
}

/// An attribute of a custom resource, which its function has answered.
fn custom_attribute(scope: &Scope, resource: &Resource, name: &str, line: usize) -> Checked<String> {
    let answer = scope.known.and_then(|known| (known.attribute)(&resource.id, name));
    answer.ok_or_else(|| {
        Problem::at(line, format!("`{}` has not returned the attribute `{name}`", resource.id))
    })
}
