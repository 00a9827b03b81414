//! `satchel deploy`

mod inspect;
mod names;
mod sam;
mod staff;

use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::Client;
use serde::Serialize;
use serde_json::Value;

use crate::aws::Aws;
use crate::checks::{Finding, is_blocked, text};
use crate::console::Console;
use crate::failure::{End, Failure};
use crate::operator::costs::{Costs, at_rest};
use crate::operator::smoke::{Account, Check, all, is_ok, summary};
use crate::options::Options;
use crate::samconfig::pair;
use crate::stack::Stack;
use crate::target::Target;

use inspect::Wanted;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only inspect the account and the tools. Exit code 3: something would keep the deployment from working.
    #[arg(long)]
    check: bool,
    /// A parameter of the template, in addition to those of samconfig.toml. Can be repeated.
    #[arg(long = "parameter", short = 'p', value_name = "NAME=VALUE", value_parser = pair)]
    parameters: Vec<(String, String)>,
    /// A packaged template whose functions are built already. Without it, `sam build` builds template.yaml.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Deploy what the last `sam build` built.
    #[arg(long, conflicts_with = "template")]
    no_build: bool,
    /// A bucket of this region for the packages, instead of the one that SAM makes. SAM then reads nothing else from
    /// samconfig.toml than the parameters.
    #[arg(long, value_name = "NAME")]
    s3_bucket: Option<String>,
    /// Create this account, unless it exists, and make it staff.
    #[arg(long, value_name = "NAME")]
    staff: Option<String>,
    /// Its address. Without it, the account has none, and its password is shown once.
    #[arg(long, value_name = "ADDRESS", requires = "staff")]
    staff_email: Option<String>,
    /// Walk through this URL instead of the output `Url`, such as a domain that points to it.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Do not walk through the deployment.
    #[arg(long)]
    no_smoke: bool,
}

/// What a deployment ended with.
#[derive(Debug, Serialize)]
struct Report {
    findings: Vec<Finding>,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dashboard: Option<String>,
    walk_through: Vec<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<Value>,
    costs_at_rest: Costs,
}

/// Takes an account from nothing to a URL.
///
/// # Errors
/// If a tool or service fails. CloudFormation has then restored the previous state.
pub async fn run(args: Args, options: &Options) -> Result<End, Failure> {
    let console = options.console();
    if options.local.is_some() {
        return Err(
            Failure::usage("a local stack is not deployed").advice("start it with `cargo run -p local`")
        );
    }
    let aws = Aws::connect(options).await?;
    let wanted = wanted(&args, options, &aws).await?;
    console.progress(format!(
        "inspecting the account and the tools for {} in {}",
        wanted.stack,
        aws.region()
    ));
    let findings = inspect::all(&aws, &wanted).await;
    let blocked = is_blocked(&findings);
    console.say(text(&findings));
    if args.check {
        console.finish(&serde_json::json!({"blocked": blocked, "findings": findings}), || {
            if blocked {
                "something would keep the deployment from working".to_owned()
            } else {
                "ready".to_owned()
            }
        });
        return Ok(if blocked { End::NotOk } else { End::Done });
    }
    if blocked {
        return Err(Failure {
            end: End::NotOk,
            ..Failure::new("the deployment would not work")
                .advice("do what is written beside BLOCKER, and repeat this")
        });
    }
    console.plan(format!("the stack {} in {}", wanted.stack, aws.region()), &steps(&args, &wanted));
    console.ask()?;
    let template = build(&args, options, &wanted, console).await?;
    sam::deploy(&aws, options, &wanted, &template, args.s3_bucket.as_deref(), console).await?;
    finish(args, &aws, &wanted.stack, findings, wanted.protects(), console).await
}

async fn wanted(args: &Args, options: &Options, aws: &Aws) -> Result<Wanted, Failure> {
    let config = options.samconfig()?;
    let mut parameters = config.parameters;
    parameters.extend(args.parameters.iter().cloned());
    let file = args.template.as_deref().unwrap_or(Path::new("template.yaml"));
    let template = std::fs::read_to_string(file).map_err(|error| {
        Failure::usage(format!("cannot read {}: {error}", file.display()))
            .advice("run the command in the repository's folder, or name a packaged template with --template")
    })?;
    let stack = options.stack_name()?;
    // Without credentials, the inspection says so.
    let deployed = Stack::find(aws, &stack).await.unwrap_or_default();
    Ok(Wanted {
        is_prod: config.environment == "prod",
        builds: args.template.is_none() && !args.no_build,
        uses_build: args.template.is_none(),
        stack,
        parameters,
        template,
        deployed,
    })
}

fn steps(args: &Args, wanted: &Wanted) -> Vec<String> {
    let mut steps = Vec::new();
    if wanted.builds {
        steps.push("build all functions with `sam build` (some minutes the first time)".to_owned());
    }
    let verb = if wanted.deployed.is_some() { "update" } else { "create" };
    let parameters: Vec<String> =
        wanted.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let with =
        if parameters.is_empty() { "the template's defaults".to_owned() } else { parameters.join(" ") };
    steps.push(format!("{verb} the stack, with {with}"));
    if wanted.protects() {
        steps.push("protect the table against deletion (ProtectTable=true)".to_owned());
    }
    if !args.no_smoke {
        steps.push("walk through the deployment with an account that is deleted afterwards".to_owned());
    }
    if let Some(name) = &args.staff {
        steps.push(format!("create the account {name}, unless it exists, and make it staff"));
    }
    steps
}

/// Builds the functions, unless they are. Returns the template that names them.
async fn build(
    args: &Args,
    options: &Options,
    wanted: &Wanted,
    console: Console,
) -> Result<PathBuf, Failure> {
    if let Some(template) = &args.template {
        return Ok(template.clone());
    }
    if wanted.builds {
        sam::build(options, wanted, console).await?;
    }
    Ok(Path::new(sam::BUILD).join("template.yaml"))
}

async fn finish(
    args: Args,
    aws: &Aws,
    name: &str,
    findings: Vec<Finding>,
    protects: bool,
    console: Console,
) -> Result<End, Failure> {
    let stack = Stack::get(aws, name).await?;
    let stack =
        if protects { stack.update(&[("ProtectTable", "true".to_owned())], console).await? } else { stack };
    let url = match &args.url {
        Some(url) => url.clone(),
        None => stack.output("Url")?.to_owned(),
    };
    let mut walk_through = Vec::new();
    if !args.no_smoke {
        until_it_answers(&url, console).await.map_err(|failure| match stack.outputs.get("DomainTarget") {
            Some(target) if args.url.is_none() => failure
                .advice(format!("point {url} to {target} by a CNAME record, then run `satchel smoke {url}`")),
            _ => failure,
        })?;
        let behind_cloudfront = stack.outputs.contains_key("DistributionId") && !aws.is_emulated();
        let endpoint = stack.outputs.get("ApiEndpoint").filter(|_| behind_cloudfront);
        walk_through = all(&url, endpoint.map(String::as_str), &Account::New, console).await?;
    }
    let costs_at_rest = at_rest(&stack).await?;
    let dashboard = stack.outputs.get("DashboardName").map(|dashboard| {
        let region = aws.region();
        format!("https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#dashboards/dashboard/{dashboard}")
    });
    let staff = match &args.staff {
        Some(staff) => Some(
            staff::first(&Target::Deployed(Box::new(stack)), &url, staff, args.staff_email.as_deref())
                .await?,
        ),
        None => None,
    };
    let end = if is_ok(&walk_through) { End::Done } else { End::NotOk };
    let report = Report { findings, url, dashboard, walk_through, staff, costs_at_rest };
    console.finish(&report, || report.text());
    Ok(end)
}

impl Report {
    fn text(&self) -> String {
        let mut lines = vec![format!("URL        {}", self.url)];
        if let Some(dashboard) = &self.dashboard {
            lines.push(format!("dashboard  {dashboard}"));
        }
        if !self.walk_through.is_empty() {
            lines.push(format!("walk       {}", summary(&self.walk_through)));
        }
        if let Some(staff) = &self.staff {
            lines.push(format!("staff      {}", staff["username"].as_str().unwrap_or_default()));
            if let Some(password) = staff["password"].as_str() {
                lines.push(format!("password   {password} (shown only once)"));
            }
            if let Some(note) = staff["note"].as_str() {
                lines.push(format!("           {note}"));
            }
        }
        lines.push(format!(
            "costs      {:.2} USD a month at rest (`satchel costs` has the details)",
            self.costs_at_rest.usd_per_month
        ));
        lines.join("\n")
    }
}

/// Waits until a new distribution is known to this machine's resolver and answers.
async fn until_it_answers(url: &str, console: Console) -> Result<(), Failure> {
    let client = Client::builder().timeout(Duration::from_secs(10)).build().unwrap_or_default();
    let health = format!("{}/health", url.trim_end_matches('/'));
    for attempt in 0..30 {
        match client.get(&health).send().await {
            Ok(response) if response.status().is_success() => return Ok(()),
            _ if attempt == 0 => console.progress(format!("waiting until {health} answers")),
            _ => {}
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    Err(Failure::new(format!("{health} does not answer, although the stack is deployed"))
        .advice("a new name can take some minutes; then run `satchel smoke URL`"))
}
