//! The inspection of account and tools: makes the calls whose answers the checks judge.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use aws_sdk_cloudformation::types::StackResourceSummary;
use tokio::process::Command;

use super::names;
use super::sam::BUILD;
use crate::aws::Aws;
use crate::checks::names::{Place, free, in_template, named_its_buckets, passed_on, valid};
use crate::checks::{Finding, account, cloudfront, concurrency, mail, tools};
use crate::failure::doing;
use crate::stack::Stack;

/// What is to be deployed.
#[derive(Debug)]
pub struct Wanted {
    pub stack: String,
    /// Of samconfig.toml and the command line.
    pub parameters: BTreeMap<String, String>,
    /// The text of the template.
    pub template: String,
    /// The stack as it is now.
    pub deployed: Option<Stack>,
    pub is_prod: bool,
    /// Whether `sam build` will run.
    pub builds: bool,
    /// Whether the functions come from the folder of `sam build`.
    pub uses_build: bool,
}

impl Wanted {
    /// The value that a parameter will have: as given, as deployed, or else the template's default.
    pub fn parameter(&self, name: &str) -> String {
        let deployed = self.deployed.as_ref().and_then(|stack| stack.parameters.get(name));
        self.parameters.get(name).or(deployed).cloned().unwrap_or_else(|| default_of(&self.template, name))
    }

    /// Whether the table is to be protected after the deployment. The first deployment cannot do it itself, because a
    /// protected table blocks its roll-back.
    pub fn protects(&self) -> bool {
        self.template.contains("ProtectTable")
            && self.parameter("ProtectTable") != "true"
            && !self.parameters.contains_key("ProtectTable")
    }

    fn number(&self, name: &str) -> i32 {
        self.parameter(name).parse().unwrap_or(0)
    }
}

/// The default of a parameter, or "".
fn default_of(template: &str, name: &str) -> String {
    let head = format!("  {name}:");
    let mut stanza =
        template.lines().skip_while(|line| *line != head).skip(1).take_while(|line| line.starts_with("    "));
    let default = stanza.find_map(|line| line.trim().strip_prefix("Default: ")).unwrap_or_default();
    default.trim_matches(['"', '\'']).to_owned()
}

/// Everything that can be known before a deployment.
pub async fn all(aws: &Aws, wanted: &Wanted) -> Vec<Finding> {
    let identity = aws.sts().get_caller_identity().send().await.map_err(doing("ask AWS who is asking"));
    let mut findings = vec![account::credentials(identity.as_ref(), aws.region())];
    if let Ok(identity) = &identity {
        findings
            .push(account::stack(&wanted.stack, wanted.deployed.as_ref().map(|stack| stack.status.as_str())));
        let account = identity.account().unwrap_or_default();
        findings.extend(names(aws, wanted, account).await);
        if wanted.parameter("Cdn") != "none" {
            findings.push(cloudfront::verified(aws.cloudfront().list_distributions().send().await.as_ref()));
        }
        findings.extend(mail(aws, wanted).await);
        findings.push(concurrency(aws, wanted).await);
    }
    findings.extend(tools(wanted).await);
    findings
}

async fn names(aws: &Aws, wanted: &Wanted, account: &str) -> Vec<Finding> {
    let place = Place { stack: &wanted.stack, account, region: aws.region() };
    let names = in_template(&wanted.template, place);
    let mut findings = vec![valid(&names, &wanted.stack)];
    match &wanted.deployed {
        None => findings.push(free(&names, &names::taken(aws, &names).await, &wanted.stack)),
        Some(stack) if named_its_buckets(&wanted.template, &stack.parameters) => {
            findings.extend(buckets(stack, wanted).await);
        }
        Some(_) => {}
    }
    findings
}

/// Whether a stack of an older template keeps its buckets. If nobody can tell, it must not be deployed to.
async fn buckets(stack: &Stack, wanted: &Wanted) -> Option<Finding> {
    match stack.resources().await {
        Ok(resources) => {
            let physical = |resource: &StackResourceSummary| {
                Some((
                    resource.logical_resource_id()?.to_owned(),
                    resource.physical_resource_id()?.to_owned(),
                ))
            };
            passed_on(&resources.iter().filter_map(physical).collect(), &wanted.parameters)
        }
        Err(failure) => Some(Finding::blocker(
            "buckets",
            format!("an older template named the buckets, and their names are unknown: {}", failure.message),
            failure.advice.unwrap_or_else(|| "repeat this".to_owned()),
        )),
    }
}

async fn mail(aws: &Aws, wanted: &Wanted) -> Vec<Finding> {
    let from = wanted.parameter("MailFrom");
    let require_email = wanted.parameter("RequireEmail") == "true";
    if let Some(finding) = mail::sender(&wanted.parameter("Mail"), &from, require_email) {
        return vec![finding];
    }
    let client = aws.sesv2();
    let domain = from.rsplit_once('@').map_or(from.as_str(), |(_, domain)| domain);
    let ask = async |identity: &str| client.get_email_identity().email_identity(identity).send().await;
    let (address, domain) = (ask(&from).await, ask(domain).await);
    vec![
        mail::identity(&from, aws.region(), address.as_ref(), domain.as_ref()),
        mail::account(client.get_account().send().await.as_ref(), wanted.is_prod),
    ]
}

async fn concurrency(aws: &Aws, wanted: &Wanted) -> Finding {
    let answer = aws.lambda().get_account_settings().send().await;
    let hashing = concurrency::hashing_functions(&wanted.template);
    let deployed = wanted.deployed.as_ref().and_then(|stack| stack.parameter("HashingConcurrency"));
    let deployed = deployed.and_then(|number| number.parse().ok()).unwrap_or(0);
    concurrency::limit(answer.as_ref(), hashing, wanted.number("HashingConcurrency"), deployed)
}

async fn tools(wanted: &Wanted) -> Vec<Finding> {
    let mut findings = vec![tools::sam(output("sam", &["--version"]).await.as_deref())];
    if wanted.builds {
        findings.push(tools::cargo_lambda(output("cargo", &["lambda", "--version"]).await.as_deref()));
    } else if wanted.uses_build {
        findings.push(tools::architecture(&wanted.parameter("Architecture"), &built(Path::new(BUILD))));
    }
    findings
}

/// What a program prints, or nothing if it is not there or fails.
async fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).env("SAM_CLI_TELEMETRY", "0").output().await.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The functions in the folder of `sam build`, with the first bytes of their bootstraps.
fn built(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries
        .filter_map(|entry| {
            let mut head = [0; 64];
            fs::File::open(entry.path().join("bootstrap")).ok()?.read_exact(&mut head).ok()?;
            Some((entry.file_name().to_string_lossy().into_owned(), head.to_vec()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "Parameters:\n  Architecture:\n    Type: String\n    Default: arm64\n  MailFrom:\n    \
                            Description: Sender.\n    Default: \"\"\n  Other:\n    Type: String\n";

    #[test]
    fn a_parameter_is_as_given_or_else_the_default() {
        let mut wanted = Wanted {
            stack: "files".to_owned(),
            parameters: BTreeMap::new(),
            template: TEMPLATE.to_owned(),
            deployed: None,
            is_prod: false,
            builds: true,
            uses_build: true,
        };
        assert_eq!(
            (wanted.parameter("Architecture"), wanted.parameter("MailFrom")),
            ("arm64".to_owned(), String::new())
        );
        assert_eq!(wanted.parameter("Other"), "");
        wanted.parameters.insert("Architecture".to_owned(), "x86_64".to_owned());
        assert_eq!(wanted.parameter("Architecture"), "x86_64");
    }

    #[test]
    fn only_folders_with_a_bootstrap_are_functions() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("GetFileFunction")).unwrap();
        fs::write(folder.path().join("GetFileFunction/bootstrap"), [0x7f; 100]).unwrap();
        fs::write(folder.path().join("template.yaml"), "").unwrap();
        let names: Vec<String> = built(folder.path()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["GetFileFunction"]);
    }
}
