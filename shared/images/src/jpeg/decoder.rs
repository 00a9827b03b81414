use super::{
    bits::Bits,
    colour, corrupt,
    frame::Frame,
    markers::{END_OF_IMAGE, START_OF_SCAN, Segments},
    metadata::Metadata,
    plane::Plane,
    progressive::{Coefficients, Progressive},
    scan::{Scan, read_blocks},
    sequential::Sequential,
    tables::Tables,
};
use crate::{decode::Decoded, error::ImageError, limits::Limits};

/// Several times what any encoder makes, but few enough that thousands of tiny scans over a huge picture keep
/// no function busy.
const MAX_SCANS: usize = 100;

/// Decodes at the smallest of 1/8, 1/4, 1/2 and 1/1 at which the longer side still has `wanted` pixels.
///
/// The file must hold the whole picture: data that end early are an error, also where a picture with a grey
/// rest could be made of them. Only the end marker behind a complete sequential picture may be missing.
pub(crate) fn decode(bytes: &[u8], wanted: u32, limits: &Limits) -> Result<Decoded, ImageError> {
    let mut segments = Segments::new(bytes);
    let mut tables = Tables::default();
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

/// Reads everything before the data of the first scan; gives its header.
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
    /// By component; none if the picture is sequential.
    coefficients: Vec<Coefficients>,
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
        Ok(Self { bytes, frame, segments, tables, planes, coefficients })
    }

    fn read_scans(&mut self, first: &[u8]) -> Result<(), ImageError> {
        self.read_scan(first)?;
        let mut scans = 1;
        while self.frame.progressive || !self.planes.iter().all(Plane::begun) {
            let segment = self.segments.next()?;
            match segment.marker {
                START_OF_SCAN if scans == MAX_SCANS => return Err(corrupt("too many scans")),
                START_OF_SCAN => self.read_scan(segment.body)?,
                END_OF_IMAGE => break,
                marker => self.tables.define(marker, segment.body)?,
            }
            scans += usize::from(segment.marker == START_OF_SCAN);
        }
        if !self.planes.iter().all(Plane::begun) {
            return Err(corrupt("ends before the picture does"));
        }
        for (coefficients, plane) in self.coefficients.iter().zip(&mut self.planes) {
            coefficients.put(plane);
        }
        Ok(())
    }

    fn read_scan(&mut self, header: &[u8]) -> Result<(), ImageError> {
        let scan = Scan::parse(header, &self.frame, &self.tables)?;
        for component in &scan.components {
            let slot = self.frame.components[component.index].quantisation;
            self.planes[component.index].begin(&self.tables, slot)?;
        }
        let mut bits = Bits::new(self.bytes, self.segments.position());
        let interval = self.tables.restart_interval;
        if !self.frame.progressive {
            let mut reader = Sequential::new(&scan, &mut self.planes)?;
            read_blocks(&self.frame, &scan, interval, &mut bits, &mut reader)?;
        } else if scan.components.iter().any(|c| self.coefficients[c.index].wants(scan.spectrum)) {
            let mut reader = Progressive::new(&scan, &mut self.coefficients)?;
            read_blocks(&self.frame, &scan, interval, &mut bits, &mut reader)?;
        } else {
            return self.segments.skip_scan();
        }
        self.segments.set_position(bits.position());
        Ok(())
    }
}
