//! Pictures and other files to upload; how they are made stands beside them.

use std::path::Path;

/// The bytes of a file that `shared/images/tests/fixtures/make.py` made.
pub fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/images/tests/fixtures");
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
