/** Output to the terminal: results on standard output, everything else on standard error. */
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Writes a line of the result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes the result as JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Writes a line about the work, which is not part of the result. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Colours text of the result, on a terminal only. */
export function paint(style: Style, text: string): string {
  return hasColour(process.stdout) ? styleText(style, text) : text;
}

/** Whether a stream is a terminal whose user did not turn colours off. @see https://no-color.org */
export function hasColour(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Aligns rows in columns; the last column is not padded. */
export function formatTable(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
    )
    .join('\n');
}

/** `1 flag`, `2 flags`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}
