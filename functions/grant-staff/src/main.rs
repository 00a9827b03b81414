use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_runtime::serve_event(grant_staff::handle)
}
