fn main() -> std::process::ExitCode {
    satchel_http::serve(refresh_token::handle)
}
