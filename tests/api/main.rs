//! Satchel as its callers see it: the real function binaries on the local stack, over HTTP.

mod helpers;

mod accounts;
mod addresses;
mod attacks;
mod bodies;
mod calls;
mod calls_files;
mod deletions;
mod events;
mod events_files;
mod faults;
mod file_access;
mod file_errors;
mod file_lists;
mod files;
mod front_door;
mod health;
mod image_errors;
mod images;
mod names;
mod pictures;
mod quota;
mod races;
mod refresh;
mod registration;
mod rejections;
mod secrecy;
mod sessions;
mod thumbnails;
mod tiers;
mod tokens;
mod uploads;
mod verification;
