//! Loading a template and evaluating what a stack needs of it, step by step.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use local_common::StackIdentity;
use local_deployment::{CustomResource, Deployment};

use super::api;
use super::buckets;
use super::custom;
use super::distribution;
use super::document::Document;
use super::error::{Checked, Problem, TemplateError};
use super::functions;
use super::known::Known;
use super::mail;
use super::names;
use super::parse;
use super::queues;
use super::references;
use super::resources;
use super::scope::Scope;
use super::secrets;
use super::tables;

/// A template whose parameters are known.
pub struct Template {
    file: String,
    document: Document,
}

impl Template {
    /// Reads the template at `path` and sets its parameters: `parameters`, else their defaults. Names and ARNs are those
    /// of the stack called `identity`.
    ///
    /// # Errors
    /// The file cannot be read, is not YAML, has something in it that the local stack does not know, refers to
    /// what is not in it, or a parameter breaks its constraints.
    pub fn load(
        path: &Path,
        parameters: &BTreeMap<String, String>,
        identity: &StackIdentity,
    ) -> Result<Self, TemplateError> {
        let file = path.display().to_string();
        let text =
            fs::read_to_string(path).map_err(|source| TemplateError::Read { file: file.clone(), source })?;
        Self::parse(file, &text, parameters, identity)
    }

    /// As [`Template::load`], of a text that is already read; `file` is the name for messages.
    ///
    /// # Errors
    /// As [`Template::load`].
    pub fn parse(
        file: String,
        text: &str,
        parameters: &BTreeMap<String, String>,
        identity: &StackIdentity,
    ) -> Result<Self, TemplateError> {
        let checked = || {
            let root = parse::parse(text)?;
            let document = Document::read(&root, parameters, identity)?;
            references::check(&document, &root)?;
            Ok(document)
        };
        match checked() {
            Ok(document) => Ok(Self { file, document }),
            Err(problem) => Err(Problem::within(problem, &file)),
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
        let scope = Scope::new(&self.document, None, names::resolve);
        self.named(data(&scope))
    }

    /// Custom resources in the template's order, each with the function that makes it.
    ///
    /// # Errors
    /// As [`Template::deployment`].
    pub fn custom_resources(&self, known: &Known<'_>) -> Result<Vec<CustomResource>, TemplateError> {
        let scope = Scope::new(&self.document, Some(known), names::resolve);
        self.named(custom::all(&scope))
    }

    /// Everything that runs.
    ///
    /// # Errors
    /// A property is not supported or is not what it must be, a secret is not known, or a custom resource has
    /// not answered an attribute.
    pub fn deployment(&self, known: &Known<'_>) -> Result<Deployment, TemplateError> {
        let scope = Scope::new(&self.document, Some(known), names::resolve);
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
        queues: queues::all(scope)?,
        ..Deployment::default()
    })
}
