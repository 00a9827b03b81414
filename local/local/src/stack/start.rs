//! Starting everything in the order in which one thing needs another.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use local_calls::Calls;
use local_common::{Credentials, DataDir, StackIdentity};
use local_deployment::Deployment;
use local_gateway::{Distribution, FrontDoor, Settings};
use local_lambda::builder::{Background, Build};
use local_lambda::{Binaries, Endpoints, Functions, Invoker, Logs, Setup};
use local_parameters::Parameters;
use local_policy::Permissions;
use local_secrets::Secrets;
use local_ses::{Feedback, Inbox};
use local_template::Template;

use super::answers::Answers;
use super::containers::{self, Door, Environments};
use super::custom::CustomResources;
use super::deployed::{Blueprint, Deployed};
use super::error::StartError;
use super::ports::{self, Ports};
use super::ready::{ReadyFile, Urls};
use super::running::Stack;
use super::signals::Signals;
use super::tasks::Tasks;
use super::{lambda_api, routes, schedules};
use crate::options::{Options, ReadyAfter};
use crate::profile::Profile;

/// What a rush has started need not stay for hours.
const IDLE_FOR: Duration = Duration::from_mins(1);

impl Stack {
    /// Starts the whole stack: template, function binaries, services, gateway.
    ///
    /// # Errors
    /// One clear message about whatever is in the way: a busy port, the template, a function that does not build.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let profile = options.profile();
        let data = if options.ephemeral { DataDir::ephemeral()? } else { DataDir::open(&options.data_dir)? };
        let ready = ReadyFile::absent(&data);
        let ports = Ports::bind(options.port).await?;
        let door = door(&options).await?;
        let urls = urls(&ports, door.as_ref()).map_err(doing("listen"))?;
        let (mut services, mut entrances) = (Tasks::default(), Tasks::default());
        let answers = ports::listen(0).await.map_err(doing("listen"))?;
        let answers = Answers::listen(answers, &mut services).map_err(doing("listen"))?;
        let permissions = Permissions::new(&profile.identity);
        let (mut blueprint, plan) =
            blueprint(&options, &profile, &data, &urls, permissions.clone(), answers)?;
        let logs = Logs::new(options.print);
        let (binaries, background) = binaries(&options, &profile, &plan, &logs).await?;
        let Profile { identity, front_door, mail_page, .. } = profile;
        // A CloudFront function belongs to a distribution.
        let front_door = if plan.front.is_some() { front_door } else { FrontDoor::default() };
        let region = identity.region.as_str();

        let calls = Calls::judged_by(permissions);
        let credentials = Credentials::new(&data.secret());
        let inbox = Inbox::open(&data)?;
        // Served once there is somebody to invoke: what becomes of a mail is told to functions.
        let ses = ports::listen(0).await.map_err(doing("listen"))?;
        let lambda = ports::listen(0).await.map_err(doing("listen"))?;
        let secrets = local_secrets::router(blueprint.secrets.clone(), calls.clone(), &identity);
        let parameters = local_parameters::router(Parameters::open(&data)?, calls.clone(), region);
        let endpoints = Endpoints {
            dynamodb: urls.dynamodb.clone(),
            s3: urls.s3.clone(),
            ses: ports::url(&ses).map_err(doing("listen"))?,
            secrets_manager: service(&mut services, secrets).await?,
            systems_manager: service(&mut services, parameters).await?,
            lambda: ports::url(&lambda).map_err(doing("listen"))?,
        };
        if let Some(door) = door {
            entrances.0.push(ports::serve(door.listener, containers::router(&endpoints)));
        }
        let dynamodb = local_dynamodb::start(ports.dynamodb, &plan, &data, calls.clone(), region).await?;
        let setup = Setup {
            binaries,
            endpoints,
            region: region.to_owned(),
            credentials: credentials.clone(),
            calls: calls.clone(),
            logs: logs.clone(),
            idle_for: IDLE_FOR,
        };
        let functions = Functions::start([], setup).await.map_err(doing("open the Lambda Runtime API"))?;
        let distribution = blueprint.distribution.clone();
        let deployment = blueprint.deploy(&functions).await?;
        let deployed = Deployed::new(blueprint, deployment.clone(), functions.clone());
        let invoker = Invoker::holding(options.hold.clone(), functions.clone(), &data)
            .map_err(doing("read the events that were left"))?;
        let topics = invoker.clone();
        let feedback =
            Feedback::new(deployment.mail.clone(), move |function, event| topics.send(function, event));
        services.0.push(ports::serve(ses, local_ses::endpoint(inbox.clone(), feedback, calls.clone())));
        services.0.push(ports::serve(lambda, lambda_api::router(invoker.clone(), calls.clone())));
        let events = invoker.clone();
        let s3 = local_s3::start(
            ports.s3,
            urls.s3.clone(),
            &deployment,
            &data,
            credentials.clone(),
            calls.clone(),
            Box::new(move |function, event| events.send(function, event)),
        )
        .await?;
        let streams = local_dynamodb::follow(&dynamodb, &deployment, &data, &invoker)?;
        let settings = Settings { front_door, api_id: identity.api_id.clone(), ..Settings::default() };
        let gateway = local_gateway::router(&deployment, distribution, invoker.clone(), settings);
        let api = routes::router(&calls, invoker.clone(), inbox.clone(), mail_page, deployed.clone());
        let signals = signals(&logs, &calls, &invoker, &deployment, &identity);
        let api = api.merge(signals.clone().router()).fallback_service(signals.counted(gateway));
        entrances.0.extend(schedules::start(&deployment.schedules, region, &invoker)?);
        entrances.0.push(ports::serve(ports.api, api));
        ready.write(&urls).map_err(doing("write local.json"))?;
        Ok(Self {
            urls,
            region: region.to_owned(),
            deployment,
            deployed,
            calls,
            logs,
            signals,
            inbox,
            invoker,
            credentials,
            ready,
            background,
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

/// The base URLs of what listens already.
fn urls(ports: &Ports, door: Option<&Door>) -> io::Result<Urls> {
    Ok(Urls {
        api: ports::url(&ports.api)?,
        s3: ports::url(&ports.s3)?,
        dynamodb: ports::url(&ports.dynamodb)?,
        containers: door.map(|door| door.url.clone()),
    })
}

fn signals(
    logs: &Logs,
    calls: &Calls,
    invoker: &Invoker,
    deployment: &Deployment,
    identity: &StackIdentity,
) -> Signals {
    Signals {
        logs: logs.clone(),
        calls: calls.clone(),
        invoker: invoker.clone(),
        deployment: Arc::new(deployment.clone()),
        api_id: identity.api_id.clone(),
        begun: Arc::default(),
    }
}

/// Where containers reach the stack, if they are to.
async fn door(options: &Options) -> Result<Option<Door>, StartError> {
    let Some(containers) = options.sam else { return Ok(None) };
    let port = ports::after(options.port, 3);
    let refused = |error| StartError::Ports(vec![ports::refused(port, "containers", &error)]);
    containers.listen(port).await.map(Some).map_err(refused)
}

/// Serves a service that only functions call, on a free port; answers with its base URL.
async fn service(services: &mut Tasks, router: axum::Router) -> Result<String, StartError> {
    let listener = ports::listen(0).await.map_err(doing("listen"))?;
    let url = ports::url(&listener).map_err(doing("listen"))?;
    services.0.push(ports::serve(listener, router));
    Ok(url)
}

/// The functions' binaries, and the build that is still making some of them.
async fn binaries(
    options: &Options,
    profile: &Profile,
    plan: &Deployment,
    logs: &Logs,
) -> Result<(Binaries, Option<Background>), StartError> {
    if let Some(folder) = &options.binaries {
        return Ok((folder.clone().into(), None));
    }
    let build = Build {
        workspace: options.workspace(),
        is_own: options.builds_own_workspace(),
        release: options.release,
        logs: logs.clone(),
    };
    let functions: BTreeSet<_> = plan.functions.values().map(|function| function.name.clone()).collect();
    // Another template may have Satchel's profile.
    let first: BTreeSet<_> = profile.first.intersection(&functions).cloned().collect();
    if options.ready_after == ReadyAfter::FirstFunctions && !first.is_empty() {
        let (binaries, background) = build.run_first(&first, &functions).await?;
        return Ok((binaries, Some(background)));
    }
    Ok((build.run().await?, None))
}

/// How to deploy, with the secrets that it takes to evaluate it, and what is to be deployed.
fn blueprint(
    options: &Options,
    profile: &Profile,
    data: &DataDir,
    urls: &Urls,
    permissions: Permissions,
    answers: Answers,
) -> Result<(Blueprint, Deployment), StartError> {
    let path = options.template();
    let mut parameters: BTreeMap<String, String> = options.parameters.iter().cloned().collect();
    let identity = &profile.identity;
    let mut template = Template::load(&path, &parameters, identity)?;
    let mail_page = urls.mail_page();
    let own = [(&profile.url_parameter, urls.api.as_str()), (&profile.mail_page_parameter, &*mail_page)];
    let own = own.iter().filter_map(|(name, url)| Some((name.as_ref()?, *url)));
    let defaults = profile.parameters.iter().map(|(name, value)| (name, value.as_str())).chain(own);
    // Another template may have Satchel's profile.
    for (name, value) in defaults.filter(|(name, _)| template.takes(name)) {
        parameters.entry(name.clone()).or_insert_with(|| value.to_owned());
    }
    template = Template::load(&path, &parameters, identity)?;
    let stores = template.stores()?;
    let secrets = Secrets::open(&stores.secrets, data)?;
    let customs =
        CustomResources::open(data, identity, answers).map_err(doing("read the custom resources"))?;
    let distribution = Distribution::default();
    let environments =
        urls.containers.clone().map(|url| Environments::new(data, url, profile.direct.clone()));
    let blueprint = Blueprint {
        path,
        identity: identity.clone(),
        parameters,
        secrets,
        permissions,
        customs,
        distribution,
        environments,
    };
    let plan = blueprint.plan(&template)?;
    Ok((blueprint, plan))
}

fn doing(doing: &'static str) -> impl Fn(io::Error) -> StartError {
    move |source| StartError::Io { doing, source }
}
