fn main() -> std::process::ExitCode {
    satchel_http::serve(show_share::handle)
}
