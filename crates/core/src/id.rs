//! Row ids: UUIDv7 for what people make, UUIDv5 for what is imported (the same row imported twice is one row).

use std::{fmt, str::FromStr};

use uuid::Uuid;

/// Namespace of ids made from an imported order's natural key.
const ORDER_NS: Uuid = Uuid::from_u128(0x8d6f_54a1_3f0e_5f57_9c1b_6f2a_7e4d_1c90);

/// A row id, hyphenated lower-case UUID in JSON and in SQLite (TEXT).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ts_rs::TS)]
#[ts(type = "string", export)]
pub struct Id(pub Uuid);

impl Id {
    /// A UUIDv7 from the given instant and 10 random bytes, so that ids sort by time made.
    #[must_use]
    pub fn v7(ms: crate::Ms, random: [u8; 10]) -> Self {
        let millis = u64::try_from(ms.0).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The id of an imported order.
    #[must_use]
    pub fn of_order(platform: &str, shop: &str, order_no: &str) -> Self {
        Self::named(&[platform, shop, order_no])
    }

    /// The id of one line of an imported order; `line` counts from 0 or is the platform's sub-order number.
    #[must_use]
    pub fn of_line(platform: &str, shop: &str, order_no: &str, line: &str) -> Self {
        Self::named(&[platform, shop, order_no, line])
    }

    fn named(parts: &[&str]) -> Self {
        // A length before each part: ("a", "bc") and ("ab", "c") must differ.
        let mut name = Vec::new();
        for p in parts {
            name.extend_from_slice(&u32::try_from(p.len()).unwrap_or(u32::MAX).to_be_bytes());
            name.extend_from_slice(p.as_bytes());
        }
        Self(Uuid::new_v5(&ORDER_NS, &name))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(s).map(Self)
    }
}

impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let s = std::borrow::Cow::<'de, str>::deserialize(d)?;
        s.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Id {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "uuid" })
    }
}

#[cfg(feature = "sqlx")]
mod sql {
    use super::Id;
    use sqlx::{Decode, Encode, Sqlite, Type, encode::IsNull, error::BoxDynError, sqlite};

    impl Type<Sqlite> for Id {
        fn type_info() -> sqlite::SqliteTypeInfo {
            <String as Type<Sqlite>>::type_info()
        }
        fn compatible(ty: &sqlite::SqliteTypeInfo) -> bool {
            <String as Type<Sqlite>>::compatible(ty)
        }
    }

    impl<'q> Encode<'q, Sqlite> for Id {
        fn encode_by_ref(&self, buf: &mut <Sqlite as sqlx::Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
            <String as Encode<'q, Sqlite>>::encode(self.to_string(), buf)
        }
    }

    impl<'r> Decode<'r, Sqlite> for Id {
        fn decode(value: sqlite::SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
            Ok(<&str as Decode<'r, Sqlite>>::decode(value)?.parse()?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_order_line_always_has_the_same_id() {
        let a = Id::of_line("kuaishou", "shop", "26110001", "0");
        assert_eq!(a, Id::of_line("kuaishou", "shop", "26110001", "0"));
        assert_ne!(a, Id::of_line("kuaishou", "shop", "2611000", "10"));
        assert_ne!(Id::of_order("k", "ab", "c"), Id::of_order("k", "a", "bc"));
    }

    #[test]
    fn ids_of_later_instants_sort_later() {
        assert!(Id::v7(crate::Ms(1_000), [255; 10]) < Id::v7(crate::Ms(1_001), [0; 10]));
    }
}
