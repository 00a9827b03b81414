use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(resend_verification::handle)
}
