//! HTTP: requests, responses, and the status and text of every refusal.
//!
//! This crate does not depend on the table, files or accounts; functions pass it what those crates return.
//! Start reading at [`serve()`], then [`Request`] and [`ApiError`].

mod bearer;
mod body;
mod cached;
mod disposition;
#[cfg(test)]
mod django;
mod error;
mod html;
mod list_query;
mod page;
mod refusals;
mod request;
mod response;
mod serve;
mod share_page;
mod viewer;

pub use body::{Accepts, MAX_FORM_FILE_BYTES};
pub use cached::{Cached, Keep};
pub use error::{ApiError, ApiResult};
pub use html::{Page, SIGN_IN};
pub use list_query::ListQuery;
pub use page::{Listing, PageQuery};
pub use request::Request;
pub use response::{
    Response, created, found, html, json, no_content, no_store, ok, see_other_answer, url_answer,
};
pub use serve::{finish, serve};
pub use share_page::{SharePage, dead_link_page};
pub use viewer::Gate;
