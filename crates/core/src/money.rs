//! Money in fen (1/100 yuan).

use crate::number::safe_i64;

safe_i64! {
    /// An amount in fen (分). ¥12.34 is `Fen(1234)`.
    Fen
}

impl std::ops::Add for Fen {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Self(self.0.saturating_add(o.0))
    }
}

impl std::ops::Sub for Fen {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Self(self.0.saturating_sub(o.0))
    }
}

impl std::iter::Sum for Fen {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0), |a, b| a + b)
    }
}
