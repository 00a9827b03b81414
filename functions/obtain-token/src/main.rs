use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(obtain_token::handle)
}
