//! Which modules need which, and which group each of them is sent in.

use std::collections::{BTreeMap, BTreeSet};

use super::module::{Import, Module, Problem};

/// The start of the app. Every group may use its modules.
pub const START: &str = "main.js";

/// The modules of the app, with their groups.
pub struct Graph {
    /// By path.
    pub modules: BTreeMap<String, Module>,
    /// The paths, each after those of its imports.
    pub order: Vec<String>,
    /// The path of the group of each module that a place needs.
    pub groups: BTreeMap<String, String>,
}

impl Graph {
    /// Sorts the modules, and puts them into groups.
    ///
    /// # Errors
    /// Names a missing module, a missing name, or a circle. The browser would find them, if the modules were not joined.
    pub fn new(modules: BTreeMap<String, Module>) -> Result<Self, Problem> {
        check_names(&modules)?;
        let order = order(&modules, modules.keys());
        check_order(&modules, &order)?;
        let groups = groups(&modules);
        Ok(Self { modules, order, groups })
    }

    /// Whether `path` is a place with a group of its own.
    pub fn is_group(&self, path: &str) -> bool {
        self.groups.get(path).is_some_and(|group| group == path)
    }
}

fn check_names(modules: &BTreeMap<String, Module>) -> Result<(), Problem> {
    for (path, module) in modules {
        let named = module.imports.iter().map(|import| &import.from).chain(&module.dynamic);
        if let Some(missing) = named.into_iter().find(|named| !modules.contains_key(*named)) {
            return Err(format!("web/{path} imports {missing}, which does not exist"));
        }
        for Import { from, names } in &module.imports {
            if let Some((missing, _)) = names.iter().find(|(name, _)| !modules[from].exports.contains(name)) {
                return Err(format!("web/{path} imports {missing} from {from}, which does not export it"));
            }
        }
    }
    Ok(())
}

fn check_order(modules: &BTreeMap<String, Module>, order: &[String]) -> Result<(), Problem> {
    let mut before = BTreeSet::new();
    for path in order {
        if let Some(import) = modules[path].imports.iter().find(|import| !before.contains(&import.from)) {
            return Err(format!("web/{path} imports {}, which needs web/{path} itself", import.from));
        }
        before.insert(path);
    }
    Ok(())
}

/// What `roots` need, and `roots`: each module after those of its imports.
fn order<'a>(
    modules: &'a BTreeMap<String, Module>,
    roots: impl IntoIterator<Item = &'a String>,
) -> Vec<String> {
    fn visit<'a>(
        modules: &'a BTreeMap<String, Module>,
        path: &'a String,
        seen: &mut BTreeSet<&'a String>,
        order: &mut Vec<String>,
    ) {
        if seen.insert(path) {
            for import in &modules[path].imports {
                visit(modules, &import.from, seen, order);
            }
            order.push(path.clone());
        }
    }
    let (mut seen, mut order) = (BTreeSet::new(), Vec::new());
    for root in roots {
        visit(modules, root, &mut seen, &mut order);
    }
    order
}

/// The group of each module that a place needs: the place, if no other needs it.
fn groups(modules: &BTreeMap<String, Module>) -> BTreeMap<String, String> {
    let places: BTreeSet<&String> = modules.values().flat_map(|module| &module.dynamic).collect();
    let mut needed_by: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for place in places {
        for path in order(modules, [place]) {
            needed_by.entry(path).or_default().insert(place);
        }
    }
    needed_by.into_iter().map(|(path, places)| (path, group(&places))).collect()
}

/// The group of what `places` need.
fn group(places: &BTreeSet<&str>) -> String {
    let folders: BTreeSet<&str> = places.iter().map(|place| folder(place)).collect();
    match (places.first(), folders.first()) {
        (Some(place), _) if places.len() == 1 => (*place).to_owned(),
        (_, Some(folder)) if folders.len() == 1 && !folder.is_empty() => shared(folder),
        _ => START.to_owned(),
    }
}

/// The group of what several places of one folder need.
pub fn shared(folder: &str) -> String {
    format!("{folder}/shared.js")
}

/// The folder of a module, which is empty for those beside `main.js`.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
