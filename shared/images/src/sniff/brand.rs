//! Files that begin with an `ftyp` box (ISO/IEC 14496-12, 4.3), whose brands identify their contents.

use super::Kind;

/// The type of a file whose first box is `ftyp`. The major brand identifies an image. If it means only "image" or
/// "image sequence", the compatible brands name the codec (ISO/IEC 23008-12, annex B; AVIF, 6).
pub(super) fn iso_media(bytes: &[u8]) -> Kind {
    let size = bytes.first_chunk().map_or(0, |size| u32::from_be_bytes(*size) as usize);
    let brands = bytes.get(8..size.min(bytes.len())).unwrap_or_default();
    let mut brands = brands.chunks_exact(4);
    let Some(major) = brands.next() else { return Kind::IsoMedia };
    match major {
        b"mif1" | b"mif2" | b"msf1" | b"miaf" => {
            // The four bytes after the major brand are a version.
            brands.skip(1).find_map(codec).unwrap_or(Kind::Heif)
        }
        b"avci" | b"avcs" | b"jpeg" | b"jpgs" | b"j2ki" | b"j2is" | b"vvic" | b"evbi" => Kind::Heif,
        b"crx " => Kind::CanonRaw,
        major => codec(major).unwrap_or(Kind::IsoMedia),
    }
}

fn codec(brand: &[u8]) -> Option<Kind> {
    match brand {
        b"avif" | b"avis" => Some(Kind::Avif),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Some(Kind::Heic),
        _ => None,
    }
}
