//! The sweep settles images one at a time, so that many images need no more memory than one.

use local::calls::Fault;
use serde_json::json;

use crate::helpers::{exclusive_stack, id};

/// The width and height in pixels: 64 megapixels.
const SIDE: u32 = 8000;
const PICTURES: usize = 8;

/// A black interlaced PNG in shades of grey. A decoder has to keep all of its pixels until the last pass.
fn interlaced_png() -> Vec<u8> {
    let mut header = [SIDE.to_be_bytes(), SIDE.to_be_bytes()].concat();
    header.extend([8, 0, 0, 0, 1]);
    // A filter byte for each row of each of the seven passes (PNG, 8.2).
    let passes = [(8, 8), (8, 8), (4, 8), (4, 4), (2, 4), (2, 2), (1, 2)];
    let bytes = passes.iter().map(|(across, down)| (SIDE / across + 1) * (SIDE / down)).sum();
    let chunks = [chunk(*b"IHDR", &header), chunk(*b"IDAT", &zeros(bytes)), chunk(*b"IEND", &[])];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
}

fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [kind.as_slice(), data].concat();
    let crc = body.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 })
    });
    let length = u32::try_from(data.len()).expect("a short chunk").to_be_bytes();
    [length.as_slice(), &body, &(!crc).to_be_bytes()].concat()
}

/// `count` zeros in the zlib format, with the fixed codes of RFC 1951, 3.2.6: a literal, runs of 258, and the rest as
/// literals.
fn zeros(count: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push_low_first(0b011, 3);
    bits.push(0x30, 8);
    for _ in 0..(count - 1) / 258 {
        bits.push(0b1100_0101, 8);
        bits.push(0, 5);
    }
    for _ in 0..(count - 1) % 258 {
        bits.push(0x30, 8);
    }
    bits.push(0, 7);
    let checksum = ((count % 65_521) << 16) | 1;
    [[0x78, 0x01].as_slice(), &bits.bytes, &checksum.to_be_bytes()].concat()
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    /// Appends a code, most significant bit first.
    fn push(&mut self, code: u32, length: u32) {
        for place in (0..length).rev() {
            self.bit(code >> place & 1 == 1);
        }
    }

    fn push_low_first(&mut self, number: u32, length: u32) {
        for place in 0..length {
            self.bit(number >> place & 1 == 1);
        }
    }

    fn bit(&mut self, bit: bool) {
        if self.used == 0 {
            self.bytes.push(0);
        }
        *self.bytes.last_mut().expect("a byte") |= u8::from(bit) << self.used;
        self.used = (self.used + 1) % 8;
    }
}

#[tokio::test]
#[ignore = "half a gigapixel; .ci/run runs it"]
async fn eight_large_images_are_settled_within_the_memory_for_one() {
    let stack = exclusive_stack().await;
    let ada = stack.signed_up_user("ada").await;
    let png = interlaced_png();
    assert!(png.len() < 1 << 20, "{}", png.len());
    let mut images = Vec::new();
    stack.calls().inject("process-upload", 1, Fault::KillAfter, 10_000);
    for _ in 0..PICTURES {
        let image = ada.announce("/api/images", "a.png", "image/png", png.len()).await;
        assert_eq!(ada.put(&image, png.clone()).await.status, 200);
        images.push(image);
    }
    stack.settled().await;
    stack.calls().clear("process-upload");
    ada.age_records_by_a_month().await;
    // All images are in one partition, as can happen by chance.
    for image in &images {
        let (owner, record) = (format!("OWNER#{}", ada.id), format!("IMAGE#{}", id(image)));
        stack.set_attribute(&owner, &record, "due", json!({"S": "7"})).await;
    }
    let report = stack.sweep().await;
    assert_eq!((&report["settled"], &report["failed"]), (&json!(PICTURES), &json!(0)), "{report}");
    for image in &images {
        let shown = ada.get(&format!("/api/images/{}", id(image))).await.json();
        assert_eq!((&shown["status"], &shown["height"]), (&json!("ready"), &json!(SIDE)));
    }
}
