//! Request bodies and JSON views: what callers send, and files, images, links and accounts as they read them.
//!
//! This crate contains no HTTP and no AWS types: `http` parses the bytes of a body into an [`Input`], and
//! [`Fields`] reads typed values from it, with the messages of Django REST framework. Start reading at
//! [`Announcement`] for a body, and at [`FileView`] for a view.

mod account_view;
mod announcement;
mod credentials;
mod description;
mod fields;
mod file_view;
mod filter;
mod html;
mod image_view;
mod input;
pub mod json_body;
mod origin;
mod sent;
mod share_options;
mod share_view;
mod sign_up;
mod single_fields;
mod tier_settings;
mod upload_way;

pub use account_view::AccountView;
pub use announcement::Announcement;
pub use credentials::Credentials;
pub use description::Description;
pub use fields::Fields;
pub use file_view::FileView;
pub use filter::Filter;
pub use html::escape;
pub use image_view::ImageView;
pub use input::{FilePart, Input};
pub use json_body::JsonError;
pub use origin::origin;
pub use sent::{NOT_UTF8, Sent};
pub use share_options::{Change, ShareOptions};
pub use share_view::{ShareView, SharedFile};
pub use sign_up::SignUp;
pub use single_fields::{email_field, password_field, token_field};
pub use tier_settings::TierSettings;
pub use upload_way::{PartsPlan, UploadForm, UploadWay};
