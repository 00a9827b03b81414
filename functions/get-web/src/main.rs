fn main() -> std::process::ExitCode {
    satchel_http::serve(get_web::handle)
}
