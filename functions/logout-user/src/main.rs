fn main() -> std::process::ExitCode {
    satchel_http::serve(logout_user::handle)
}
