use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(show_email_verification::handle)
}
