fn main() -> std::process::ExitCode {
    satchel_http::serve(refresh_and_verify_token::handle)
}
