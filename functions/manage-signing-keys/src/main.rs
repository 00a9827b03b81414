use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_runtime::serve_event(manage_signing_keys::handle)
}
