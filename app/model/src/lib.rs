//! The vocabulary that the browser and the server share.
