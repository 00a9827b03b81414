fn main() -> std::process::ExitCode {
    satchel_http::serve(upload_shared_file::handle)
}
