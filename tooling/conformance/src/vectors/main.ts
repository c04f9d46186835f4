/** `pnpm vectors`: makes the files of the vectors anew, or says whether they are what would be made. */
import { readFile, writeFile } from 'node:fs/promises';
import { FILES, formatFile, makeFile } from './files.ts';

/** @param isCheck Whether nothing is written. @param folder where the files are. Resolves with the exit code. */
export async function main(isCheck: boolean, folder: URL): Promise<number> {
  let stale = 0;
  for (const file of FILES) {
    const made = await makeFile(file);
    const text = formatFile(made);
    const path = new URL(`${file.name}.json`, folder);
    const isSame = (await readFile(path, 'utf8').catch(() => '')) === text;
    const rows = made.groups.reduce((sum, group) => sum + group.rows.length, 0);
    const deviating = made.groups.flatMap((group) => group.rows).filter(({ deviations }) => deviations).length;
    console.log(
      `${file.name.padEnd(10)} ${String(rows).padStart(6)} rows, ${deviating} with a deviation, ${(text.length / 1_024).toFixed(0)} kB, ${isSame ? 'unchanged' : isCheck ? 'STALE' : 'written'}`,
    );
    if (isSame) continue;
    stale += 1;
    if (!isCheck) await writeFile(path, text);
  }
  return isCheck && stale > 0 ? 1 : 0;
}
