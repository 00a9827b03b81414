//! Every function has an event, and every event a function.

use serde_json::Value;

use crate::problem::Problem;
use crate::sources::{Sources, line_of};
use crate::template::{Route, Template};

pub(super) fn check(sources: &Sources, template: &Template) -> Vec<Problem> {
    let mut problems = Vec::new();
    for function in template.functions.iter().filter(|function| !function.name.is_empty()) {
        let path = format!("events/{}.json", function.name);
        if sources.get(&path).is_none() {
            let what = format!("{} has no event", function.id);
            let remedy = "Capture a real event of the function in this file.";
            problems.push(Problem::new(path, 0, what, remedy));
        }
    }
    for (path, text) in sources.with_ending("events", ".json") {
        let stem = path["events/".len()..].trim_end_matches(".json");
        let name = stem.split_once('_').map_or(stem, |(name, _)| name);
        match template.function(name) {
            None => {
                let what = format!("{} has no function {name}", crate::template::TEMPLATE);
                let remedy = "Name the file <function>.json or <function>_<case>.json, or delete it.";
                problems.push(Problem::new(path, 0, what, remedy));
            }
            Some(function) => problems.extend(event(path, text, &function.routes)),
        }
    }
    problems
}

/// The event is JSON, and if it is a request, it came by a route of its function.
fn event(path: &str, text: &str, routes: &[Route]) -> Option<Problem> {
    let event: Value = match serde_json::from_str(text) {
        Ok(event) => event,
        Err(error) => {
            return Some(Problem::new(path, error.line(), format!("no JSON: {error}"), "Correct it."));
        }
    };
    let key = event["routeKey"].as_str()?;
    let known: Vec<_> = routes.iter().map(Route::key).collect();
    (!known.iter().any(|known| known == key)).then(|| {
        let what = format!("the event came by `{key}`, which is no route of its function");
        let remedy = format!("The routes of the function are: {}.", known.join(", "));
        Problem::new(path, line_of(text, "\"routeKey\""), what, remedy)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{found, repository};

    fn found_in(sources: &Sources) -> Vec<String> {
        found(&check(sources, &Template::read(sources).unwrap()))
    }

    #[test]
    fn a_repository_in_order_has_no_problem() {
        let mut sources = repository();
        sources.put("events/get-note_other.json", "{}");
        assert_eq!(found_in(&sources), [""; 0]);
    }

    #[test]
    fn a_function_without_an_event_and_an_event_without_a_function_are_named() {
        let mut sources = repository();
        sources.remove("events/get-note.json");
        sources.put("events/get-notes.json", "{}");
        let expected = ["GetNoteFunction has no event", "template.yaml has no function get-notes"];
        assert_eq!(found_in(&sources), expected);
    }

    #[test]
    fn an_event_came_by_a_route_of_its_function() {
        let mut sources = repository();
        sources.put("events/get-note.json", "{\n\"routeKey\": \"GET /api/notes\"}");
        let what = "the event came by `GET /api/notes`, which is no route of its function";
        assert_eq!(found_in(&sources), [what]);
        sources.put("events/get-note.json", "{");
        assert!(found_in(&sources)[0].starts_with("no JSON"));
    }
}
