fn main() -> std::process::ExitCode {
    satchel_http::serve(verify_email::handle)
}
