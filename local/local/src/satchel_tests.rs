//! The template of this repository, and what surrounds it.

use std::collections::BTreeMap;
use std::path::Path;

use local_template::{Known, Template};

use super::{Profile, SATCHEL_BODY_LIMIT};

#[test]
fn the_template_of_this_repository_is_understood_whole() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let template = Template::load(&path, &BTreeMap::new(), &Profile::satchel().identity);
    let secret = |_: &str| Some("hush".to_owned());
    let known = Known { secret: &secret, attribute: &|_, _| Some("[]".to_owned()) };
    let deployment = template.and_then(|template| template.deployment(&known));
    let deployment = deployment.unwrap_or_else(|error| panic!("{error}"));
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
