//! Wrappers of a connection's stream and bodies that record progress in its [`ConnectionState`].

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

use crate::connections::{ConnectionState, Counted};

/// A socket that records while its peer reads nothing.
#[derive(Debug)]
pub(crate) struct WatchedStream {
    pub stream: TcpStream,
    pub state: Arc<ConnectionState>,
}

impl WatchedStream {
    fn note<T>(&self, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        self.state.set_blocked(written.is_pending());
        written
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.note(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// A response body, which counts as being sent until it is handed over completely.
#[derive(Debug)]
pub(crate) struct SentBody {
    pub body: Body,
    pub sending: Counted,
}

impl HttpBody for SentBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        // For a body of one frame, progress was recorded when sending began.
        if !self.body.is_end_stream() {
            self.sending.state.moved();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A request body, which fails if no more of it arrives in time.
#[derive(Debug)]
pub(crate) struct ReceivedBody {
    body: Incoming,
    state: Arc<ConnectionState>,
    patience: Duration,
    waiting: Option<(Counted, Pin<Box<Sleep>>)>,
}

impl ReceivedBody {
    pub fn new(body: Incoming, state: Arc<ConnectionState>, patience: Duration) -> Self {
        Self { body, state, patience, waiting: None }
    }
}

impl HttpBody for ReceivedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            self.waiting = None;
            self.state.moved();
            return Poll::Ready(frame.map(|frame| frame.map_err(BoxError::from)));
        }
        let this = &mut *self;
        #[expect(clippy::disallowed_methods, reason = "the deadline of what is polled here")]
        let (_, late) = this.waiting.get_or_insert_with(|| (this.state.receive(), Box::pin(sleep(this.patience))));
        ready!(late.as_mut().poll(cx));
        Poll::Ready(Some(Err("nothing more of the body came in time".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
