//! The function that tests of this crate run: this test binary itself.

use std::path::{Path, PathBuf};

/// Not a test: [`install`] has it run as the process of a function.
#[test]
#[ignore = "it is the function that other tests run"]
fn a_process_that_does_what_its_event_says() {
    local_testing::obey();
}

/// Makes a binary called `function` in `folder` that runs the test above.
pub(crate) fn install(folder: &Path, function: &str) -> PathBuf {
    local_testing::install(folder, function, module_path!(), "a_process_that_does_what_its_event_says")
}
