fn main() -> std::process::ExitCode {
    satchel_http::serve(show_email_verification::handle)
}
