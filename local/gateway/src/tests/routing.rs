use super::super::routing::Routes;
use super::route;

/// The route for a request, and the values of its variables.
fn route_for(routes: &[&str], method: &str, path: &str) -> Option<(String, Vec<(String, String)>)> {
    let routes = Routes::new(&routes.iter().map(|key| route(key)).collect::<Vec<_>>());
    let segments: Vec<String> = path[1..].split('/').map(str::to_owned).collect();
    let found = routes.find(method, &segments)?;
    Some((found.route.function.clone(), found.parameters.into_iter().collect()))
}

fn key(routes: &[&str], method: &str, path: &str) -> Option<String> {
    route_for(routes, method, path).map(|(key, _)| key)
}

#[test]
fn the_most_specific_route_is_selected_in_any_order() {
    // The example in the developer guide of API Gateway.
    let routes = ["ANY /{proxy+}", "GET /pets/{proxy+}", "GET /pets/dog/{id}", "GET /pets/dog/1"];
    assert_eq!(key(&routes, "GET", "/pets/dog/1").as_deref(), Some("GET /pets/dog/1"));
    assert_eq!(key(&routes, "GET", "/pets/dog/2").as_deref(), Some("GET /pets/dog/{id}"));
    assert_eq!(key(&routes, "GET", "/pets/cat/1").as_deref(), Some("GET /pets/{proxy+}"));
    assert_eq!(key(&routes, "POST", "/test/5").as_deref(), Some("ANY /{proxy+}"));
}

#[test]
fn a_full_match_takes_precedence_over_a_greedy_variable() {
    let routes = ["GET /files/{rest+}", "GET /{kind}/all"];
    assert_eq!(key(&routes, "GET", "/files/all").as_deref(), Some("GET /{kind}/all"));
}

#[test]
fn a_method_takes_precedence_over_any() {
    let routes = ["ANY /files", "GET /files"];
    assert_eq!(key(&routes, "GET", "/files").as_deref(), Some("GET /files"));
    assert_eq!(key(&routes, "PUT", "/files").as_deref(), Some("ANY /files"));
}

#[test]
fn another_method_or_number_of_segments_does_not_match() {
    let routes = ["GET /files/{id}"];
    for (method, path) in [
        ("HEAD", "/files/1"),
        ("POST", "/files/1"),
        ("GET", "/files"),
        ("GET", "/files/"),
        ("GET", "/files/1/2"),
        ("GET", "/"),
        ("GET", "/FILES/1"),
    ] {
        assert_eq!(key(&routes, method, path), None, "{method} {path}");
    }
}

#[test]
fn a_variable_matches_a_segment_and_a_greedy_one_the_rest() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let (_, parameters) = route_for(&["GET /s/{token}/of/{id}"], "GET", "/s/a b/of/c").expect("a route");
    assert_eq!(parameters, [pair("id", "c"), pair("token", "a b")]);
    let (_, parameters) = route_for(&["GET /s/{rest+}"], "GET", "/s/a/b").expect("a route");
    assert_eq!(parameters, [pair("rest", "a/b")]);
}

#[test]
fn only_a_route_for_the_root_matches_the_root() {
    assert_eq!(key(&["GET /"], "GET", "/").as_deref(), Some("GET /"));
    assert_eq!(key(&["GET /{all+}"], "GET", "/"), None);
}
