fn main() -> std::process::ExitCode {
    satchel_http::serve(show_password_reset::handle)
}
