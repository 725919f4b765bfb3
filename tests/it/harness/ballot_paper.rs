//! What a member's page does in a secret vote, for tests: blinds a code,
//! takes the signature out of its blinding.

use ecabinet::voting::VoteId;
use ecabinet::voting::secret::key::message;
use ecabinet::voting::secret::rules::Code;
use openssl::bn::{BigNum, BigNumContext};
use openssl::rand::rand_bytes;
use sha2::{Digest, Sha384};

const HASH: usize = 48;
const SIZE: usize = 256;

/// A code on its way to becoming a ballot.
#[derive(Debug)]
pub struct Blinding {
    modulus: BigNum,
    unblinder: BigNum,
    code: Code,
    /// What is sent to be signed.
    pub blinded: String,
}

/// A code with its signature: whoever has it may cast one ballot.
#[derive(Clone, Debug)]
pub struct BallotPaper {
    pub code: Code,
    pub signature: String,
}

impl Blinding {
    pub fn new(vote: VoteId, modulus: &[u8]) -> Self {
        let code = fresh_code();
        let modulus = BigNum::from_slice(modulus).unwrap();
        let mut context = BigNumContext::new().unwrap();
        let wanted = encoded(message(vote, &code).as_bytes());
        let (mut factor, mut unblinder) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        modulus.rand_range(&mut factor).unwrap();
        unblinder.mod_inverse(&factor, &modulus, &mut context).unwrap();
        let (mut power, mut blinded) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        let exponent = BigNum::from_u32(65_537).unwrap();
        power.mod_exp(&factor, &exponent, &modulus, &mut context).unwrap();
        blinded.mod_mul(&wanted, &power, &modulus, &mut context).unwrap();
        let blinded = hex::encode(blinded.to_vec_padded(SIZE as i32).unwrap());
        Self { modulus, unblinder, code, blinded }
    }

    pub fn finish(self, blind_signature: &str) -> BallotPaper {
        let signed = BigNum::from_hex_str(blind_signature.trim()).expect(blind_signature);
        let mut signature = BigNum::new().unwrap();
        let mut context = BigNumContext::new().unwrap();
        signature.mod_mul(&signed, &self.unblinder, &self.modulus, &mut context).unwrap();
        BallotPaper { code: self.code, signature: hex::encode(signature.to_vec_padded(SIZE as i32).unwrap()) }
    }
}

impl BallotPaper {
    /// The form that casts it.
    pub fn form<'a>(&'a self, choice: &'a str) -> [(&'static str, &'a str); 3] {
        [("code", self.code.as_str()), ("signature", &self.signature), ("choice", choice)]
    }
}

fn fresh_code() -> Code {
    let mut random = [0_u8; 20];
    rand_bytes(&mut random).unwrap();
    let letters = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let code: String = random.iter().map(|byte| char::from(letters[usize::from(byte & 31)])).collect();
    Code::parse(&code).unwrap()
}

/// EMSA-PSS (RFC 8017, 9.1.1) for a modulus of 2048 bits.
fn encoded(message: &[u8]) -> BigNum {
    let mut salt = [0_u8; HASH];
    rand_bytes(&mut salt).unwrap();
    let digest = Sha384::new()
        .chain_update([0_u8; 8])
        .chain_update(Sha384::digest(message))
        .chain_update(salt)
        .finalize();
    let mut data = vec![0_u8; SIZE - HASH - 1];
    let end = data.len();
    data[end - HASH - 1] = 1;
    data[end - HASH..].copy_from_slice(&salt);
    for (block, bytes) in (0_u32..).zip(data.chunks_mut(HASH)) {
        let mask = Sha384::new().chain_update(digest).chain_update(block.to_be_bytes()).finalize();
        bytes.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    }
    data[0] &= 0x7f;
    data.extend_from_slice(&digest);
    data.push(0xbc);
    BigNum::from_slice(&data).unwrap()
}
