fn main() -> std::process::ExitCode {
    satchel_http::serve(delete_user_image::handle)
}
