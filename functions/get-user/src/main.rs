use std::process::ExitCode;

fn main() -> ExitCode {
    satchel_http::serve(get_user::handle)
}
