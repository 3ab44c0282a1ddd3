//! Echo requests and replies (RFC 792).

/// Octets of an ICMP header.
const HEADER: usize = 8;
/// Octets that make a question ours: no other answer carries them, nor one to an earlier question.
const TOKEN: usize = 16;

const ECHO_REQUEST: u8 = 8;
const ECHO_REPLY: u8 = 0;

/// What one echo request carries.
pub(crate) struct Question {
    /// Replaced by the kernel where the socket is not raw, so that it identifies nothing.
    identifier: [u8; 2],
    sequence: [u8; 2],
    token: [u8; TOKEN],
}

impl Question {
    /// One like no other.
    pub(crate) fn new() -> Self {
        Self { identifier: rand::random(), sequence: rand::random(), token: rand::random() }
    }

    /// The ICMP message.
    pub(crate) fn request(&self) -> [u8; HEADER + TOKEN] {
        let mut message = [0; HEADER + TOKEN];
        message[0] = ECHO_REQUEST;
        message[4..6].copy_from_slice(&self.identifier);
        message[6..8].copy_from_slice(&self.sequence);
        message[HEADER..].copy_from_slice(&self.token);
        let sum = checksum(&message);
        message[2..4].copy_from_slice(&sum.to_be_bytes());
        message
    }

    /// Whether this is the reply, with the IP header that raw sockets show or without. The sender is not looked at.
    pub(crate) fn is_answered_by(&self, packet: &[u8]) -> bool {
        let Some(message) = without_ip_header(packet) else { return false };
        message.len() == HEADER + TOKEN
            && message[..2] == [ECHO_REPLY, 0]
            && message[6..8] == self.sequence
            && message[HEADER..] == self.token
    }
}

/// The ICMP message of a packet. An IPv4 header begins with a 4; no ICMP message of interest does.
fn without_ip_header(packet: &[u8]) -> Option<&[u8]> {
    let first = *packet.first()?;
    if first >> 4 == 4 { packet.get(usize::from(first & 0xf) * 4..) } else { Some(packet) }
}

/// The Internet checksum (RFC 1071) of an even number of octets.
fn checksum(octets: &[u8]) -> u16 {
    let words = octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    !words.fold(0, |sum: u16, word| {
        let (sum, carry) = sum.overflowing_add(word);
        sum + u16::from(carry)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply_to(question: &Question) -> Vec<u8> {
        let mut message = question.request().to_vec();
        message[0] = ECHO_REPLY;
        message
    }

    fn with_ip_header(message: &[u8], words: u8) -> Vec<u8> {
        let mut packet = vec![0; usize::from(words) * 4];
        packet[0] = 0x40 | words;
        packet.extend(message);
        packet
    }

    #[test]
    fn the_checksum_is_that_of_the_rfc() {
        // RFC 1071, section 3: the words sum to ddf2.
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
        assert_eq!(checksum(&Question::new().request()), 0, "a message with its checksum sums to nothing");
    }

    #[test]
    fn a_reply_counts_with_and_without_ip_header() {
        let question = Question::new();
        let reply = reply_to(&question);
        assert!(question.is_answered_by(&reply));
        assert!(question.is_answered_by(&with_ip_header(&reply, 5)));
        assert!(question.is_answered_by(&with_ip_header(&reply, 15)));
    }

    #[test]
    fn an_identifier_replaced_by_the_kernel_does_not_matter() {
        let question = Question::new();
        let mut reply = reply_to(&question);
        reply[4] ^= 1;
        assert!(question.is_answered_by(&reply));
    }

    #[test]
    fn anything_else_does_not_count() {
        let question = Question::new();
        assert!(!question.is_answered_by(&question.request()), "the request itself");
        assert!(!question.is_answered_by(&reply_to(&Question::new())), "the answer to another");
        for octet in [0, 1, 6, 7, HEADER, HEADER + TOKEN - 1] {
            let mut reply = reply_to(&question);
            reply[octet] ^= 1;
            assert!(!question.is_answered_by(&reply), "octet {octet} differs");
        }
    }

    #[test]
    fn what_is_cut_off_or_too_long_does_not_count() {
        let question = Question::new();
        let mut packet = with_ip_header(&reply_to(&question), 15);
        for length in 0..packet.len() {
            assert!(!question.is_answered_by(&packet[..length]), "{length} octets");
        }
        packet.push(0);
        assert!(!question.is_answered_by(&packet));
    }
}
