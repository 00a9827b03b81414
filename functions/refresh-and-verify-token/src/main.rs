use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(refresh_and_verify_token::handle)
}
