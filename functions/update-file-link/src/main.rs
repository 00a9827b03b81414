fn main() -> std::process::ExitCode {
    satchel_http::serve(update_file_link::handle)
}
