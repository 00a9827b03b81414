//! Starting everything in the order in which one thing needs another.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use super::answers::Answers;
use super::custom::CustomResources;
use super::deployed::{Blueprint, Deployed};
use super::error::StartError;
use super::ports::{self, Ports};
use super::ready::{ReadyFile, Urls};
use super::running::{Stack, Tasks};
use super::{routes, schedules};
use crate::calls::Calls;
use crate::credentials::Credentials;
use crate::deployment::Deployment;
use crate::functions::{Endpoints, Functions, Setup, builder};
use crate::invoker::Invoker;
use crate::logs::Logs;
use crate::mail::{self, Feedback, Inbox};
use crate::options::{DataDir, Options};
use crate::permissions::Permissions;
use crate::secrets::{self, Secrets};
use crate::template::Template;
use crate::{dynamodb, gateway, s3};

/// Where everything local is.
const REGION: &str = "us-east-1";

/// What a rush has started need not stay for hours.
const IDLE_FOR: Duration = Duration::from_mins(1);

/// The parameter that says what links start with: here there is no HTTPS.
const PUBLIC_URL: &str = "PublicUrl";

impl Stack {
    /// Starts the whole stack: template, function binaries, services, gateway.
    ///
    /// # Errors
    /// One clear message about whatever is in the way: a busy port, the template, a function that does not build.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let data = DataDir::open(&options)?;
        let ready = ReadyFile::absent(&data);
        let ports = Ports::bind(options.port).await?;
        let url = |listener| ports::url(listener).map_err(doing("listen"));
        let urls = Urls { api: url(&ports.api)?, s3: url(&ports.s3)?, dynamodb: url(&ports.dynamodb)? };
        let mut services = Tasks::default();
        let answers = ports::listen(0).await.map_err(doing("listen"))?;
        let answers = Answers::listen(answers, &mut services).map_err(doing("listen"))?;
        let permissions = Permissions::new(REGION);
        let (mut blueprint, stores) = blueprint(&options, &data, &urls.api, permissions.clone(), answers)?;
        let binaries = match options.binaries {
            Some(folder) => folder,
            None => builder::build(options.release, options.print).await?,
        };

        let (calls, logs) = (Calls::judged_by(permissions), Logs::new(options.print));
        let credentials = Credentials::new(&data.secret());
        let inbox = Inbox::open(&data)?;
        // Served once there is somebody to invoke: what becomes of a mail is told to functions.
        let ses = ports::listen(0).await.map_err(doing("listen"))?;
        let ses_url = ports::url(&ses).map_err(doing("listen"))?;
        let secrets = secrets::router(blueprint.secrets.clone(), calls.clone(), REGION);
        let secrets_manager = service(&mut services, secrets).await?;

        let dynamodb = dynamodb::start(ports.dynamodb, &stores, &data, calls.clone(), REGION).await?;
        let setup = Setup {
            binaries,
            endpoints: Endpoints {
                dynamodb: urls.dynamodb.clone(),
                s3: urls.s3.clone(),
                ses: ses_url,
                secrets_manager,
            },
            region: REGION.to_owned(),
            credentials: credentials.clone(),
            calls: calls.clone(),
            logs: logs.clone(),
            idle_for: IDLE_FOR,
        };
        let functions = Functions::start([], setup).await.map_err(doing("open the Lambda Runtime API"))?;
        let distribution = blueprint.distribution.clone();
        let deployment = blueprint.deploy(&functions).await?;
        let deployed = Deployed::new(blueprint, deployment.clone(), functions.clone());
        let invoker =
            Invoker::start(functions.clone(), &data).map_err(doing("read the events that were left"))?;
        let topics = invoker.clone();
        let feedback =
            Feedback::new(deployment.mail.clone(), move |function, event| topics.send(function, event));
        services.0.push(ports::serve(ses, mail::ses_router(inbox.clone(), feedback, calls.clone())));
        let s3 = s3::start(
            ports.s3,
            urls.s3.clone(),
            &deployment,
            &data,
            credentials.clone(),
            calls.clone(),
            invoker.clone(),
        )
        .await?;
        let streams = dynamodb::follow(&dynamodb, &deployment, &data, &invoker)?;
        let gateway =
            gateway::router(&deployment, distribution, invoker.clone(), gateway::Settings::default());
        let api = routes::router(&calls, invoker.clone(), inbox.clone(), deployed.clone());
        let api = api.fallback_service(gateway);
        let mut entrances = Tasks(schedules::start(&deployment.schedules, REGION, &invoker)?);
        entrances.0.push(ports::serve(ports.api, api));
        ready.write(&urls).map_err(doing("write local.json"))?;
        Ok(Self {
            urls,
            region: REGION,
            deployment,
            deployed,
            calls,
            logs,
            inbox,
            invoker,
            credentials,
            ready,
            entrances,
            streams,
            functions,
            s3,
            dynamodb,
            services,
            data,
        })
    }
}

/// Serves a service that only functions call, on a free port; answers with its base URL.
async fn service(services: &mut Tasks, router: axum::Router) -> Result<String, StartError> {
    let listener = ports::listen(0).await.map_err(doing("listen"))?;
    let url = ports::url(&listener).map_err(doing("listen"))?;
    services.0.push(ports::serve(listener, router));
    Ok(url)
}

/// What is to be deployed, with the secrets that it takes to evaluate it.
fn blueprint(
    options: &Options,
    data: &DataDir,
    url: &str,
    permissions: Permissions,
    answers: Answers,
) -> Result<(Blueprint, Deployment), StartError> {
    let path = options.template();
    let mut parameters: BTreeMap<String, String> = options.parameters.iter().cloned().collect();
    let mut template = Template::load(&path, &parameters, REGION)?;
    if template.takes(PUBLIC_URL) && !parameters.contains_key(PUBLIC_URL) {
        parameters.insert(PUBLIC_URL.to_owned(), url.to_owned());
        template = Template::load(&path, &parameters, REGION)?;
    }
    let stores = template.stores()?;
    let secrets = Secrets::open(&stores.secrets, data)?;
    let customs = CustomResources::open(data, REGION, answers).map_err(doing("read the custom resources"))?;
    let distribution = gateway::Distribution::default();
    let blueprint =
        Blueprint { path, region: REGION, parameters, secrets, permissions, customs, distribution };
    blueprint.check(&template)?;
    Ok((blueprint, stores))
}

fn doing(doing: &'static str) -> impl Fn(io::Error) -> StartError {
    move |source| StartError::Io { doing, source }
}
