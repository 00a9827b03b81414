fn main() -> std::process::ExitCode {
    satchel_http::serve(renew_token::handle)
}
