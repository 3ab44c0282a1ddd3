//! Rows as structs. The library derives this too, with macros that compile all its databases once more, for the compiler
//! alone.

/// A struct of which each field is the column with its name, where `Db` is the database.
macro_rules! row {
    ($(#[$about:meta])* $visible:vis struct $row:ident { $($column:ident: $type:ty,)* }) => {
        $(#[$about])*
        $visible struct $row {
            $($column: $type,)*
        }

        impl ::sqlx::FromRow<'_, <Db as ::sqlx::Database>::Row> for $row {
            fn from_row(row: &<Db as ::sqlx::Database>::Row) -> ::sqlx::Result<Self> {
                use ::sqlx::Row as _;
                Ok(Self { $($column: row.try_get(stringify!($column))?,)* })
            }
        }
    };
}
