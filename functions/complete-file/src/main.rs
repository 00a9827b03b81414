fn main() -> std::process::ExitCode {
    satchel_http::serve(complete_file::handle)
}
