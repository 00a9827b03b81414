//! The template of this repository, and what surrounds it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use local_deployment::{Deployment, Route};
use local_policy::Statement;
use local_template::{Known, Template, TemplateError};

use super::{Profile, SATCHEL_BODY_LIMIT};

fn satchel() -> (Deployment, BTreeSet<String>) {
    satchel_with(&[]).unwrap_or_else(|error| panic!("{error}"))
}

/// The deployment, and the functions that make its custom resources.
fn satchel_with(changes: &[(&str, &str)]) -> Result<(Deployment, BTreeSet<String>), TemplateError> {
    let template = template_with(changes)?;
    let secret = |_: &str| Some("hush".to_owned());
    let known = Known { secret: &secret, attribute: &|_, _| Some("[]".to_owned()) };
    let customs = template.custom_resources(&known)?.into_iter().map(|custom| custom.function.name);
    let customs = customs.collect();
    Ok((template.deployment(&known)?, customs))
}

fn template_with(changes: &[(&str, &str)]) -> Result<Template, TemplateError> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let profile = Profile::satchel();
    let mut parameters: BTreeMap<_, _> = profile.parameters.into_iter().collect();
    parameters.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Template::load(&path, &parameters, &profile.identity)
}

#[test]
fn the_template_of_this_repository_is_understood_whole() {
    let (deployment, _) = satchel();
    assert!(!deployment.routes.is_empty() && !deployment.tables.is_empty() && !deployment.buckets.is_empty());
    // Every status whose caching can be set in CloudFront, and that an origin like ours may return.
    let front = deployment.front.expect("there is a distribution");
    for status in [400, 403, 404, 405, 414, 500, 501, 502, 503, 504] {
        assert_eq!(front.error_caching.get(&status), Some(&0), "{status}");
    }
    assert_eq!(front.headers.keys().collect::<Vec<_>>(), ["x-satchel-origin-secret"]);
    for route in &deployment.routes {
        assert!(deployment.functions.values().any(|function| function.name == route.function), "{route:?}");
    }
}

#[test]
fn the_rules_of_the_template_refuse_what_cannot_work() {
    let certificate = "arn:aws:acm:us-east-1:000000000000:certificate/a";
    let acl = "arn:aws:wafv2:us-east-1:000000000000:global/webacl/a/b";
    for (parameters, violated) in [
        (&[("MailFrom", "")][..], "MailNeedsASender"),
        (&[("Mail", "none"), ("RequireEmail", "true")], "NoAddressesWithoutMail"),
        (&[("Mail", "none"), ("Registration", "domains")], "NoAddressesWithoutMail"),
        (&[("DomainName", "files.example.com")], "DomainNeedsACertificate"),
        (&[("CertificateArn", certificate)], "PartsOfADomain"),
        (&[("HostedZoneId", "Z0")], "PartsOfADomain"),
        (&[("Cdn", "none"), ("WebAclArn", acl)], "WebAclNeedsCloudFront"),
    ] {
        let error = satchel_with(parameters).err().unwrap_or_else(|| panic!("{parameters:?}")).to_string();
        assert!(error.contains(&format!("the rule {violated} is violated: ")), "{error}");
    }
    for parameters in [
        &[("Mail", "none"), ("MailFrom", "")][..],
        &[("DomainName", "files.example.com"), ("CertificateArn", certificate), ("HostedZoneId", "Z0")],
        &[("WebAclArn", acl)],
    ] {
        assert!(satchel_with(parameters).is_ok(), "{parameters:?}");
    }
}

#[test]
fn the_public_url_is_that_of_the_domain_unless_it_is_given() {
    let url = |parameters: &[(&str, &str)]| {
        let certificate = ("CertificateArn", "arn:aws:acm:us-east-1:000000000000:certificate/a");
        let domain = [("DomainName", "files.example.com"), certificate];
        let (deployment, _) = satchel_with(&[&domain, parameters].concat()).unwrap();
        deployment.functions["GetHealthFunction"].environment["PUBLIC_URL"].clone()
    };
    assert_eq!(url(&[]), "https://files.example.com");
    assert_eq!(url(&[("Cdn", "none")]), "https://files.example.com");
    assert_eq!(url(&[("PublicUrl", "https://www.example.com")]), "https://www.example.com");
}

#[test]
fn without_cloudfront_no_function_believes_headers_or_requires_a_secret() {
    let (deployment, _) = satchel_with(&[("Cdn", "none")]).unwrap();
    assert_eq!(deployment.front, None);
    for function in deployment.functions.values() {
        let settings =
            ["ORIGIN_SECRETS", "REQUIRE_CLOUDFRONT"].map(|name| function.environment[name].as_str());
        assert_eq!(settings, ["", "false"], "{}", function.name);
    }
}

#[test]
fn without_mail_there_is_nothing_of_ses() {
    let (deployment, _) = satchel_with(&[("Mail", "none")]).unwrap();
    let mail = &deployment.mail;
    assert!(mail.sets.is_empty() && mail.destinations.is_empty() && mail.subscriptions.is_empty());
    for function in deployment.functions.values() {
        assert!(!["send-mail", "record-mail-feedback"].contains(&function.name.as_str()));
        let mut granted = function.policies.iter().flat_map(Statement::grants);
        assert!(!granted.any(|allowed| allowed.action.starts_with("ses:")), "{}", function.name);
    }
}

#[test]
fn another_architecture_invokes_the_function_that_all_others_wait_for() {
    let keys = |architecture: &str| {
        let known = Known { secret: &|_| Some("hush".to_owned()), attribute: &|_, _| Some("[]".to_owned()) };
        let template = template_with(&[("Architecture", architecture)]).unwrap();
        let mut customs = template.custom_resources(&known).unwrap();
        customs.retain(|custom| custom.logical_id == "SigningKeys");
        customs.remove(0)
    };
    assert_ne!(keys("arm64").properties, keys("x86_64").properties);
    let function = keys("arm64").function.name;
    let known =
        Known { secret: &|_| Some("hush".to_owned()), attribute: &|_, _| Some("of the keys".to_owned()) };
    let deployment = template_with(&[]).unwrap().deployment(&known).unwrap();
    for other in deployment.functions.values().filter(|other| other.name != function) {
        let waits = other.environment.values().any(|value| value.contains("of the keys"));
        assert!(waits, "{}", other.name);
    }
}

#[test]
fn the_body_limit_is_the_templates() {
    let template = include_str!("../../../template.yaml");
    assert!(template.contains(&format!("const MAX_BODY_BYTES = {SATCHEL_BODY_LIMIT};")));
}

#[test]
fn a_large_body_is_refused_with_the_way_out() {
    let limit = Profile::satchel().front_door.body_limit.expect("there is a limit");
    let detail = (limit.refusal)(limit.bytes + 1)["detail"].as_str().expect("a text").to_owned();
    assert!(detail.starts_with("The body has 4700001 bytes; a form takes at most 4700000. "), "{detail}");
}

#[test]
fn the_functions_of_the_web_app_and_of_the_walk_through_are_built_first() {
    let (deployment, customs) = satchel();
    let mut requests = walk_through(include_str!("../../../README.md"));
    assert!(requests.len() > 6, "{requests:?}");
    requests.push(("GET", "/".to_owned()));
    let called = requests.iter().map(|(method, path)| {
        let route = deployment.routes.iter().find(|route| route.method == *method && leads(route, path));
        route.unwrap_or_else(|| panic!("no route for {method} {path}")).function.clone()
    });
    let notified = deployment.buckets.iter().flat_map(|bucket| &bucket.notifications);
    let of_streams = deployment.functions.values().filter(|function| !function.streams.is_empty());
    let expected: BTreeSet<String> = called
        .chain(customs)
        .chain(notified.map(|notification| notification.function.clone()))
        .chain(of_streams.map(|function| function.name.clone()))
        .collect();
    assert_eq!(Profile::satchel().first, expected);
}

/// The requests to the API in the commands of `readme`: method and path, with the shell's variables in it.
fn walk_through(readme: &str) -> Vec<(&'static str, String)> {
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let commands =
        blocks.collect::<String>().replace("\\\n", " ").replace("$LINK", "$API/api/verify-email/$TOKEN");
    let requests = commands.lines().filter(|line| line.contains("curl ")).filter_map(|line| {
        let (_, path) = line.split_once("$API")?;
        let path = path.split(['"', ' ', '?']).next()?;
        let method =
            if [" -d ", " -X POST "].iter().any(|option| line.contains(option)) { "POST" } else { "GET" };
        (!path.starts_with("/_local/")).then(|| (method, path.to_owned()))
    });
    // The link in the mail is for a browser, which gets a page with a button.
    requests.chain([("GET", "/api/verify-email/$TOKEN".to_owned())]).collect()
}

/// Whether a variable of the shell is where the route has a parameter, and all else is equal.
fn leads(route: &Route, path: &str) -> bool {
    let is_same = |(expected, given): (&str, &str)| {
        if given.starts_with('$') { expected.starts_with('{') } else { expected == given }
    };
    route.path.split('/').count() == path.split('/').count()
        && route.path.split('/').zip(path.split('/')).all(is_same)
}
