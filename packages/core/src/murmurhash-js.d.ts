declare module 'murmurhash-js/murmurhash3_gc.js' {
  /** MurmurHash3 x86 32-bit over `charCode & 0xff` of every character. */
  export default function murmurhash3(key: string, seed: number): number;
}
