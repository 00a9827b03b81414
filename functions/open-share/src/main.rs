fn main() -> std::process::ExitCode {
    satchel_http::serve(open_share::handle)
}
