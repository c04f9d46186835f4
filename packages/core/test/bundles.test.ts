/** What a bundler keeps of this package, by what an application calls. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('../src', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    minify: true,
    conditions: ['@sortition/source'],
  });
  return outputFiles[0]?.text ?? '';
}

/** A text of the formatter, and the error message that only the hash library has. */
const REASON_TEXT = 'collectively evaluated to';
const EXPLANATION_TEXT = 'datafile revision';
const OPTION_TEXT = 'takes an object with options';
/** A constant of the library's unrolled blocks, which the split hash writes as one multiplication. */
const LIBRARY = '65535';

describe('a bundle holds only what is called', () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    [
      'decide',
      "import { decide } from './index.ts'; console.log(decide);",
      [],
      [REASON_TEXT, EXPLANATION_TEXT, OPTION_TEXT, LIBRARY],
    ],
    [
      'decide and formatReason',
      "import { decide, formatReason } from './index.ts'; console.log(decide, formatReason);",
      [REASON_TEXT],
      [EXPLANATION_TEXT, LIBRARY],
    ],
    ['murmur3', "import { murmur3 } from './index.ts'; console.log(murmur3);", [LIBRARY], [REASON_TEXT]],
    [
      'computeBucket',
      "import { computeBucket } from './index.ts'; console.log(computeBucket);",
      [LIBRARY],
      [REASON_TEXT],
    ],
    [
      'one option reader',
      "import { readInteger } from './internal.ts'; console.log(readInteger);",
      [],
      [OPTION_TEXT, 'did you mean', REASON_TEXT],
    ],
  ])('%s', async (_name, code, present, absent) => {
    const text = await bundle(code);
    expect(present.filter((part) => !text.includes(part))).toEqual([]);
    expect(absent.filter((part) => text.includes(part))).toEqual([]);
  });
});
