fn main() -> std::process::ExitCode {
    satchel_http::serve(change_password::handle)
}
