fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(process_upload::handle)
}
