fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(write_journal::handle)
}
