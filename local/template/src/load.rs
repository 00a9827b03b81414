//! Loads a template, and evaluates it in steps.

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
use super::policies;
use super::queues;
use super::references;
use super::resources;
use super::rules;
use super::scope::Scope;
use super::secrets;
use super::signals;
use super::tables;

/// A template and the values of its parameters.
pub struct Template {
    file: String,
    document: Document,
}

impl Template {
    /// Reads the template at `path`.
    ///
    /// Parameters have the values in `parameters`, or else their defaults. `identity` determines names and ARNs.
    ///
    /// # Errors
    /// If the file cannot be read, is not YAML, has an unsupported element or a reference to a missing one, or if a
    /// parameter violates its constraints.
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

    /// Like [`Template::load`], but reads the template from `text`. `file` is its name in error messages.
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

    /// The resources that store data: tables, buckets, secrets and queues.
    ///
    /// Functions and their events are left out, because their environments may need the value of a secret.
    ///
    /// # Errors
    /// If the parameters violate a rule, or a property is not supported or has an invalid value.
    pub fn stores(&self) -> Result<Deployment, TemplateError> {
        let scope = Scope::new(&self.document, None, names::resolve);
        self.with_file(rules::check(&scope).and_then(|()| stores(&scope)))
    }

    /// The custom resources in the template's order, each with the function that creates it.
    ///
    /// # Errors
    /// As [`Template::deployment`].
    pub fn custom_resources(&self, known: &Known<'_>) -> Result<Vec<CustomResource>, TemplateError> {
        let scope = Scope::new(&self.document, Some(known), names::resolve);
        self.with_file(custom::all(&scope))
    }

    /// The whole deployment.
    ///
    /// # Errors
    /// If the parameters violate a rule, if a property is not supported or has an invalid value, if a secret does not exist, or if a custom resource
    /// lacks an attribute.
    pub fn deployment(&self, known: &Known<'_>) -> Result<Deployment, TemplateError> {
        let scope = Scope::new(&self.document, Some(known), names::resolve);
        let evaluate = || {
            rules::check(&scope)?;
            resources::check_types(&self.document)?;
            policies::check(&scope)?;
            let mut deployment = stores(&scope)?;
            deployment.cors = api::cors(&scope)?;
            deployment.front = distribution::front(&scope)?;
            deployment.mail = mail::configuration(&scope)?;
            functions::add_all(&scope, &mut deployment)?;
            deployment.filters = signals::filters(&scope)?;
            deployment.alarms = signals::alarms(&scope)?;
            Ok(deployment)
        };
        self.with_file(evaluate())
    }

    fn with_file<T>(&self, checked: Checked<T>) -> Result<T, TemplateError> {
        checked.map_err(|problem| problem.within(&self.file))
    }
}

fn stores(scope: &Scope) -> Checked<Deployment> {
    Ok(Deployment {
        tables: tables::all(scope)?,
        buckets: buckets::all(scope)?,
        secrets: secrets::all(scope)?,
        queues: queues::all(scope)?,
        ..Deployment::default()
    })
}
