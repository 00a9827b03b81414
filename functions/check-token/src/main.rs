use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(check_token::handle)
}
