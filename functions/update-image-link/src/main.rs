fn main() -> std::process::ExitCode {
    satchel_http::serve(update_image_link::handle)
}
