//! What the use cases decide, on ports in memory. Everything is asked through the public interface, so that these tests
//! hold wherever the code behind it moves.

mod checks;
mod counting;
mod elsewhere;
mod first_save;
mod held;
mod in_part;
mod labels;
mod ledger;
mod ports;
mod raw;
mod recovery;
mod reload;
mod revisions;
mod search;
mod subnet_numbers;
mod world;
