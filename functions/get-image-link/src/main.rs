fn main() -> std::process::ExitCode {
    satchel_http::serve(get_image_link::handle)
}
