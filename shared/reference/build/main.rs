//! Renders `openapi.yaml` as JSON and as an HTML page, so that functions only send bytes.
//!
//! A page that a viewer builds in the browser needs inline styles, which a strict policy forbids. This one is complete
//! without a script.

mod render;

use std::error::Error;
use std::path::Path;
use std::{env, fs};

#[allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
fn main() -> Result<(), Box<dyn Error>> {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.yaml");
    println!("cargo::rerun-if-changed={}", contract.display());
    let output = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    let rendered = fs::read_to_string(&contract)
        .map_err(|error| error.to_string())
        .and_then(|text| render::render(&text))
        .map_err(|what| format!("openapi.yaml: {what}"))?;
    fs::write(Path::new(&output).join("openapi.json"), rendered.json)?;
    fs::write(Path::new(&output).join("docs.html"), rendered.page)?;
    Ok(())
}
