fn main() -> std::process::ExitCode {
    satchel_http::serve(get_file_link::handle)
}
