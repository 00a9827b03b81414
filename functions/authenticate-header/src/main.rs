use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(authenticate_header::handle)
}
