//! Pixels as PNG (ISO/IEC 15948): one image, eight bits a channel, no alpha.

use std::io::Write as _;

use flate2::{Compression, Crc, write::ZlibEncoder};

use super::raster::Pixels;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// Eight bits, red green blue, and the only method there is of compressing, filtering; not interlaced.
const FORM: [u8; 5] = [8, 2, 0, 0, 0];
/// A row is told as what differs from the row above.
const UP: u8 = 2;

/// The bytes of the file.
pub(super) fn bytes(pixels: &Pixels) -> Vec<u8> {
    let mut out = SIGNATURE.to_vec();
    let mut header = Vec::new();
    header.extend((pixels.width as u32).to_be_bytes());
    header.extend((pixels.height as u32).to_be_bytes());
    header.extend(FORM);
    chunk(&mut out, b"IHDR", &header);
    chunk(&mut out, b"IDAT", &packed(pixels));
    chunk(&mut out, b"IEND", &[]);
    out
}

fn packed(pixels: &Pixels) -> Vec<u8> {
    let row = pixels.width * 3;
    let mut rows = Vec::with_capacity(pixels.channels.len() + pixels.height);
    let mut above = vec![0_u8; row];
    for this in pixels.channels.chunks_exact(row.max(1)) {
        rows.push(UP);
        rows.extend(this.iter().zip(&above).map(|(this, above)| this.wrapping_sub(*above)));
        above.copy_from_slice(this);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(&rows).and_then(|()| encoder.finish());
    written.expect("memory takes what is written to it")
}

/// A part of the file: how long it is, what it is, what is in it, and a checksum over the last two.
fn chunk(out: &mut Vec<u8>, kind: &[u8; 4], body: &[u8]) {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(body);
    out.extend((body.len() as u32).to_be_bytes());
    out.extend(kind);
    out.extend(body);
    out.extend(crc.sum().to_be_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::ZlibDecoder;

    use super::*;

    #[test]
    fn the_parts_of_the_file_are_whole_and_unpack_to_the_pixels() {
        let channels: Vec<u8> = (0..2 * 3 * 3).map(|value| value * 11).collect();
        let file = bytes(&Pixels { width: 2, height: 3, channels: channels.clone() });
        let (mut rest, mut parts) = (file.strip_prefix(&SIGNATURE).unwrap(), Vec::new());
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let (named, after) = after.split_at(4 + u32::from_be_bytes(*length) as usize);
            let mut crc = Crc::new();
            crc.update(named);
            assert_eq!(after[..4], crc.sum().to_be_bytes());
            parts.push(named);
            rest = &after[4..];
        }
        assert_eq!(parts[0], b"IHDR\0\0\0\x02\0\0\0\x03\x08\x02\0\0\0");
        assert_eq!(parts[2], b"IEND");
        let mut rows = Vec::new();
        ZlibDecoder::new(&parts[1][4..]).read_to_end(&mut rows).unwrap();
        let mut above = vec![0_u8; 6];
        for (row, expected) in rows.chunks_exact(7).zip(channels.chunks_exact(6)) {
            assert_eq!(row[0], UP);
            above.iter_mut().zip(&row[1..]).for_each(|(above, change)| *above = above.wrapping_add(*change));
            assert_eq!(above, expected);
        }
        assert_eq!(rows.len(), 21);
    }
}
