//! The files of the console, inside the program: what browsers load of it, and the files of `public`.
//!
//! A file that gains from it is kept compressed, in two ways; the plain one is made of that for the few who take neither.

use std::borrow::Cow;
use std::io::Read;

use rust_embed::RustEmbed;

/// The folder of what browsers load, below the root of the site. It is named after its contents.
pub const PKG_DIR: &str = env!("PKG_DIR");

/// Which pieces of the browser half there are, and the files of each.
const PIECES: &str = env!("PIECES");

#[derive(RustEmbed)]
#[folder = "$SITE_DIR"]
struct Files;

/// A form in which a file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As it is.
    Plain,
    /// Brotli, the smallest.
    Brotli,
    /// Gzip.
    Gzip,
}

impl Encoding {
    /// Every compressed form, the smallest first.
    pub const COMPRESSED: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// What HTTP calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "identity",
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
        }
    }
}

/// The files that a piece of the browser half consists of, below [`PKG_DIR`]; none if there is no such piece.
pub fn files_of(piece: &str) -> Vec<&'static str> {
    let pieces = PIECES.split(';').filter_map(|line| line.split_once('='));
    pieces.filter(|(name, _)| *name == piece).flat_map(|(_, files)| files.split(',')).collect()
}

/// Whether there is a file at this path, below the root of the site.
pub fn contains(path: &str) -> bool {
    Files::get(path).is_some() || Files::get(&format!("{path}{}", Encoding::Gzip.extension())).is_some()
}

/// The contents of a file in one form, if it is kept in it; plain there is always.
pub fn read(path: &str, encoding: Encoding) -> Option<Cow<'static, [u8]>> {
    if let Some(file) = Files::get(&format!("{path}{}", encoding.extension())) {
        return Some(file.data);
    }
    if encoding != Encoding::Plain {
        return None;
    }
    let compressed = read(path, Encoding::Gzip)?;
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&*compressed).read_to_end(&mut plain).ok()?;
    Some(plain.into())
}
