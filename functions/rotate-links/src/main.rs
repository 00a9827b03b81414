fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(rotate_links::handle)
}
