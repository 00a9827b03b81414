//! Starting everything in the order in which one thing needs another.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::error::StartError;
use super::keys::SigningKeys;
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
use crate::mail::{self, Inbox};
use crate::options::{DataDir, Options};
use crate::secrets::{self, Secrets};
use crate::template::{Known, Template};
use crate::{dynamodb, gateway, s3};

/// Where everything local is.
const REGION: &str = "us-east-1";

/// What a rush has started need not stay for hours.
const IDLE_FOR: Duration = Duration::from_mins(1);

/// The secret that holds the keys, by its logical id, and the parameters that tell about them.
const SIGNING_KEYS_SECRET: &str = "SigningKeysSecret";
const PUBLIC_KEYS: &str = "PublicKeys";
const SIGNING_KID: &str = "SigningKid";

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
        let (deployment, secrets) = deployment(&options, &data, &urls.api)?;
        let binaries = match options.binaries {
            Some(folder) => folder,
            None => builder::build(options.release, options.print).await?,
        };

        let (calls, logs) = (Calls::default(), Logs::new(options.print));
        let credentials = Credentials::new(&data.secret());
        let inbox = Inbox::open(&data)?;
        let mut services = Tasks::default();
        let ses = service(&mut services, mail::ses_router(inbox.clone(), calls.clone())).await?;
        let secrets = secrets::router(secrets, calls.clone(), REGION);
        let secrets_manager = service(&mut services, secrets).await?;

        let dynamodb = dynamodb::start(ports.dynamodb, &deployment, &data, calls.clone(), REGION).await?;
        let setup = Setup {
            binaries,
            endpoints: Endpoints {
                dynamodb: urls.dynamodb.clone(),
                s3: urls.s3.clone(),
                ses,
                secrets_manager,
            },
            region: REGION.to_owned(),
            credentials: credentials.clone(),
            calls: calls.clone(),
            logs: logs.clone(),
            idle_for: IDLE_FOR,
        };
        let functions = Functions::start(deployment.functions.values().cloned(), setup)
            .await
            .map_err(doing("open the Lambda Runtime API"))?;
        let invoker =
            Invoker::start(functions.clone(), &data).map_err(doing("read the events that were left"))?;
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
        let gateway = gateway::router(&deployment, invoker.clone(), gateway::Settings::default());
        let api = routes::router(invoker.clone(), inbox.clone()).fallback_service(gateway);
        let mut entrances = Tasks(schedules::start(&deployment.schedules, REGION, &invoker)?);
        entrances.0.push(ports::serve(ports.api, api));
        ready.write(&urls).map_err(doing("write local.json"))?;
        Ok(Self {
            urls,
            region: REGION,
            deployment,
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

/// What the template comes to, with the secrets it needs for that.
fn deployment(options: &Options, data: &DataDir, url: &str) -> Result<(Deployment, Secrets), StartError> {
    let path = options.template();
    let mut parameters: BTreeMap<String, String> = options.parameters.iter().cloned().collect();
    let template = load(&path, &parameters)?;
    if template.takes(PUBLIC_URL) {
        parameters.entry(PUBLIC_URL.to_owned()).or_insert_with(|| url.to_owned());
    }
    let mut described = template.stores()?.secrets;
    let mut holder = described.iter_mut().find(|secret| secret.logical_id == SIGNING_KEYS_SECRET);
    if let Some(secret) = &mut holder {
        // Only the first start makes the secret with this value; later ones find it in the data folder.
        let keys =
            SigningKeys::generate().map_err(|_| doing("make keys")(io::Error::other("no randomness")))?;
        secret.value = Some(keys.secret());
    }
    let holder = holder.map(|secret| secret.name.clone());
    let secrets = Secrets::open(&described, data)?;
    if let Some(holder) = holder {
        let keys = secrets.value(&holder).as_deref().and_then(SigningKeys::parse);
        let published = keys.and_then(|keys| keys.published()).ok_or(StartError::SigningKeys(holder))?;
        parameters.entry(PUBLIC_KEYS.to_owned()).or_insert(published.public_keys);
        parameters.entry(SIGNING_KID.to_owned()).or_insert(published.signing_kid);
    }
    let template = load(&path, &parameters)?;
    let known = Known { secret: &|id| secrets.value(id), attribute: &|_, _| None };
    Ok((template.deployment(&known)?, secrets))
}

fn load(path: &Path, parameters: &BTreeMap<String, String>) -> Result<Template, StartError> {
    Ok(Template::load(path, parameters, REGION)?)
}

fn doing(doing: &'static str) -> impl Fn(io::Error) -> StartError {
    move |source| StartError::Io { doing, source }
}
