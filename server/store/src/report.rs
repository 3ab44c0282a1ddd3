//! Whether a store is whole, and what is in it. Nothing is changed, and others may work meanwhile.
