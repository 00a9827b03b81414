fn main() -> std::process::ExitCode {
    satchel_http::serve(list_image_links::handle)
}
