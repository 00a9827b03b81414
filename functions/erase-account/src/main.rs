fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(erase_account::handle)
}
