//! Reads an ES module: what it imports and exports, and its code without these statements and without comments.
//!
//! It knows only the forms that `web/` uses, and rejects others. A parser of all JavaScript would be the largest
//! dependency of the first build.

/// Whatever is wrong with a file of `web/`, for the developer who changed it.
pub type Problem = String;

/// The name of a default export. Only modules that are served alone may have one.
pub const DEFAULT: &str = "default";

/// An ES module.
#[derive(Debug, Default)]
pub struct Module {
    pub imports: Vec<Import>,
    /// The names that it exports.
    pub exports: Vec<String>,
    /// The paths of its dynamic imports, in order, such as `ui/dialog.js`.
    pub dynamic: Vec<String>,
    /// The source without comments.
    pub source: String,
    /// The same without imports, and with declarations in place of exports.
    pub code: String,
}

/// A static import.
#[derive(Debug)]
pub struct Import {
    /// The module, such as `ui/dialog.js`.
    pub from: String,
    /// Each name there, with its name here.
    pub names: Vec<(String, String)>,
}

/// Reads the module `path` of `web/`.
///
/// # Errors
/// Names a line that has a form this function does not know.
pub fn read(path: &str, source: &str) -> Result<Module, Problem> {
    let source = without_comments(path, source)?;
    let mut module = Module::default();
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("import ") {
            let mut statement = line.to_owned();
            while !statement.ends_with("';") {
                let next = lines.next().ok_or_else(|| unknown(path, line))?;
                statement.extend([" ", next.trim()]);
            }
            module.imports.push(import(path, &statement).ok_or_else(|| unknown(path, &statement))?);
            continue;
        }
        let declaration = match line.strip_prefix("export ") {
            Some(declaration) => {
                module.exports.push(declared(declaration).ok_or_else(|| unknown(path, line))?.to_owned());
                declaration
            }
            None => line,
        };
        module.code.extend([declaration, "\n"]);
    }
    module.dynamic = dynamic_paths(&module.code).map(|to| resolve(path, to)).collect();
    Ok(Module { source, ..module })
}

/// The code without empty lines and comments, except `//` and `/* */` after code.
fn without_comments(path: &str, source: &str) -> Result<String, Problem> {
    let mut code = String::new();
    let mut is_comment = false;
    for line in source.lines() {
        let text = line.trim();
        if is_comment {
            is_comment = !text.ends_with("*/");
        } else if text.starts_with("/*") && !text.contains("*/") {
            is_comment = true;
        } else if !text.starts_with("//") {
            let line = without_types(line).ok_or_else(|| several_lines(path, text))?;
            if line.matches('`').count() % 2 == 1 {
                return Err(several_lines(path, text));
            }
            if !line.trim().is_empty() {
                code.extend([line.trim_end(), "\n"]);
            }
        }
    }
    Ok(code)
}

/// A line without `/** */`.
fn without_types(line: &str) -> Option<String> {
    let mut parts = line.split("/**");
    let mut code = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        code.push_str(part.split_once("*/")?.1);
    }
    Some(code)
}

/// The name that a declaration after `export` declares.
fn declared(declaration: &str) -> Option<&str> {
    let words = declaration.strip_prefix("async ").unwrap_or(declaration);
    if words.starts_with(DEFAULT) {
        return Some(DEFAULT);
    }
    let kinds = ["function* ", "function ", "class ", "const "];
    let rest = kinds.iter().find_map(|kind| words.strip_prefix(kind))?;
    let end = rest.find(|char: char| !(char.is_alphanumeric() || char == '_' || char == '$'))?;
    (end > 0).then(|| &rest[..end])
}

/// Reads `import './a.js';` or `import { b, c as d } from './a.js';`.
fn import(path: &str, statement: &str) -> Option<Import> {
    let (names, from) = statement.strip_prefix("import ")?.strip_suffix("';")?.rsplit_once('\'')?;
    let list = match names {
        "" => "",
        names => names.strip_suffix(" from ")?.strip_prefix('{')?.strip_suffix('}')?,
    };
    let pair = |name: &str| {
        let (there, here) = name.split_once(" as ").unwrap_or((name, name));
        (there.to_owned(), here.to_owned())
    };
    let names = list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(pair).collect();
    from.starts_with('.').then(|| Import { from: resolve(path, from), names })
}

const DYNAMIC: &str = "import('";

/// The text in each `import('...')`.
fn dynamic_paths(code: &str) -> impl Iterator<Item = &str> {
    code.split(DYNAMIC).skip(1).filter_map(|rest| Some(rest.split_once("')")?.0))
}

/// The code with `replace(path)` in place of each `import('path')`.
pub fn replace_dynamic(code: &str, mut replace: impl FnMut(&str) -> String) -> String {
    let mut parts = code.split(DYNAMIC);
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (path, rest) = part.split_once("')").unwrap_or((part, ""));
        replaced.extend([&*replace(path), rest]);
    }
    replaced
}

/// The path in `web/` that `to`, such as `../dom.js`, has in the module `from`.
pub fn resolve(from: &str, to: &str) -> String {
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    for part in to.split('/') {
        match part {
            "." => {}
            ".." => drop(folders.pop()),
            part => folders.push(part),
        }
    }
    folders.join("/")
}

/// How the module `from` names the path `to`, such as `../dom.js`.
pub fn relative(from: &str, to: &str) -> String {
    let up = "../".repeat(from.matches('/').count());
    format!("{}{to}", if up.is_empty() { "./" } else { &*up })
}

fn several_lines(path: &str, line: &str) -> Problem {
    format!(
        "web/{path}: `{line}` begins a text or a comment of several lines: begin the comment on a line of its own, and write \\n in a text"
    )
}

fn unknown(path: &str, line: &str) -> Problem {
    format!(
        "web/{path}: `{line}` has none of the forms that can be joined: import './a.js'; import {{ b, c as d }} from \
         './a.js'; export function b; export async function b; export class B; export const b ="
    )
}
