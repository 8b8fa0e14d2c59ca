//! Reading and writing of bytes: LEB128 varints, zigzag, fixed lengths. A reader takes nothing on trust: every length is
//! checked against what is left, and there is one way only to write a number.

use crate::SealError;

/// Reads from the front.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
    whole: usize,
}

impl<'a> Reader<'a> {
    /// Of all these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, whole: bytes.len() }
    }

    /// How many bytes were read.
    #[must_use]
    pub fn at(&self) -> usize {
        self.whole - self.rest.len()
    }

    /// What is left.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `n` bytes.
    ///
    /// # Errors
    /// `Malformed` when there are fewer; as every method here.
    pub fn take(&mut self, n: usize) -> Result<&'a [u8], SealError> {
        let (head, rest) = self.rest.split_at_checked(n).ok_or(SealError::Malformed)?;
        self.rest = rest;
        Ok(head)
    }

    /// The next `N` bytes.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], SealError> {
        self.take(N)?.try_into().map_err(|_| SealError::Malformed)
    }

    /// One byte.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn byte(&mut self) -> Result<u8, SealError> {
        Ok(self.array::<1>()?[0])
    }

    /// A varint, in its shortest form only.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn varint(&mut self) -> Result<u64, SealError> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let b = self.byte()?;
            let bits = u64::from(b & 0x7f);
            if bits << shift >> shift != bits || (b == 0 && shift > 0) {
                return Err(SealError::Malformed);
            }
            n |= bits << shift;
            if b & 0x80 == 0 {
                return Ok(n);
            }
        }
        Err(SealError::Malformed)
    }

    /// A varint that must not be above `max`.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn up_to(&mut self, max: usize) -> Result<usize, SealError> {
        let n = usize::try_from(self.varint()?).map_err(|_| SealError::Malformed)?;
        if n > max { Err(SealError::Malformed) } else { Ok(n) }
    }

    /// A count of things of which each takes at least `each` of the bytes left: so a list is never made longer than its bytes.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn count(&mut self, each: usize) -> Result<usize, SealError> {
        let n = self.up_to(usize::MAX)?;
        if n > self.rest.len() / each.max(1) { Err(SealError::Malformed) } else { Ok(n) }
    }

    /// A varint of a whole number that is not negative.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn natural(&mut self) -> Result<i64, SealError> {
        i64::try_from(self.varint()?).map_err(|_| SealError::Malformed)
    }

    /// A zigzag varint.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn signed(&mut self) -> Result<i64, SealError> {
        let n = self.varint()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    /// Bytes after their length.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn sized(&mut self) -> Result<&'a [u8], SealError> {
        let n = self.count(1)?;
        self.take(n)
    }

    /// Text after its length.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn text(&mut self) -> Result<&'a str, SealError> {
        std::str::from_utf8(self.sized()?).map_err(|_| SealError::Malformed)
    }

    /// That nothing is left.
    ///
    /// # Errors
    /// `Malformed`.
    pub fn end(&self) -> Result<(), SealError> {
        if self.rest.is_empty() { Ok(()) } else { Err(SealError::Malformed) }
    }
}

/// Writes what a [`Reader`] reads.
#[derive(Debug, Default, Clone)]
pub struct Writer(pub Vec<u8>);

impl Writer {
    /// Bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// One byte.
    pub fn byte(&mut self, b: u8) {
        self.0.push(b);
    }

    /// A varint.
    pub fn varint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    /// A length or count.
    pub fn count(&mut self, n: usize) {
        self.varint(n as u64);
    }

    /// A whole number that is not negative; a negative one becomes 0.
    pub fn natural(&mut self, n: i64) {
        self.varint(u64::try_from(n).unwrap_or(0));
    }

    /// A zigzag varint.
    pub fn signed(&mut self, n: i64) {
        self.varint((n << 1 ^ n >> 63) as u64);
    }

    /// Bytes after their length.
    pub fn sized(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_come_back(n: u64, s: i64) {
            let mut w = Writer::default();
            w.varint(n);
            w.signed(s);
            let mut r = Reader::new(&w.0);
            prop_assert_eq!(r.varint(), Ok(n));
            prop_assert_eq!(r.signed(), Ok(s));
            prop_assert_eq!(r.end(), Ok(()));
        }
    }

    #[test]
    fn a_number_is_written_in_one_way_only() {
        assert_eq!(Reader::new(&[0x80, 0x00]).varint(), Err(SealError::Malformed));
        assert_eq!(Reader::new(&[0x80; 11]).varint(), Err(SealError::Malformed));
        let mut most = [0xff; 10];
        most[9] = 0x01;
        assert_eq!(Reader::new(&most).varint(), Ok(u64::MAX));
        most[9] = 0x02;
        assert_eq!(Reader::new(&most).varint(), Err(SealError::Malformed));
    }

    #[test]
    fn a_count_is_never_above_what_the_bytes_can_hold() {
        assert_eq!(Reader::new(&[3, 0, 0]).count(1), Err(SealError::Malformed));
        assert_eq!(Reader::new(&[3, 0, 0, 0]).count(1), Ok(3));
    }
}
