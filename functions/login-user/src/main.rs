fn main() -> std::process::ExitCode {
    satchel_http::serve(login_user::handle)
}
