//! SES: the wire protocol, the inbox that takes its mail, and the page that shows it.

mod address;
mod answers;
mod feedback;
mod html;
mod inbox;
mod message;
mod page;
mod ses;

pub use feedback::Feedback;
pub use inbox::{Inbox, InboxError, Mail};
pub use page::router;
pub use ses::router as ses_router;
