//! What is deployed, and how other parameters are deployed while it runs.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use local_common::StackIdentity;
use local_deployment::{Deployment, Front, Function};
use local_gateway::Distribution;
use local_lambda::Functions;
use local_policy::Permissions;
use local_secrets::Secrets;
use local_template::{Known, Template};
use tokio::sync::Mutex;

use super::containers::Environments;
use super::custom::CustomResources;
use super::error::StartError;

/// A template with its parameters, and everything that it takes to evaluate it.
pub(super) struct Blueprint {
    pub path: PathBuf,
    pub identity: StackIdentity,
    pub parameters: BTreeMap<String, String>,
    pub secrets: Secrets,
    pub permissions: Permissions,
    pub customs: CustomResources,
    pub distribution: Distribution,
    /// What containers are told, if there may be any.
    pub environments: Option<Environments>,
}

/// What is deployed. Clones share it.
#[derive(Clone)]
pub(super) struct Deployed {
    state: Arc<Mutex<State>>,
    functions: Functions,
}

struct State {
    blueprint: Blueprint,
    deployment: Deployment,
}

impl Blueprint {
    /// Makes the custom resources and evaluates the rest; the functions are there when this returns.
    ///
    /// # Errors
    /// The template, or what a custom resource's function answers.
    pub async fn deploy(&mut self, functions: &Functions) -> Result<Deployment, StartError> {
        let template = self.load(&self.parameters)?;
        self.apply(&template, functions).await
    }

    /// What will be deployed, to find mistakes before the functions are built: attributes that nobody has answered yet may
    /// be anything.
    ///
    /// # Errors
    /// The template's.
    pub fn plan(&self, template: &Template) -> Result<Deployment, StartError> {
        let attribute =
            |id: &str, name: &str| self.customs.attribute(id, name).or_else(|| Some(String::new()));
        self.evaluate(template, &attribute)
    }

    fn load(&self, parameters: &BTreeMap<String, String>) -> Result<Template, StartError> {
        Ok(Template::load(&self.path, parameters, &self.identity)?)
    }

    /// What `template` comes to with the custom resources as `attribute` has them.
    fn evaluate(
        &self,
        template: &Template,
        attribute: &dyn Fn(&str, &str) -> Option<String>,
    ) -> Result<Deployment, StartError> {
        Ok(template.deployment(&Known { secret: &|id| self.secrets.value(id), attribute })?)
    }

    async fn apply(&mut self, template: &Template, functions: &Functions) -> Result<Deployment, StartError> {
        let wanted = {
            let attribute = |id: &str, name: &str| self.customs.attribute(id, name);
            template
                .custom_resources(&Known { secret: &|id| self.secrets.value(id), attribute: &attribute })?
        };
        let providers: Vec<_> = wanted.iter().map(|resource| resource.function.clone()).collect();
        self.permissions.enforce(providers.iter().map(Function::named_policies));
        functions.update(providers).await;
        let change = self.customs.change(&wanted, functions).await?;
        let evaluated = self.evaluate(template, &|id, name| change.attribute(id, name));
        match evaluated {
            Ok(deployment) => {
                self.customs.keep(change).map_err(keeping)?;
                self.permissions.enforce(deployment.functions.values().map(Function::named_policies));
                // Edge locations and functions change one by one, in no fixed order.
                self.distribution.change_to(deployment.front.clone());
                functions.update(all(&deployment)).await;
                self.distribution.settle();
                if let Some(environments) = &self.environments {
                    environments.write(&deployment).map_err(writing)?;
                }
                Ok(deployment)
            }
            Err(error) => {
                self.customs.undo(change, functions).await;
                Err(error)
            }
        }
    }
}

impl Deployed {
    pub fn new(blueprint: Blueprint, deployment: Deployment, functions: Functions) -> Self {
        Self { state: Arc::new(Mutex::new(State { blueprint, deployment })), functions }
    }

    /// Gives parameters other values, as an update of a CloudFormation stack does. It goes on if the caller gives
    /// up, and of two updates the second waits.
    ///
    /// # Errors
    /// Whatever is in the way; then everything is as it was.
    pub async fn update(&self, changes: BTreeMap<String, String>) -> Result<(), StartError> {
        let (state, functions) = (Arc::clone(&self.state), self.functions.clone());
        let updating = self.functions.runtime().spawn(async move {
            let mut state = state.lock().await;
            let updated = state.update(changes, &functions).await;
            if updated.is_err() {
                // Functions of custom resources may have been changed first.
                let policies = state.deployment.functions.values().map(Function::named_policies);
                state.blueprint.permissions.enforce(policies);
                functions.update(all(&state.deployment)).await;
            }
            updated
        });
        updating.await.unwrap_or_else(|gone| Err(keeping(io::Error::other(gone))))
    }
}

impl State {
    async fn update(
        &mut self,
        changes: BTreeMap<String, String>,
        functions: &Functions,
    ) -> Result<(), StartError> {
        let blueprint = &mut self.blueprint;
        let mut parameters = blueprint.parameters.clone();
        parameters.extend(changes);
        let template = blueprint.load(&parameters)?;
        // Before anything is done: what a running stack cannot take on.
        let planned = blueprint.evaluate(&template, &|id, name| blueprint.customs.attribute(id, name))?;
        if without_environments(&planned) != without_environments(&self.deployment) {
            return Err(StartError::NeedsRestart);
        }
        self.deployment = blueprint.apply(&template, functions).await?;
        blueprint.parameters = parameters;
        Ok(())
    }
}

fn all(deployment: &Deployment) -> Vec<Function> {
    deployment.functions.values().cloned().collect()
}

/// What an update of a running stack must not change.
fn without_environments(deployment: &Deployment) -> Deployment {
    let mut rest = deployment.clone();
    rest.functions.values_mut().for_each(|function| function.environment.clear());
    // Its headers and its caching may change, but not whether there is one.
    rest.front = rest.front.map(|_| Front::default());
    rest
}

fn writing(source: io::Error) -> StartError {
    StartError::Io { doing: "write sam-env.json", source }
}

fn keeping(source: io::Error) -> StartError {
    StartError::Io { doing: "keep the custom resources", source }
}
