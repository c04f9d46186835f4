/** Texts that answers are put together of, measured once: their length in bytes, and a hash. */

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

/** A hash that goes on. */
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

/** Adds what stands for a text. The order counts. */
export function addHash(hash: RunningHash, { low, high }: TextHash): void {
  addNumbers(hash, low, high);
}

function addNumbers(hash: RunningHash, low: number, high: number): void {
  hash.low = mixLow(mixLow(hash.low, low), high);
  hash.high = mixHigh(mixHigh(hash.high, high), low);
}

// Each step can be undone, so that two hashes that differ stay different while the same is added to both. Turning the bits
// brings the high ones, which a product alone never mixes into others, to the low end.
function mixLow(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, 0x9e3779b1);
  return (mixed << 13) | (mixed >>> 19);
}

function mixHigh(hash: number, value: number): number {
  const mixed = Math.imul((hash + value) | 0, 0x85ebca77);
  return (mixed << 17) | (mixed >>> 15);
}
