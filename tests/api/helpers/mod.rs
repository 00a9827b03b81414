//! What tests talk to: a stack, and users of it.

mod answer;
mod image;
mod stack;
mod user;

pub use answer::Answer;
pub use image::fixture;
pub use stack::{TestStack, stack, stack_with};
pub use user::User;
