//! A request's body. It is read before the request takes a place among those that are answered, so
//! that whoever sends slowly keeps nobody else out; what it may cost is bounded in time and in memory.

use std::time::Duration;

use axum::body::{Body, Bytes};
use futures::StreamExt;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use super::BODY_BYTES_MAX;
use crate::functions::Refusal;

/// Bytes of a body that are read, and thrown away, before the connection is cut.
const PATIENCE_BYTES_MAX: usize = 8 * BODY_BYTES_MAX;
/// How long a body may take from its first byte to its last.
const TIME: Duration = Duration::from_secs(120);
/// How long there may be nothing of it.
const SILENCE: Duration = Duration::from_secs(15);
/// Memory for bodies that are being received, in KiB.
const ROOM_KIB: usize = 256 << 10;

/// The memory for bodies that are being received.
pub fn room() -> Semaphore {
    Semaphore::new(ROOM_KIB)
}

/// The request's body, if it is not too large. One that is a little too large is read to its end
/// all the same: a client that is still sending would not see the answer.
pub async fn read(room: &Semaphore, body: Body) -> Result<Bytes, Refusal> {
    let ends = Instant::now() + TIME;
    let mut parts = body.into_data_stream();
    let (mut bytes, mut length) = (Vec::new(), 0);
    let mut taken = None;
    while let Some(part) = timeout_at(ends.min(Instant::now() + SILENCE), parts.next())
        .await
        .map_err(|_| Refusal::InvalidArgument("The body comes too slowly.".to_owned()))?
    {
        let Ok(part) = part else {
            return Err(Refusal::InvalidArgument("The body was cut off.".to_owned()));
        };
        length += part.len();
        if length <= BODY_BYTES_MAX {
            make_room(room, &mut taken, length)?;
            bytes.extend_from_slice(&part);
        } else if length <= PATIENCE_BYTES_MAX {
            (bytes, taken) = (Vec::new(), None);
        } else {
            break;
        }
    }
    if length > BODY_BYTES_MAX {
        return Err(Refusal::TooLarge(format!(
            "The body is larger than {BODY_BYTES_MAX} bytes."
        )));
    }
    Ok(bytes.into())
}

/// Takes as much of the room as so many bytes need.
fn make_room<'a>(
    room: &'a Semaphore,
    taken: &mut Option<SemaphorePermit<'a>>,
    length: usize,
) -> Result<(), Refusal> {
    let held = taken.as_ref().map_or(0, SemaphorePermit::num_permits);
    let wanted = length.div_ceil(1024).saturating_sub(held);
    let more = room.try_acquire_many(u32::try_from(wanted).unwrap_or(u32::MAX));
    let more = more.map_err(|_| Refusal::RateLimited)?;
    match taken {
        Some(taken) => taken.merge(more),
        None => *taken = Some(more),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn slow(parts: usize, pause: Duration) -> Body {
        let part = move |number: usize| async move {
            tokio::time::sleep(if number == 0 { Duration::ZERO } else { pause }).await;
            Ok::<_, std::io::Error>(Bytes::from_static(b"x"))
        };
        Body::from_stream(stream::iter(0..parts).then(part))
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_too_slowly_is_given_up() {
        let room = room();
        let pause = SILENCE.mul_f32(0.9);
        assert_eq!(read(&room, slow(5, pause)).await.unwrap().len(), 5);
        let silent = read(&room, slow(2, SILENCE.mul_f32(1.1))).await;
        assert!(matches!(silent, Err(Refusal::InvalidArgument(_))));
        let endless = read(&room, slow(1_000, pause)).await;
        assert!(matches!(endless, Err(Refusal::InvalidArgument(_))));
        assert_eq!(room.available_permits(), ROOM_KIB, "nothing is kept");
    }

    #[tokio::test]
    async fn there_is_room_for_so_many() {
        let room = Semaphore::new(2);
        let of = |bytes: usize| Body::from(vec![b'x'; bytes]);
        assert_eq!(read(&room, of(2_048)).await.unwrap().len(), 2_048);
        let refused = read(&room, of(2_049)).await;
        assert_eq!(refused, Err(Refusal::RateLimited));
        assert_eq!(room.available_permits(), 2);
        let large = read(&super::room(), of(BODY_BYTES_MAX + 1)).await;
        assert!(matches!(large, Err(Refusal::TooLarge(_))));
    }
}
