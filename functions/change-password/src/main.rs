use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(change_password::handle)
}
