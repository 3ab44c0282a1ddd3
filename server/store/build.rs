//! Lists the migrations of each kind of database as Rust: `[(name, contents), …]`. They are embedded so, without the macros
//! of the library, which compile all its databases once more, for the compiler alone.

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=migrations");
    let migrations = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("migrations");
    for database in ["postgres", "sqlite"] {
        let mut files: Vec<_> = fs::read_dir(migrations.join(database))?.collect::<Result<_, _>>()?;
        files.sort_by_key(fs::DirEntry::file_name);
        let listed = files.iter().map(|file| {
            let [name, path] = [file.file_name().display().to_string(), file.path().display().to_string()];
            format!("({name:?}, include_str!({path:?})),\n")
        });
        let list = format!("[\n{}]", listed.collect::<String>());
        fs::write(Path::new(&std::env::var("OUT_DIR")?).join(format!("{database}.rs")), list)?;
    }
    Ok(())
}
