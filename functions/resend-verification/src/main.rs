fn main() -> std::process::ExitCode {
    satchel_http::serve(resend_verification::handle)
}
