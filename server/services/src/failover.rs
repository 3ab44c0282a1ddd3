//! Fail-over: what a subnet's own server does not answer is asked of the partner that has the same subnet. The only place
//! that knows which server answers for which.

use model::SubnetKey;

use crate::changes::{Counterpart, Gate};
use crate::{Error, Result};

impl Gate {
    /// Runs a use case on the server of a subnet; where that one does not answer, on a partner that does.
    pub(crate) async fn serving<T, F, Fut>(&self, subnet: &SubnetKey, use_case: F) -> Result<T>
    where
        F: Fn(SubnetKey) -> Fut,
        Fut: Future<Output = Result<T>>,
    {
        // Boxed: use cases are large, and there are two of them here.
        let outcome = Box::pin(use_case(subnet.clone())).await;
        let Err(error) = outcome else { return outcome };
        match self.standing_by(&error, subnet).await {
            Some(there) => Box::pin(use_case(there)).await,
            None => Err(error),
        }
    }

    /// The same subnet on a partner that answers, where the error is that its own server does not.
    async fn standing_by(&self, error: &Error, subnet: &SubnetKey) -> Option<SubnetKey> {
        if !matches!(error, Error::Unreachable { server, .. } if *server == subnet.server) {
            return None;
        }
        for partner in self.dhcp.partners(&subnet.server).await {
            if let Counterpart::Is(there) = self.counterpart(subnet, &partner).await
                && self.dhcp.storage(&partner).await.is_ok()
            {
                tracing::warn!(server = %subnet.server, %partner, "a partner answers for a silent server");
                return Some(there);
            }
        }
        None
    }
}
