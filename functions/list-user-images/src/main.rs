fn main() -> std::process::ExitCode {
    satchel_http::serve(list_user_images::handle)
}
