fn main() -> std::process::ExitCode {
    satchel_http::serve(reset_password::handle)
}
