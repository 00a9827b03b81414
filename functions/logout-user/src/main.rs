use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(logout_user::handle)
}
