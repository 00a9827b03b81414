//! Reads the ICC profile of a PNG.

use crate::limits::MAX_PROFILE;

/// The ICC profile of a PNG (11.3.2.3 of the specification). A damaged or too large profile is ignored. Inflation stops
/// at the limit.
pub(super) fn profile(png: &[u8]) -> Option<Vec<u8>> {
    let mut rest = png.get(8..)?;
    loop {
        let (head, body) = rest.split_first_chunk::<8>()?;
        let [l0, l1, l2, l3, kind @ ..] = *head;
        let length = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])).ok()?;
        match &kind {
            b"iCCP" => return inflated(body.get(..length)?),
            b"IDAT" | b"IEND" => return None,
            _ => rest = body.get(length.checked_add(4)?..)?,
        }
    }
}

fn inflated(chunk: &[u8]) -> Option<Vec<u8>> {
    let name = chunk.iter().take(80).position(|&byte| byte == 0)?;
    let [0, deflated @ ..] = chunk.get(name + 1..)? else { return None };
    fdeflate::decompress_to_vec_bounded(deflated, MAX_PROFILE).ok()
}
