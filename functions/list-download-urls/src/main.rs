fn main() -> std::process::ExitCode {
    satchel_http::serve(list_download_urls::handle)
}
