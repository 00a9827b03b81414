//! Lists the files of `web/` for `src/lib.rs`, with one hash over all of them. Modules are joined into groups.
//!
//! The hash is a part of every file's URL, so browsers keep files for good, and never mix the files of two versions.

mod graph;
mod groups;
mod module;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The page at `/`, which has no URL with a hash.
const INDEX: &str = "index.html";

/// What is for developers only.
const NOT_SERVED: [&str; 3] = [".md", ".d.ts", "jsconfig.json"];

/// The media type of each kind of file.
const TYPES: [(&str, &str); 9] = [
    ("css", "text/css; charset=utf-8"),
    ("html", "text/html; charset=utf-8"),
    ("ico", "image/x-icon"),
    ("js", "text/javascript; charset=utf-8"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
];

/// A file of the app.
struct File {
    /// With `/` between folders, such as `ui/dialog.js`.
    name: String,
    media_type: &'static str,
    bytes: Vec<u8>,
}

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web").canonicalize()?;
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    collect(&folder, "", &mut files)?;
    let mut files = with_joined_modules(files)?;
    files.sort_by(|one, other| one.name.cmp(&other.name));
    let hash = hash(&files);
    let output = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    fs::write(output.join("urls.rs"), urls(&files, &hash)?)?;
    fs::write(output.join("files.rs"), contents(&files, &output.join("files"))?)?;
    Ok(())
}

/// Adds the files in `folder`, whose names begin with `prefix`.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<File>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let full = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{full}/"), files)?;
        } else if !(name.starts_with('.') || NOT_SERVED.iter().any(|ending| name.ends_with(ending))) {
            let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
            let (_, media_type) = TYPES.iter().find(|(known, _)| *known == extension).ok_or_else(|| {
                format!("web/{full}: add the media type of this kind of file to {}", file!())
            })?;
            files.push(File { bytes: fs::read(&path)?, name: full, media_type });
        }
    }
    Ok(())
}

/// The files, with groups in place of the modules that are in them.
fn with_joined_modules(files: Vec<File>) -> Result<Vec<File>, Box<dyn Error>> {
    let (modules, mut others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.media_type.starts_with("text/javascript"));
    let mut sources = BTreeMap::new();
    let mut media_type = "";
    for module in modules {
        media_type = module.media_type;
        sources.insert(module.name, String::from_utf8(module.bytes)?);
    }
    let groups = groups::join(&sources)?;
    others.extend(groups.into_iter().map(|(name, code)| File { name, media_type, bytes: code.into_bytes() }));
    Ok(others)
}

/// FNV-1a, with 64 bits, over the name, type and content of each file.
fn hash(files: &[File]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |bytes: &[u8]| {
        // The length separates one text from the next.
        for byte in (bytes.len() as u64).to_be_bytes().iter().chain(bytes) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    for file in files {
        add(file.name.as_bytes());
        add(file.media_type.as_bytes());
        add(&file.bytes);
    }
    format!("{hash:016x}")
}

/// The constants that every crate may use: the hash, and the URL of each file.
fn urls(files: &[File], hash: &str) -> Result<String, std::fmt::Error> {
    let files: Vec<_> = files.iter().filter(|file| file.name != INDEX).collect();
    let mut code = format!(
        "/// The hash over all files.\npub const HASH: &str = {hash:?};\n\n\
         const URLS: [(&str, &str); {}] = [\n",
        files.len()
    );
    for File { name, .. } in files {
        writeln!(code, "    ({name:?}, {:?}),", format!("/app/{hash}/{name}"))?;
    }
    Ok(code + "];\n")
}

/// The constants with the bytes, which are written into `folder`.
fn contents(files: &[File], folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut code = String::new();
    let mut list = String::new();
    for File { name, media_type, bytes } in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, bytes)?;
        let path = path.to_str().ok_or("a path is not UTF-8")?;
        if name == INDEX {
            writeln!(code, "const INDEX: &str = include_str!({path:?});\n")?;
        } else {
            writeln!(
                list,
                "    File {{ name: {name:?}, media_type: {media_type:?}, bytes: include_bytes!({path:?}) }},"
            )?;
        }
    }
    writeln!(code, "static FILES: [File; {}] = [\n{list}];", files.len() - 1)?;
    Ok(code)
}
