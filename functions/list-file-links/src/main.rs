fn main() -> std::process::ExitCode {
    satchel_http::serve(list_file_links::handle)
}
