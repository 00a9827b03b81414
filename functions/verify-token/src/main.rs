use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(verify_token::handle)
}
