fn main() -> std::process::ExitCode {
    satchel_http::serve(list_all_files::handle)
}
