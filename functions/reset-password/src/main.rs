use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(reset_password::handle)
}
