fn main() -> std::process::ExitCode {
    satchel_http::serve(sign_parts::handle)
}
