fn main() -> std::process::ExitCode {
    satchel_http::serve(update_current_user::handle)
}
