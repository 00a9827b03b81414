fn main() -> std::process::ExitCode {
    satchel_http::serve(check_token::handle)
}
