use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(update_user::handle)
}
