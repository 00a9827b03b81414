//! Loading a template and evaluating what a stack needs of it, step by step.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::api;
use super::buckets;
use super::distribution;
use super::document::Document;
use super::error::{Checked, TemplateError};
use super::functions;
use super::mail;
use super::resources;
use super::scope::Scope;
use super::secrets;
use super::tables;
use crate::deployment::{CustomResource, Deployment};

/// What only the running stack knows when a template is evaluated.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The current value of a secret, by name or ARN.
    pub secret: &'a dyn Fn(&str) -> Option<String>,
    /// An attribute that a custom resource answered, by logical id and name. `PhysicalResourceId` is what
    /// `Ref` gives.
    pub attribute: &'a dyn Fn(&str, &str) -> Option<String>,
}

/// A template whose parameters are known.
pub struct Template {
    file: String,
    document: Document,
}

impl Template {
    /// Reads the template at `path` and sets its parameters: `parameters`, else their defaults.
    ///
    /// # Errors
    /// The file cannot be read, is not YAML, has something in it that the local stack does not know, refers to
    /// what is not in it, or a parameter breaks its constraints.
    pub fn load(
        path: &Path,
        parameters: &BTreeMap<String, String>,
        region: &str,
    ) -> Result<Self, TemplateError> {
        let file = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|source| TemplateError::Read { file: file.clone(), source })?;
        Self::parse(file, &text, parameters, region)
    }

    /// As [`Template::load`], of a text that is already read; `file` is the name for messages.
    ///
    /// # Errors
    /// As [`Template::load`].
    pub fn parse(
        file: String,
        text: &str,
        parameters: &BTreeMap<String, String>,
        region: &str,
    ) -> Result<Self, TemplateError> {
        match Document::parse(text, parameters, region) {
            Ok(document) => Ok(Self { file, document }),
            Err(problem) => Err(problem.within(&file)),
        }
    }

    /// Whether the template has a parameter of this name.
    #[must_use]
    pub fn takes(&self, parameter: &str) -> bool {
        self.document.parameters.contains_key(parameter)
    }

    /// What holds data: tables, buckets, secrets and queues. Functions and what leads to them are left out,
    /// because their environment may need the value of a secret.
    ///
    /// # Errors
    /// A property is not supported or is not what it must be.
    pub fn stores(&self) -> Result<Deployment, TemplateError> {
        let scope = Scope::new(&self.document, None);
        self.named(data(&scope))
    }

    /// Custom resources in the template's order, each with the function that makes it.
    ///
    /// # Errors
    /// As [`Template::deployment`].
    pub fn custom_resources(&self, known: &Known<'_>) -> Result<Vec<CustomResource>, TemplateError> {
        let scope = Scope::new(&self.document, Some(known));
        self.named(resources::custom(&scope))
    }

    /// Everything that runs.
    ///
    /// # Errors
    /// A property is not supported or is not what it must be, a secret is not known, or a custom resource has
    /// not answered an attribute.
    pub fn deployment(&self, known: &Known<'_>) -> Result<Deployment, TemplateError> {
        let scope = Scope::new(&self.document, Some(known));
        let evaluate = || {
            resources::check_types(&self.document)?;
            let mut deployment = data(&scope)?;
            deployment.cors = api::cors(&scope)?;
            deployment.front = distribution::front(&scope)?;
            deployment.mail = mail::configuration(&scope)?;
            functions::add_all(&scope, &mut deployment)?;
            Ok(deployment)
        };
        self.named(evaluate())
    }

    fn named<T>(&self, checked: Checked<T>) -> Result<T, TemplateError> {
        checked.map_err(|problem| problem.within(&self.file))
    }
}

fn data(scope: &Scope) -> Checked<Deployment> {
    Ok(Deployment {
        tables: tables::all(scope)?,
        buckets: buckets::all(scope)?,
        secrets: secrets::all(scope)?,
        queues: resources::queues(scope)?,
        ..Deployment::default()
    })
}
