use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(register_user::handle)
}
