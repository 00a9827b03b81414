use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(login_user::handle)
}
