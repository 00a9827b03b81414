//! Renders the pictures in `tests/fixtures`, whose properties are listed in its README.

mod colour;
mod damage;
mod formats;
mod generated;
mod helpers;
mod jpeg;
mod limits;
mod orientation;
mod quality;
mod unusual;
