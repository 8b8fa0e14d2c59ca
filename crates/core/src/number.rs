//! The range of whole numbers that JavaScript keeps exactly.

/// Largest magnitude a JSON number may have without losing precision in the UI: 2^53 - 1.
pub const MAX_SAFE: i64 = (1 << 53) - 1;

/// Declares an `i64` newtype that crosses as `number` and refuses what a double cannot hold.
macro_rules! safe_i64 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, ts_rs::TS)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
        #[cfg_attr(feature = "sqlx", sqlx(transparent))]
        #[ts(type = "number", export)]
        pub struct $name(pub i64);

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let n = i64::deserialize(d)?;
                if n.unsigned_abs() > $crate::number::MAX_SAFE as u64 {
                    return Err(serde::de::Error::custom("number outside -(2^53-1)..=2^53-1"));
                }
                Ok(Self(n))
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "integer", "format": "int64",
                    "minimum": -$crate::number::MAX_SAFE, "maximum": $crate::number::MAX_SAFE,
                })
            }
        }

        impl From<i64> for $name {
            fn from(n: i64) -> Self {
                Self(n)
            }
        }
    };
}
pub(crate) use safe_i64;
