//! What tests talk to: a stack, and users of it.

mod answer;
mod image;
mod mail;
mod stack;
mod together;
mod token;
mod user;

pub use answer::Answer;
pub use image::fixture;
pub use mail::Applicant;
pub use stack::{PASSWORD, TestStack, stack, stack_with};
pub use together::at_once;
pub use token::{SigningKey, jwt, parts};
pub use user::User;
