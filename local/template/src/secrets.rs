//! `AWS::SecretsManager::Secret`.

use local_deployment::Secret;

use super::document::Resource;
use super::error::Checked;
use super::names;
use super::properties::Properties;
use super::resources;
use super::scope::Scope;
use super::types::SECRET;

const SUPPORTED: [&str; 3] = ["Name", "GenerateSecretString", "SecretString"];
const IGNORED: [&str; 4] = ["Description", "KmsKeyId", "ReplicaRegions", "Tags"];
const GENERATED: [&str; 9] = [
    "ExcludeCharacters",
    "ExcludeLowercase",
    "ExcludeNumbers",
    "ExcludePunctuation",
    "ExcludeUppercase",
    "GenerateStringKey",
    "IncludeSpace",
    "PasswordLength",
    "SecretStringTemplate",
];

pub(super) fn all(scope: &Scope) -> Checked<Vec<Secret>> {
    resources::of_type(scope, SECRET)?.into_iter().map(|resource| secret(scope, resource)).collect()
}

fn secret(scope: &Scope, resource: &Resource) -> Checked<Secret> {
    let properties = Properties::of(scope, resource, &SUPPORTED, &IGNORED)?;
    if let Some(generated) = properties.mapping("GenerateSecretString")? {
        generated.only(&GENERATED, &["RequireEachIncludedType"])?;
    }
    let name = names::physical(scope, resource)?;
    Ok(Secret {
        logical_id: resource.id.clone(),
        arn: names::arn(scope, resource, name.clone()),
        name,
        generate: properties.value("GenerateSecretString")?,
        value: properties.text("SecretString")?,
    })
}
