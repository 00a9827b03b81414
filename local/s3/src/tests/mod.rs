//! The store over the wire, by the AWS SDK and by plain HTTP.

mod cors;
mod events;
mod faults;
mod listing;
mod multipart;
mod objects;
mod presigned;
mod uploads;
mod world;

use world::{ORIGINALS, RENDITIONS, World, refusal};
