//! From a data folder into a database that others share.
