//! Selects the route of a request.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html>: a full match of the
//! path takes precedence over a greedy variable, and a method over `ANY`. Among full matches, text takes precedence
//! over a variable, from left to right.

use std::collections::BTreeMap;

use local_deployment::Route;

/// The routes of an API, most specific first.
pub(super) struct Routes {
    routes: Vec<(Vec<Segment>, Route)>,
}

/// A matching route, and the values of its variables.
#[derive(Debug)]
pub(super) struct Matched<'a> {
    pub(super) route: &'a Route,
    pub(super) parameters: BTreeMap<String, String>,
}

/// A segment of a route's path. The variants are in the order of precedence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Text(String),
    Variable(String),
    Greedy(String),
}

impl Routes {
    pub(super) fn new(routes: &[Route]) -> Self {
        let mut routes: Vec<_> = routes.iter().map(|route| (segments(&route.path), route.clone())).collect();
        routes.sort_by_key(|(segments, route)| {
            let greedy = matches!(segments.last(), Some(Segment::Greedy(_)));
            let ranks: Vec<u8> = segments.iter().map(Segment::rank).collect();
            (greedy, ranks, route.method == "ANY")
        });
        Self { routes }
    }

    /// The route for `method` and the decoded segments of a path. In HTTP APIs, a `GET` route does not match `HEAD`.
    pub(super) fn find(&self, method: &str, path: &[String]) -> Option<Matched<'_>> {
        self.routes
            .iter()
            .filter(|(_, route)| route.method == method || route.method == "ANY")
            .find_map(|(segments, route)| Some(Matched { route, parameters: parameters(segments, path)? }))
    }
}

impl Segment {
    fn rank(&self) -> u8 {
        match self {
            Self::Text(_) => 0,
            Self::Variable(_) => 1,
            Self::Greedy(_) => 2,
        }
    }
}

fn segments(path: &str) -> Vec<Segment> {
    let segment = |text: &str| match text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => match name.strip_suffix('+') {
            Some(name) => Segment::Greedy(name.to_owned()),
            None => Segment::Variable(name.to_owned()),
        },
        None => Segment::Text(text.to_owned()),
    };
    path.trim_start_matches('/').split('/').map(segment).collect()
}

/// The values of the variables, if the path matches.
fn parameters(segments: &[Segment], path: &[String]) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut rest = path;
    for segment in segments {
        let (first, others) = rest.split_first()?;
        match segment {
            Segment::Text(text) if text == first => {}
            Segment::Variable(name) if !first.is_empty() => {
                parameters.insert(name.clone(), first.clone());
            }
            Segment::Greedy(name) if rest.iter().any(|part| !part.is_empty()) => {
                parameters.insert(name.clone(), rest.join("/"));
                return Some(parameters);
            }
            _ => return None,
        }
        rest = others;
    }
    rest.is_empty().then_some(parameters)
}
