//! One file per table: plain SQL, typed in and out.
