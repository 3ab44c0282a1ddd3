//! The tables, for what works on all of them.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Text,
    Octets,
    Truth,
}

/// A table.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The column that numbers its rows, where no number is used twice.
    pub(crate) numbered: Option<&'static str>,
    pub(crate) columns: &'static [(&'static str, Kind)],
}

/// Every table of the newest version.
pub(crate) const TABLES: [Table; 14] = {
    use Kind::{Number, Octets, Text, Truth};
    [
        Table {
            name: "accounts",
            numbered: Some("id"),
            columns: &[
                ("id", Number),
                ("name", Text),
                ("role", Text),
                ("password_hash", Text),
                ("disabled", Truth),
                ("generation", Number),
            ],
        },
        Table {
            name: "setup_token",
            numbered: None,
            columns: &[("id", Number), ("token_hash", Octets), ("until", Number)],
        },
        Table {
            name: "sessions",
            numbered: None,
            columns: &[("id_hash", Octets), ("data", Octets), ("until", Number)],
        },
        Table {
            name: "holds",
            numbered: None,
            columns: &[
                ("server", Text),
                ("subnet_id", Number),
                ("address", Text),
                ("holder", Text),
                ("purpose", Text),
                ("since", Number),
                ("until", Number),
            ],
        },
        Table { name: "sign_in_failures", numbered: None, columns: &[("key", Text), ("at", Number), ("try", Text)] },
        Table {
            name: "foreman_calls",
            numbered: Some("number"),
            columns: &[
                ("number", Number),
                ("at", Number),
                ("took_micros", Number),
                ("caller", Text),
                ("address", Text),
                ("request_id", Text),
                ("method", Text),
                ("path", Text),
                ("parameters", Text),
                ("status", Number),
                ("outcome", Text),
                ("answer", Text),
                ("changes", Truth),
                ("why", Text),
            ],
        },
        Table {
            name: "exclusions",
            numbered: None,
            columns: &[
                ("server", Text),
                ("subnet_id", Number),
                ("first", Text),
                ("last", Text),
                ("reason", Text),
                ("author", Text),
                ("since", Number),
            ],
        },
        Table {
            name: "changes",
            numbered: Some("number"),
            columns: &[
                ("number", Number),
                ("at", Number),
                ("actor", Text),
                ("verb", Text),
                ("subject", Text),
                ("server", Text),
                ("subnet_id", Number),
                ("identifier_kind", Text),
                ("identifier", Text),
                ("old_identifier_kind", Text),
                ("old_identifier", Text),
                ("old_address", Text),
                ("new_address", Text),
                ("old_host_name", Text),
                ("new_host_name", Text),
                ("before", Text),
                ("after", Text),
                ("state", Text),
                ("reason", Text),
                ("batch", Text),
                ("undoes", Number),
                ("repeats", Number),
                ("alone", Truth),
                ("was", Text),
                ("now", Text),
                ("wanted", Text),
                ("request", Text),
                ("owner", Text),
                ("confirm_until", Number),
            ],
        },
        Table {
            name: "revisions",
            numbered: None,
            columns: &[
                ("server", Text),
                ("number", Number),
                ("at", Number),
                ("hash", Text),
                ("process", Number),
                ("loaded_at", Number),
                ("origin", Text),
                ("way", Text),
                ("changes", Text),
                ("words", Text),
                ("differences", Number),
                ("routine", Truth),
                ("document", Octets),
            ],
        },
        Table {
            name: "revision_marks",
            numbered: None,
            columns: &[("server", Text), ("seen", Number), ("saved", Number)],
        },
        Table { name: "last_words", numbered: None, columns: &[("server", Text), ("said", Text), ("as_of", Number)] },
        Table {
            name: "gone_subnets",
            numbered: None,
            columns: &[("server", Text), ("id", Number), ("prefix", Text), ("at", Number)],
        },
        Table {
            name: "silenced",
            numbered: None,
            columns: &[
                ("server", Text),
                ("finding", Text),
                ("text", Text),
                ("reason", Text),
                ("actor", Text),
                ("at", Number),
            ],
        },
        Table { name: "programs", numbered: None, columns: &[("owner", Text), ("until", Number)] },
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_table_and_column_is_listed() {
        let folder = tempfile::tempdir().unwrap();
        let store = crate::open(folder.path()).await.unwrap();
        let found: Vec<(String, String, String)> = sqlx::query_as(
            "SELECT m.name, c.name, c.type FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE '_sqlx_%'
             ORDER BY m.rootpage, c.cid",
        )
        .fetch_all(store.readers())
        .await
        .unwrap();
        let sort = |kind| match kind {
            Kind::Number | Kind::Truth => "INTEGER",
            Kind::Text => "TEXT",
            Kind::Octets => "BLOB",
        };
        let mut listed: Vec<_> = TABLES
            .iter()
            .flat_map(|table| {
                let column = |(column, kind): &(&str, Kind)| {
                    (table.name.to_owned(), (*column).to_owned(), sort(*kind).to_owned())
                };
                table.columns.iter().map(column)
            })
            .collect();
        let mut found = found;
        found.sort();
        listed.sort();
        assert_eq!(found, listed);
    }
}
