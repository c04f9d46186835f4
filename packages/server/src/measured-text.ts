/** Texts that responses are made of, measured once: their length in bytes, and a hash. */

/** A hash of 64 bits, as two integers of 32. */
export interface TextHash {
  readonly low: number;
  readonly high: number;
}

/** A text and its measures. */
export interface MeasuredText extends TextHash {
  readonly text: string;
  /** In UTF-8. */
  readonly byteLength: number;
}

/** Measures a text. */
export function measureText(text: string): MeasuredText {
  const hash = startHash();
  addText(hash, text);
  return { text, byteLength: new TextEncoder().encode(text).byteLength, low: hash.low, high: hash.high };
}

/** A hash that can be continued. */
export interface RunningHash extends TextHash {
  low: number;
  high: number;
}

/** Starts a hash. */
export function startHash(): RunningHash {
  return { low: 0x1b873593, high: 0x51ed270b };
}

/** Adds every character of a text, and its length. */
export function addText(hash: RunningHash, text: string): void {
  let { low, high } = hash;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    low = mixLow(low, unit);
    high = mixHigh(high, unit);
  }
  hash.low = low;
  hash.high = high;
  addNumbers(hash, text.length, text.length);
}

/** Adds the hash of a text. The order matters. */
export function addHash(hash: RunningHash, { low, high }: TextHash): void {
  addNumbers(hash, low, high);
}

function addNumbers(hash: RunningHash, low: number, high: number): void {
  hash.low = mixLow(mixLow(hash.low, low), high);
  hash.high = mixHigh(mixHigh(hash.high, high), low);
}

// Each step is invertible, so that two different hashes stay different when the same text is added to both. The
// rotation moves high bits, which a multiplication never mixes into lower ones, to the low end.
function mixLow(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return (mixed << 13) | (mixed >>> 19);
}

function mixHigh(hash: number, value: number): number {
  const mixed = Math.imul((hash + value) | 0, 0x85ebca77);
  return (mixed << 17) | (mixed >>> 15);
}
