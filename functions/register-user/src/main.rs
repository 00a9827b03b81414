fn main() -> std::process::ExitCode {
    satchel_http::serve(register_user::handle)
}
