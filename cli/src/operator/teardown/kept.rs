//! What a stack leaves when it is deleted: table, buckets and secrets.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use aws_sdk_cloudformation::types::TemplateStage;
use serde::{Deserialize, Serialize};

use super::bucket;
use crate::aws::Aws;
use crate::console::Console;
use crate::failure::{Failure, doing};
use crate::stack::Stack;

/// The names of what a stack leaves when it is deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub tables: Vec<String>,
    pub buckets: Vec<String>,
    /// ARNs.
    pub secrets: Vec<String>,
}

impl Kept {
    /// What the stack would leave: all resources of these kinds that its template retains, and a restored table.
    ///
    /// # Errors
    /// If CloudFormation cannot be asked.
    pub async fn of(stack: &Stack) -> Result<Self, Failure> {
        let client = stack.aws.cloudformation();
        let asked =
            client.get_template().stack_name(&stack.id).template_stage(TemplateStage::Processed).send();
        let answer = asked.await.map_err(doing("read the template of the stack"))?;
        let retained = retained(answer.template_body().unwrap_or_default());
        let resources = stack.resources().await?;
        let of = |kind: &str| -> Vec<String> {
            resources
                .iter()
                .filter(|resource| resource.resource_type() == Some(kind))
                .filter(|resource| resource.logical_resource_id().is_some_and(|id| retained.contains(id)))
                .filter_map(|resource| resource.physical_resource_id().map(ToOwned::to_owned))
                .collect()
        };
        let mut kept = Self {
            tables: of("AWS::DynamoDB::Table"),
            buckets: of("AWS::S3::Bucket"),
            secrets: of("AWS::SecretsManager::Secret"),
        };
        kept.merge(Self {
            tables: stack.parameter("TableName").map(ToOwned::to_owned).into_iter().collect(),
            ..Self::default()
        });
        Ok(kept)
    }

    /// Adds what the other has.
    pub fn merge(&mut self, other: Self) {
        for (ours, theirs) in [
            (&mut self.tables, other.tables),
            (&mut self.buckets, other.buckets),
            (&mut self.secrets, other.secrets),
        ] {
            ours.extend(theirs);
            *ours = std::mem::take(ours).into_iter().collect::<BTreeSet<_>>().into_iter().collect();
        }
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// One line for each.
    pub fn lines(&self) -> Vec<String> {
        let lines = |what: &str, names: &[String]| -> Vec<String> {
            names.iter().map(|name| format!("the {what} {name}")).collect()
        };
        [lines("table", &self.tables), lines("bucket", &self.buckets), lines("secret", &self.secrets)]
            .concat()
    }

    /// Deletes all of it. What is gone already is no error.
    ///
    /// # Errors
    /// If a service refuses.
    pub async fn delete(&self, aws: &Aws, console: Console) -> Result<(), Failure> {
        for name in &self.buckets {
            bucket::delete(&aws.s3(), name, console).await?;
        }
        for name in &self.tables {
            console.progress(format!("deleting the table {name}"));
            delete_table(aws, name).await?;
        }
        for id in &self.secrets {
            console.progress(format!("deleting the secret {id}"));
            let delete =
                aws.secretsmanager().delete_secret().secret_id(id).force_delete_without_recovery(true);
            match delete.send().await {
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(|error| error.is_resource_not_found_exception()) => {}
                answer => answer.map(|_| ()).map_err(doing(format!("delete the secret {id}")))?,
            }
        }
        Ok(())
    }

    /// What an earlier run that was interrupted has noted.
    ///
    /// # Errors
    /// If the note cannot be read.
    pub fn load(note: &Path) -> Result<Self, Failure> {
        match fs::read_to_string(note) {
            Ok(text) => serde_json::from_str(&text)
                .map_err(|error| Failure::new(format!("{} is not valid: {error}", note.display()))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Failure::new(format!("cannot read {}: {error}", note.display()))),
        }
    }

    /// Notes what is to be deleted, because a stack that is gone cannot tell.
    ///
    /// # Errors
    /// If the note cannot be written.
    pub fn save(&self, note: &Path) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        fs::write(note, text)
            .map_err(|error| Failure::new(format!("cannot write {}: {error}", note.display())))
    }
}

/// Removes the note.
///
/// # Errors
/// If it cannot be removed.
pub fn forget(note: &Path) -> Result<(), Failure> {
    match fs::remove_file(note) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Failure::new(format!("cannot remove {}: {error}", note.display())))
        }
        _ => Ok(()),
    }
}

async fn delete_table(aws: &Aws, name: &str) -> Result<(), Failure> {
    let client = aws.dynamodb();
    let unprotect = client.update_table().table_name(name).deletion_protection_enabled(false).send().await;
    match unprotect {
        Err(error)
            if error.as_service_error().is_some_and(|error| error.is_resource_not_found_exception()) =>
        {
            return Ok(());
        }
        answer => answer.map(|_| ()).map_err(doing(format!("allow the deletion of the table {name}")))?,
    }
    client.delete_table().table_name(name).send().await.map_err(doing(format!("delete the table {name}")))?;
    Ok(())
}

/// The logical ids of resources that the template keeps. The template is JSON or YAML.
fn retained(template: &str) -> BTreeSet<String> {
    if let Ok(template) = serde_json::from_str::<serde_json::Value>(template) {
        let resources = template["Resources"].as_object().cloned().unwrap_or_default();
        let is_kept = |resource: &serde_json::Value| {
            resource["DeletionPolicy"].as_str().is_some_and(|policy| policy.starts_with("Retain"))
        };
        return resources.into_iter().filter(|(_, resource)| is_kept(resource)).map(|(id, _)| id).collect();
    }
    let mut id = "";
    let mut ids = BTreeSet::new();
    for line in template.lines() {
        let name = line.strip_prefix("  ").and_then(|line| line.strip_suffix(':'));
        if let Some(name) = name.filter(|name| name.chars().all(char::is_alphanumeric)) {
            id = name;
        } else if line.starts_with("    DeletionPolicy: Retain") {
            ids.insert(id.to_owned());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_that_are_kept_are_found_in_both_formats() {
        let json = r#"{"Resources": {
            "Table": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "RetainExceptOnCreate"},
            "Old": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"},
            "Log": {"Type": "AWS::S3::Bucket"}}}"#;
        let yaml = "Resources:\n  Table:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: RetainExceptOnCreate\n\
                    \x20 Old:\n    DeletionPolicy: Retain\n  Log:\n    Type: AWS::S3::Bucket\n";
        let expected = BTreeSet::from(["Old".to_owned(), "Table".to_owned()]);
        assert_eq!((retained(json), retained(yaml)), (expected.clone(), expected));
    }

    #[test]
    fn an_interrupted_deletion_remembers_what_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("note.json");
        assert!(Kept::load(&note).unwrap().is_empty());
        let mut kept = Kept { buckets: vec!["b".to_owned()], ..Kept::default() };
        kept.save(&note).unwrap();
        kept.merge(Kept { buckets: vec!["a".to_owned(), "b".to_owned()], ..Kept::default() });
        assert_eq!(kept.buckets, ["a", "b"]);
        assert_eq!(Kept::load(&note).unwrap().buckets, ["b"]);
        forget(&note).unwrap();
        forget(&note).unwrap();
    }
}
