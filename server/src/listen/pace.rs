//! How long a request may take to arrive, and its answer to be taken: as a whole, and not from one piece to the next, for
//! a client that sends an octet now and then would never be late.

use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long the whole body of a request may take to arrive.
pub(super) const BODY: Duration = Duration::from_secs(30);

/// How long the other side may take nothing of what is sent.
const STALL: Duration = Duration::from_secs(30);

/// How long the other side may take to take a whole answer.
const ANSWER: Duration = Duration::from_mins(2);

/// The body of a request did not arrive in time.
#[derive(Debug)]
pub(crate) struct Late;

impl fmt::Display for Late {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the request did not arrive in time")
    }
}

impl Error for Late {}

impl Late {
    /// Whether this is why a body could not be read.
    pub(crate) fn is_why(error: &(dyn Error + 'static)) -> bool {
        let mut reason = Some(error);
        while let Some(error) = reason {
            if error.is::<Self>() {
                return true;
            }
            reason = error.source();
        }
        false
    }
}

/// A body that is there in time, or fails.
pub(super) struct InTime<B> {
    body: B,
    end: Pin<Box<Sleep>>,
}

impl<B> InTime<B> {
    pub(super) fn new(body: B, within: Duration) -> Self {
        Self { body, end: Box::pin(sleep_until(Instant::now() + within)) }
    }
}

impl<B: Body<Data = Bytes, Error: Into<BoxError>> + Unpin> Body for InTime<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(Box::new(Late))));
        }
        Pin::new(&mut self.body).poll_frame(cx).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Until when the answer that is being sent must have been taken; none: it is a stream. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Answering(Arc<Mutex<Option<Instant>>>);

impl Answering {
    /// An answer begins to be sent now.
    pub(super) fn begins(&self, is_stream: bool) {
        self.ends((!is_stream).then(|| Instant::now() + ANSWER));
    }

    fn ends(&self, at: Option<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn end(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection whose other side must take what is sent.
pub(super) struct Taken<S> {
    stream: S,
    answering: Answering,
    stall: Duration,
    /// When it is too late; there only while the other side takes nothing.
    too_late: Option<Pin<Box<Sleep>>>,
    /// Since when it takes nothing.
    waits_since: Option<Instant>,
}

impl<S> Taken<S> {
    pub(super) fn new(stream: S, answering: Answering) -> Self {
        Self { stream, answering, stall: STALL, too_late: None, waits_since: None }
    }

    /// Waits for the other side, but not for ever.
    fn pace<T>(&mut self, cx: &mut Context<'_>, progress: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.waits_since = None;
            return progress;
        }
        let stalled = *self.waits_since.get_or_insert_with(Instant::now) + self.stall;
        let end = self.answering.end().map_or(stalled, |end| end.min(stalled));
        let too_late = self.too_late.get_or_insert_with(|| Box::pin(sleep_until(end)));
        if too_late.deadline() != end {
            too_late.as_mut().reset(end);
        }
        too_late.as_mut().poll(cx).map(|()| Err(io::Error::new(io::ErrorKind::TimedOut, "the answer was not taken")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Taken<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Taken<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(cx, octets);
        self.pace(cx, progress)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.pace(cx, progress)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.stream).poll_flush(cx);
        self.pace(cx, progress)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.pace(cx, progress)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::{sleep, timeout};

    use super::*;

    const MOMENT: Duration = Duration::from_millis(10);

    /// A body that gives an octet every moment, without an end.
    struct Drip(Pin<Box<Sleep>>);

    impl Body for Drip {
        type Data = Bytes;
        type Error = io::Error;

        fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
            std::task::ready!(self.0.as_mut().poll(cx));
            self.0 = Box::pin(sleep(MOMENT));
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"x")))))
        }
    }

    #[tokio::test]
    async fn a_body_that_drips_fails_when_its_time_is_over() {
        let begun = Instant::now();
        let mut body = InTime::new(Drip(Box::pin(sleep(Duration::ZERO))), 20 * MOMENT);
        let mut octets = 0;
        let error = loop {
            match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await.unwrap() {
                Ok(_) => octets += 1,
                Err(error) => break error,
            }
        };
        assert!(Late::is_why(&*error) && octets > 0 && begun.elapsed() >= 20 * MOMENT, "{octets}: {error}");
    }

    #[tokio::test]
    async fn who_takes_nothing_is_given_up() {
        let (ours, _theirs) = duplex(64);
        let mut ours = Taken::new(ours, Answering::default());
        ours.stall = 10 * MOMENT;
        let begun = Instant::now();
        let error = ours.write_all(&[0; 1_000]).await.unwrap_err();
        assert!(error.kind() == io::ErrorKind::TimedOut && begun.elapsed() >= 10 * MOMENT);
    }

    #[tokio::test]
    async fn a_slow_reader_of_an_answer_is_given_up_and_one_of_a_stream_is_not() {
        for is_stream in [false, true] {
            let (ours, mut theirs) = duplex(64);
            let answering = Answering::default();
            let mut ours = Taken::new(ours, answering.clone());
            answering.begins(is_stream);
            assert_eq!(answering.end().is_none(), is_stream);
            answering.ends(answering.end().map(|_| Instant::now() + 20 * MOMENT));
            tokio::spawn(async move {
                while theirs.read_u8().await.is_ok() {
                    sleep(MOMENT).await;
                }
            });
            let written = timeout(100 * MOMENT, ours.write_all(&[0; 10_000])).await;
            let given_up = written.is_ok_and(|written| written.unwrap_err().kind() == io::ErrorKind::TimedOut);
            assert_eq!(given_up, !is_stream);
        }
    }
}
