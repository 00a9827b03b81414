//! Executable programs and libraries.

use super::Kind;

/// The type of a program or library according to its first bytes.
pub(super) fn program(bytes: &[u8]) -> Option<Kind> {
    match bytes {
        [0x7F, b'E', b'L', b'F', ..] => Some(Kind::ElfProgram),
        // The last one is a universal binary. Java class files begin in the same way, but have a version of at least 45
        // instead of the number of architectures.
        [0xFE, 0xED, 0xFA, 0xCE | 0xCF, ..]
        | [0xCE | 0xCF, 0xFA, 0xED, 0xFE, ..]
        | [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 1..45, ..] => Some(Kind::MachProgram),
        [b'M', b'Z', ..] => is_windows_program(bytes).then_some(Kind::WindowsProgram),
        _ => None,
    }
}

/// Whether there is a header at the offset in the DOS header. "MZ" alone is not enough, because many texts begin with
/// it.
fn is_windows_program(bytes: &[u8]) -> bool {
    let offset = bytes.get(0x3C..0x40).and_then(|field| field.first_chunk());
    let offset = offset.map(|offset| u32::from_le_bytes(*offset) as usize);
    let header = offset.and_then(|offset| bytes.get(offset..)).unwrap_or_default();
    header.starts_with(b"PE\0\0") || header.starts_with(b"NE") || header.starts_with(b"LE")
}
