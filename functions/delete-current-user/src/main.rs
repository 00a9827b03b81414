fn main() -> std::process::ExitCode {
    satchel_http::serve(delete_current_user::handle)
}
