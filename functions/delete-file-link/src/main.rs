fn main() -> std::process::ExitCode {
    satchel_http::serve(delete_file_link::handle)
}
