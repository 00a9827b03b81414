//! Renditions of the pictures in `tests/fixtures`, whose README says what is known about each of them.

mod colour;
mod damage;
mod formats;
mod helpers;
mod jpeg;
mod limits;
mod made;
mod odd;
mod orientation;
mod quality;
