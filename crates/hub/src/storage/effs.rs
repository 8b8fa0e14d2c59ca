//! The eff stamps of an envelope's groups as bytes: zigzag differences as LEB128, the first from 0.

/// Writes them.
#[must_use]
pub fn encode(effs: &[i64]) -> Vec<u8> {
    let mut out = Vec::with_capacity(effs.len() * 2 + 8);
    let mut before = 0_i64;
    for &eff in effs {
        let delta = eff.wrapping_sub(before);
        before = eff;
        let mut z = (delta.wrapping_shl(1) ^ (delta >> 63)).cast_unsigned();
        while z >= 0x80 {
            out.push((z & 0x7f) as u8 | 0x80);
            z >>= 7;
        }
        out.push(z as u8);
    }
    out
}

/// Reads them back; `None` when the bytes are not whole.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<Vec<i64>> {
    let mut out = Vec::new();
    let (mut before, mut z, mut shift) = (0_i64, 0_u64, 0_u32);
    for &b in bytes {
        if shift > 63 {
            return None;
        }
        z |= u64::from(b & 0x7f) << shift;
        shift += 7;
        if b & 0x80 == 0 {
            before = before.wrapping_add((z >> 1).cast_signed() ^ -((z & 1).cast_signed()));
            out.push(before);
            (z, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_come_back_whatever_they_are() {
        for effs in [vec![], vec![0], vec![1 << 58, (1 << 58) + 1, 3], vec![i64::MIN, i64::MAX, -1, 0]] {
            assert_eq!(decode(&encode(&effs)), Some(effs));
        }
        assert_eq!((decode(&[0x80]), decode(&[0xff; 11])), (None, None));
    }
}
