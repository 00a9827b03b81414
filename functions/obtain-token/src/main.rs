fn main() -> std::process::ExitCode {
    satchel_http::serve(obtain_token::handle)
}
