//! Joins modules into groups, so that a place of the app takes a request or two instead of thirty.
//!
//! A place is what a dynamic import names: a part of the app that is loaded when it is used. A module that only one place
//! needs is sent with this place. What several places of a folder need is sent as `shared.js` of the folder, and what
//! places of several folders need with the start of the app.
//!
//! In a group, each module is a function that runs once, after those of its imports. It returns what the module exports.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, START, folder, shared};
use super::module::{DEFAULT, Import, Problem, read, relative, replace_dynamic, resolve};

/// The object that has what each module exports. No module uses this name.
const EXPORTED: &str = "$exported";

/// The JavaScript files to serve, by path, for the modules of `web/`.
///
/// # Errors
/// Names what is wrong in a module.
pub fn join(sources: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Problem> {
    let mut modules = BTreeMap::new();
    for (path, source) in sources {
        modules.insert(path.clone(), read(path, source)?);
    }
    let graph = Graph::new(modules)?;
    let mut files = BTreeMap::new();
    for group in graph.groups.values().collect::<BTreeSet<_>>() {
        files.insert(group.clone(), joined(&graph, group)?);
    }
    for path in graph.order.iter().filter(|path| !graph.groups.contains_key(*path)) {
        files.insert(path.clone(), alone(&graph, path)?);
    }
    Ok(files)
}

/// A module that no other names, such as the script of the page. It is served as it is, without comments.
fn alone(graph: &Graph, path: &str) -> Result<String, Problem> {
    let module = &graph.modules[path];
    if !module.imports.is_empty() {
        return Err(format!(
            "no module imports web/{path}, so it cannot have static imports: use import('...')"
        ));
    }
    if let Some(joined) = module.dynamic.iter().find(|target| !graph.is_group(target)) {
        return Err(format!("web/{path} cannot import {joined}: it is a part of {}", graph.groups[joined]));
    }
    Ok(module.source.clone())
}

/// The file of a group.
fn joined(graph: &Graph, group: &str) -> Result<String, Problem> {
    let mut file = match group {
        START => format!("export const {EXPORTED} = {{}};\n"),
        _ => format!("import {{ {EXPORTED} }} from '{}';\n", relative(group, START)),
    };
    let members: Vec<&String> =
        graph.order.iter().filter(|path| graph.groups.get(*path).is_some_and(|own| own == group)).collect();
    let beside = shared(folder(group));
    let needed = members
        .iter()
        .flat_map(|path| &graph.modules[*path].imports)
        .map(|import| &graph.groups[&import.from]);
    if group != beside && needed.into_iter().any(|group| *group == beside) {
        file += "import './shared.js';\n";
    }
    for member in members {
        file += &function(graph, group, member)?;
    }
    if graph.is_group(group) {
        let exports = graph.modules[group].exports.join(", ");
        file.extend(["export const { ", &*exports, " } = ", EXPORTED, "['", group, "'];\n"]);
    }
    Ok(file)
}

/// The module `path` as a function in the file of `group`.
fn function(graph: &Graph, group: &str, path: &str) -> Result<String, Problem> {
    let module = &graph.modules[path];
    if module.exports.iter().any(|name| name == DEFAULT) {
        return Err(format!("web/{path}: a default export cannot be joined: give it a name"));
    }
    let moved = folder(path) != folder(group);
    if module.code.contains(EXPORTED) || moved && module.code.contains("import(`") {
        return Err(format!(
            "web/{path}: a module of the group {group} can neither use {EXPORTED} nor import(`...`)"
        ));
    }
    let imports: String = module.imports.iter().map(constants).collect();
    let code = replace_dynamic(&module.code, |to| dynamic_import(graph, group, &resolve(path, to)));
    let url = if moved {
        format!("new URL('{}', import.meta.url)", relative(group, path))
    } else {
        "import.meta.url".to_owned()
    };
    let code = code.replace("import.meta.url", &url);
    let exports = module.exports.join(", ");
    Ok(format!(
        "\n// {path}\n{EXPORTED}['{path}'] = await (async () => {{\n{imports}{code}return {{ {exports} }};\n}})();\n"
    ))
}

/// The names of an import, as constants.
fn constants(Import { from, names }: &Import) -> String {
    let names: Vec<_> = names
        .iter()
        .map(|(there, here)| if there == here { there.clone() } else { format!("{there}: {here}") })
        .collect();
    match &*names.join(", ") {
        "" => String::new(),
        names => format!("const {{ {names} }} = {EXPORTED}['{from}'];\n"),
    }
}

/// How the file of `group` imports the place `path`, which may be a part of a larger group.
fn dynamic_import(graph: &Graph, group: &str, path: &str) -> String {
    match &*graph.groups[path] {
        own if own == path => format!("import('{}')", relative(group, path)),
        START => format!("Promise.resolve({EXPORTED}['{path}'])"),
        shared => format!("import('{}').then(() => {EXPORTED}['{path}'])", relative(group, shared)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: (&str, &str) =
        ("app.js", "// The entry.\nconst { start } = await import('./main.js');\nstart();\n");
    const MAIN: &str =
        "import { h } from './dom.js';\nexport function start() {\n  import('./photos/grid.js');\n}\n";
    const DOM: (&str, &str) = ("dom.js", "/** Makes an element. */\nexport const h = () => 1;\n");

    fn joined(sources: &[(&str, &str)]) -> Result<BTreeMap<String, String>, Problem> {
        join(&sources.iter().map(|(path, source)| ((*path).to_owned(), (*source).to_owned())).collect())
    }

    fn problem(path: &str, source: &str) -> String {
        joined(&[APP, ("main.js", MAIN), DOM, ("photos/grid.js", "export class Grid {\n}\n"), (path, source)])
            .unwrap_err()
    }

    #[test]
    fn modules_of_one_place_are_sent_with_it_and_those_of_several_with_the_start() {
        let files = joined(&[
            APP,
            ("main.js", "import { h } from './dom.js';\nexport async function start() {\n  await import('./photos/grid.js');\n  await import('./files/list.js');\n}\n"),
            DOM,
            ("words/en.js", "// Words.\nexport default {\n};\n"),
            ("photos/grid.js", "import { h } from '../dom.js';\nimport { row } from './row.js';\nimport { menu as open } from '../ui/menu.js';\nexport class Grid {\n}\n"),
            ("photos/row.js", "export const row = 1;\n"),
            ("files/list.js", "import { menu } from '../ui/menu.js';\nexport const list = () => import('../ui/menu.js');\n"),
            ("ui/menu.js", "export function menu() {\n}\n"),
        ])
        .unwrap();
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            ["app.js", "files/list.js", "main.js", "photos/grid.js", "words/en.js"]
        );
        assert_eq!(
            files["photos/grid.js"],
            "import { $exported } from '../main.js';\n\
             \n// photos/row.js\n$exported['photos/row.js'] = await (async () => {\nconst row = 1;\nreturn { row };\n})();\n\
             \n// photos/grid.js\n$exported['photos/grid.js'] = await (async () => {\n\
             const { h } = $exported['dom.js'];\nconst { row } = $exported['photos/row.js'];\n\
             const { menu: open } = $exported['ui/menu.js'];\nclass Grid {\n}\nreturn { Grid };\n})();\n\
             export const { Grid } = $exported['photos/grid.js'];\n"
        );
        let start = &files["main.js"];
        for module in ["// dom.js", "// ui/menu.js", "// main.js"] {
            assert!(start.contains(module), "{start}");
        }
        assert!(
            start.starts_with("export const $exported = {};\n") && !start.contains("Makes an element"),
            "{start}"
        );
        assert!(
            files["files/list.js"].contains("const list = () => Promise.resolve($exported['ui/menu.js']);")
        );
        assert_eq!(files["app.js"], "const { start } = await import('./main.js');\nstart();\n");
        assert_eq!(files["words/en.js"], "export default {\n};\n");
    }

    #[test]
    fn modules_of_several_places_in_one_folder_are_sent_as_its_shared_file() {
        let files = joined(&[
            APP,
            ("main.js", "export const start = () => [import('./staff/list.js'), import('./staff/one.js'), import('./staff/tier.js')];\n"),
            ("staff/list.js", "import { frame } from './frame.js';\nexport const list = frame;\n"),
            ("staff/one.js", "import { frame } from './frame.js';\nimport { tier } from './tier.js';\nexport const one = [frame, tier];\n"),
            ("staff/tier.js", "export const tier = 1;\n"),
            ("staff/frame.js", "export const frame = 1;\n"),
        ])
        .unwrap();
        let names: Vec<_> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["app.js", "main.js", "staff/list.js", "staff/one.js", "staff/shared.js"]);
        let list = &files["staff/list.js"];
        assert!(
            list.starts_with("import { $exported } from '../main.js';\nimport './shared.js';\n"),
            "{list}"
        );
        let shared = &files["staff/shared.js"];
        assert!(shared.contains("// staff/frame.js") && shared.contains("// staff/tier.js"), "{shared}");
        let start = &files["main.js"];
        assert!(
            start.contains("import('./staff/shared.js').then(() => $exported['staff/tier.js'])"),
            "{start}"
        );
    }

    #[test]
    fn a_module_in_the_group_of_another_folder_keeps_its_own_url() {
        let files = joined(&[
            APP,
            ("main.js", "import { styles } from './shell/shell.js';\nexport const start = styles;\n"),
            ("shell/shell.js", "export const styles = new URL('./shell.css', import.meta.url);\nconst later = () => import('./later.js');\n"),
            ("shell/later.js", "export const later = 1;\n"),
        ])
        .unwrap();
        assert!(
            files["main.js"].contains("new URL('./shell.css', new URL('./shell/shell.js', import.meta.url))")
        );
        assert!(files["main.js"].contains("import('./shell/later.js')"), "{}", files["main.js"]);
    }

    #[test]
    fn what_cannot_be_joined_is_an_error_that_names_it() {
        let cases = [
            (
                "photos/grid.js",
                "import { lost } from '../dom.js';\n",
                "imports lost from dom.js, which does not export it",
            ),
            (
                "photos/grid.js",
                "import { h } from './dom.js';\n",
                "imports photos/dom.js, which does not exist",
            ),
            ("photos/grid.js", "import * as all from '../dom.js';\n", "none of the forms"),
            ("photos/grid.js", "export default 1;\n", "a default export cannot be joined"),
            ("photos/grid.js", "import { a } from '../a.js'\n", "none of the forms"),
            ("photos/grid.js", "const text = `one\ntwo`;\n", "begins a text or a comment of several lines"),
            ("photos/grid.js", "const $exported = 1;\n", "$exported"),
            (
                "dom.js",
                "import { start } from './main.js';\nexport const h = start;\n",
                "imports dom.js, which needs web/main.js itself",
            ),
            ("lonely.js", "import { h } from './dom.js';\n", "no module imports web/lonely.js"),
            (
                "lonely.js",
                "import('./dom.js');\nimport('./photos/grid.js');\n",
                "web/lonely.js cannot import dom.js",
            ),
        ];
        for (path, source, expected) in cases {
            let problem = problem(path, source);
            assert!(problem.contains(path) && problem.contains(expected), "{problem}");
        }
    }
}
