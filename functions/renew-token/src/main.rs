use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(renew_token::handle)
}
