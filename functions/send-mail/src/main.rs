fn main() -> std::process::ExitCode {
    satchel_runtime::serve_event(send_mail::handle)
}
