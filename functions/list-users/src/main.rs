fn main() -> std::process::ExitCode {
    satchel_http::serve(list_users::handle)
}
