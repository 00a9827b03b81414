use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(sign_parts::handle)
}
