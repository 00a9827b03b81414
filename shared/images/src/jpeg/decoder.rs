//! Decodes a file: headers, scans, and the picture.

use super::{
    bits::Bits,
    coefficients::Coefficients,
    colour, corrupt,
    frame::Frame,
    markers::{END_OF_IMAGE, START_OF_SCAN, Segments},
    metadata::Metadata,
    plane::Plane,
    progressive::Progressive,
    scan::{Extent, Scan, read_blocks},
    sequential::Sequential,
    tables::Tables,
    work::Work,
};
use crate::{
    decode::{Decoded, require_half},
    error::ImageError,
    limits::Limits,
};

/// Decodes a JPEG at the smallest of the scales 1/8, 1/4, 1/2 and 1/1 at which the longer side still has `wanted`
/// pixels.
///
/// Damaged or missing parts of the picture are grey or coarse. At least half of the blocks must be decodable.
pub(crate) fn decode(bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    let mut segments = Segments::new(bytes);
    let mut tables = Tables::new();
    let mut metadata = Metadata::default();
    let (frame, first_scan) = read_headers(&mut segments, &mut tables, &mut metadata)?;
    limits.check_pixels(frame.width, frame.height)?;

    let eighths = eighths(&frame, wanted);
    let (width, height) = (scaled(frame.width, eighths), scaled(frame.height, eighths));
    let mut decoder = Decoder::new(bytes, frame, segments, tables, eighths, limits)?;
    decoder.read_scans(first_scan)?;
    let Decoder { frame, planes, .. } = decoder;
    Ok(Decoded {
        picture: colour::join(&frame, &metadata, &planes, width, height),
        original: (frame.width, frame.height),
        reduction: 8.0 / f64::from(eighths),
        exif: metadata.exif.map(<[u8]>::to_vec),
        profile: metadata.profile(),
    })
}

/// Reads everything before the data of the first scan. Returns the frame and the body of the scan header.
fn read_headers<'a>(
    segments: &mut Segments<'a>,
    tables: &mut Tables,
    metadata: &mut Metadata<'a>,
) -> Result<(Frame, &'a [u8]), ImageError> {
    let mut frame = None;
    loop {
        let segment = segments.next()?;
        match segment.marker {
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                if frame.replace(Frame::parse(segment.marker, segment.body)?).is_some() {
                    return Err(corrupt("two frames"));
                }
            }
            START_OF_SCAN => {
                return Ok((frame.ok_or_else(|| corrupt("scan without a frame"))?, segment.body));
            }
            END_OF_IMAGE => return Err(corrupt("no picture")),
            marker => {
                metadata.take(marker, segment.body);
                tables.define(marker, segment.body)?;
            }
        }
    }
}

fn eighths(frame: &Frame, wanted: u32) -> u32 {
    let longer = frame.width.max(frame.height);
    [1, 2, 4].into_iter().find(|&eighths| scaled(longer, eighths) >= wanted).unwrap_or(8)
}

fn scaled(length: u32, eighths: u32) -> u32 {
    (length * eighths).div_ceil(8)
}

struct Decoder<'a> {
    bytes: &'a [u8],
    frame: Frame,
    segments: Segments<'a>,
    tables: Tables,
    planes: Vec<Plane>,
    /// The coefficients of each component. Empty if the picture is sequential.
    coefficients: Vec<Coefficients>,
    /// How much of each component could be decoded.
    seen: Vec<Extent>,
    work: Work,
}

impl<'a> Decoder<'a> {
    fn new(
        bytes: &'a [u8],
        frame: Frame,
        segments: Segments<'a>,
        tables: Tables,
        eighths: u32,
        limits: &Limits,
    ) -> Result<Self, ImageError> {
        limits.check_alloc(Plane::bytes(&frame, eighths))?;
        let planes = Plane::all(&frame, eighths)?;
        let mut coefficients = Vec::new();
        if frame.progressive {
            let lasts: Vec<usize> = planes.iter().map(|plane| plane.idct.last()).collect();
            limits.check_alloc(Plane::bytes(&frame, eighths) + Coefficients::bytes(&frame, &lasts))?;
            let new = |(index, &last)| Coefficients::new(&frame, index, last);
            coefficients = lasts.iter().enumerate().map(new).collect();
        }
        let seen = vec![Extent { read: 0, all: 1 }; planes.len()];
        Ok(Self { bytes, frame, segments, tables, planes, coefficients, seen, work: Work::default() })
    }

    fn read_scans(&mut self, first: &[u8]) -> Result<(), ImageError> {
        let damage = match self.read_scan(first).and_then(|()| self.read_other_scans()) {
            Ok(()) => corrupt("less than half of the picture"),
            Err(Stop::Damage(damage)) => damage,
            Err(Stop::Refusal(why)) => return Err(why),
        };
        if !self.half_is_decoded() {
            return Err(damage);
        }
        for (coefficients, plane) in self.coefficients.iter().zip(&mut self.planes) {
            coefficients.put(plane);
        }
        Ok(())
    }

    fn read_other_scans(&mut self) -> Result<(), Stop> {
        while self.frame.progressive || !self.planes.iter().all(Plane::begun) {
            let segment = self.segments.next()?;
            match segment.marker {
                START_OF_SCAN => self.read_scan(segment.body)?,
                END_OF_IMAGE => break,
                marker => self.tables.define(marker, segment.body)?,
            }
        }
        Ok(())
    }

    fn read_scan(&mut self, header: &[u8]) -> Result<(), Stop> {
        self.work.count_tables().map_err(Stop::Refusal)?;
        let scan = Scan::parse(header, &self.frame, &self.tables)?;
        for component in &scan.components {
            let slot = self.frame.components[component.index].quantisation;
            self.planes[component.index].begin(&self.tables, slot)?;
        }
        let mut bits = Bits::new(self.bytes, self.segments.position());
        let interval = self.tables.restart_interval;
        if !self.frame.progressive {
            self.work.count_decoding(&scan, &self.frame).map_err(Stop::Refusal)?;
            let mut reader = Sequential::new(&scan, &mut self.planes)?;
            let extent = read_blocks(&self.frame, &scan, interval, &mut bits, &mut reader);
            self.see(&scan, extent);
        } else if self.continue_progression(&scan)? {
            self.work.count_visits(&scan, &self.frame).map_err(Stop::Refusal)?;
            let mut reader = Progressive::new(&scan, &mut self.coefficients)?;
            let extent = read_blocks(&self.frame, &scan, interval, &mut bits, &mut reader);
            if scan.spectrum.0 == 0 && !scan.refines() {
                self.see(&scan, extent);
            } else if scan.spectrum.0 > 0 && extent.read < extent.all && interval == 0 {
                self.coefficients[scan.components[0].index].lost = true;
            }
        } else {
            self.segments.skip_scan()?;
            return Ok(());
        }
        self.segments.set_position(bits.position());
        Ok(())
    }

    fn see(&mut self, scan: &Scan, extent: Extent) {
        for component in &scan.components {
            let seen = &mut self.seen[component.index];
            if extent.read * seen.all > seen.read * extent.all {
                *seen = extent;
            }
        }
    }

    /// Whether at least half of the blocks have been read. For progressive pictures, the first approximation is enough.
    fn half_is_decoded(&self) -> bool {
        let (mut seen, mut all) = (0, 0);
        for (component, extent) in self.frame.components.iter().zip(&self.seen) {
            let blocks = component.blocks.0 * component.blocks.1;
            seen += blocks * extent.read / extent.all;
            all += blocks;
        }
        require_half(seen as u64, all as u64).is_some()
    }

    /// Records a scan of a progressive picture. Returns whether its coefficients are used.
    fn continue_progression(&mut self, scan: &Scan) -> Result<bool, Stop> {
        let mut matters = false;
        for component in &scan.components {
            let coefficients = &mut self.coefficients[component.index];
            self.work.count_jumps(coefficients.continue_with(scan)).map_err(Stop::Refusal)?;
            matters |= coefficients.wants(scan.spectrum);
        }
        Ok(matters)
    }
}

/// The reason for which no further scan is read.
enum Stop {
    /// The file is damaged. What has been read may be enough.
    Damage(ImageError),
    /// The picture is refused, regardless of what has been read.
    Refusal(ImageError),
}

impl From<ImageError> for Stop {
    fn from(damage: ImageError) -> Self {
        Self::Damage(damage)
    }
}
