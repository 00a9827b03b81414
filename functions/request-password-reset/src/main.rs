fn main() -> std::process::ExitCode {
    satchel_http::serve(request_password_reset::handle)
}
