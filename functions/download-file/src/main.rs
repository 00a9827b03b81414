fn main() -> std::process::ExitCode {
    satchel_http::serve(download_file::handle)
}
