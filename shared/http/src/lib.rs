//! HTTP as callers of Satchel know it: what comes in, what goes out, and the words of every refusal.

mod bearer;
mod body;
mod disposition;
#[cfg(test)]
mod django;
mod error;
mod fields;
mod html;
mod json_body;
mod page;
mod request;
mod response;
mod sent;
mod serve;
mod viewer;

pub use body::{Accepts, FilePart, Input};
pub use error::{ApiError, ApiResult, FieldErrors};
pub use fields::Fields;
pub use html::{Page, escape};
pub use page::{Listing, PageQuery};
pub use request::Request;
pub use response::{
    Response, created, found, html, html_redirecting_to, json, no_content, no_store, ok, see_other_answer,
    url_answer,
};
pub use serve::{finish, serve};
pub use viewer::{Gate, Viewer};
