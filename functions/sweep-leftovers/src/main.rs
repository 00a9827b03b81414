use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_runtime::serve_event(sweep_leftovers::handle)
}
