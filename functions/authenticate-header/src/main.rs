fn main() -> std::process::ExitCode {
    satchel_http::serve(authenticate_header::handle)
}
