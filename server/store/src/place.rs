//! Where the store is.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use services::ports::{Clock, Store};

use crate::{Lock, OpenError, Url};

/// Where the store is.
#[derive(Debug, Clone)]
pub enum Place {
    /// In a data folder.
    Folder(PathBuf),
    /// In a database that others share.
    Server(Url),
}

/// A store, and the time that goes with it.
#[derive(Clone)]
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The clock of the database, where several programs share one; none: the clock of this machine will do.
    pub clock: Option<Arc<dyn Clock>>,
}

impl Place {
    /// Opens the store, makes what is missing and brings its tables up to date. `only`: what shows that no other server
    /// works on the data folder.
    pub async fn open(&self, only: Option<&Lock>) -> Result<Opened, OpenError> {
        match self {
            Self::Folder(data_dir) => {
                let store = crate::open(data_dir).await?;
                if only.is_some() {
                    store.outlive().await?;
                }
                Ok(Opened { store: Arc::new(store), clock: None })
            }
            Self::Server(url) => {
                let store = crate::connect(url).await?;
                let clock: Arc<dyn Clock> = store.clock();
                Ok(Opened { store: Arc::new(store), clock: Some(clock) })
            }
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(data_dir) => data_dir.display().fmt(out),
            Self::Server(url) => url.fmt(out),
        }
    }
}
