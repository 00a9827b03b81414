fn main() -> std::process::ExitCode {
    satchel_http::serve(create_file_link::handle)
}
