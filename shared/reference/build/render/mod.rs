//! Renders the contract as JSON and as a page.
//!
//! Start reading in [`page`], which puts the parts together; [`document`] finds them in the contract.

mod curl;
mod document;
mod example;
mod fields;
mod html;
mod markdown;
mod operation;
mod page;
mod responses;
mod schema;
mod yaml;

use document::Document;

/// The contract in two forms.
pub struct Rendered {
    pub json: String,
    pub page: String,
}

/// Renders the text of `openapi.yaml`.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn render(contract: &str) -> Result<Rendered, String> {
    let root = yaml::parse(contract).map_err(|(line, what)| format!("line {line}: {what}"))?;
    let json = root.to_string();
    let page = page::render(&Document::new(root)?)?;
    Ok(Rendered { json, page })
}
