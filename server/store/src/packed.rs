//! Large texts, as they are kept: packed with zlib. A configuration of 6 MB takes a twentieth of that.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use services::ports::StoreError;

/// Packs a text, off the threads that serve requests.
pub(crate) async fn pack(text: &str) -> Result<Vec<u8>, StoreError> {
    let text = text.to_owned();
    let pack = move || {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer.write_all(text.as_bytes())?;
        packer.finish()
    };
    aside(pack).await
}

/// The text that was packed.
pub(crate) async fn unpack(octets: Vec<u8>) -> Result<String, StoreError> {
    let unpack = move || {
        let mut text = String::new();
        ZlibDecoder::new(&*octets).read_to_string(&mut text)?;
        Ok(text)
    };
    aside(unpack).await
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> std::io::Result<T> + Send + 'static) -> Result<T, StoreError> {
    let failed = |why: String| StoreError::Failed(format!("a large text: {why}"));
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| failed(error.to_string()))?;
    done.map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_packed_comes_back() {
        let subnet = |id: u32| format!(r#"{{"id":{id},"subnet":"10.{}.{}.0/24","ü":true}}"#, id / 256, id % 256);
        let text: String = (0..20_000).map(subnet).collect();
        let packed = pack(&text).await.unwrap();
        assert!(packed.len() * 5 < text.len(), "{} of {}", packed.len(), text.len());
        assert_eq!(unpack(packed).await.unwrap(), text);
        assert!(unpack(vec![1, 2, 3]).await.is_err());
    }
}
