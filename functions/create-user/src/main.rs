use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(create_user::handle)
}
