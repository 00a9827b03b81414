use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(request_password_reset::handle)
}
