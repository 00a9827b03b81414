fn main() -> std::process::ExitCode {
    satchel_http::serve(create_user::handle)
}
