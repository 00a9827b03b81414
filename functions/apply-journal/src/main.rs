fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(apply_journal::handle)
}
