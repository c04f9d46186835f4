import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const BUILT_TOUR = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function runTour(env: Record<string, string> = {}): { status: number | null; lines: string[]; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BUILT_TOUR], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: 60_000,
  });
  return { status, lines: stdout.split('\n'), errors: stderr };
}

describe('the tour', () => {
  let tour: ReturnType<typeof runTour>;

  beforeAll(() => {
    if (!existsSync(BUILT_TOUR))
      throw new Error('The tour is not built: run "npx pnpm build" first, or "npx pnpm test".');
    tour = runTour({ CI: 'true' });
  }, 90_000);

  it('ends by itself with exit code 0 and nothing on standard error', () => {
    expect(tour).toMatchObject({ status: 0, errors: '' });
  });

  it.each([
    '  flag "checkout" is on: variation "one_page", by experiment "checkout_redesign"',
    '  flag "free_shipping" is on: variation "on", by delivery "big_carts_in_europe"',
    '  flag "free_shipping" is on: variation "on", by delivery "new_app_gradually"',
    '      exclusion group 6001, bucket 1621: given to another experiment',
    '  flag "vip_banner" is on: variation "on", by delivery "vip_banner_for_vips"',
    '  flag "checkout" is off: variation "off", by holdout "holdout_this_quarter"',
    '  flag "checkout" is on: variation "express", forced by the application',
    '      not running: skipped',
    '    variables: steps 2, express_pay true, discount 0.05, button_label "Buy now", layout {"columns":1}',
  ])('shows what the named customers get and why: %s', (line) => {
    expect(tour.lines).toContain(line);
  });

  it('shows for every rule the configured share beside the observed one, less than a point apart', () => {
    const shares = tour.lines.flatMap((line) => /(configured|observed) +([\d.]+) %/.exec(line)?.slice(1) ?? []);
    const configured = shares.flatMap((word, index) => (word === 'configured' ? Number(shares[index + 1]) : []));
    const observed = shares.flatMap((word, index) => (word === 'observed' ? Number(shares[index + 1]) : []));
    expect(configured).toEqual([50, 30, 20, 50, 50, 25, 75, 50, 50, 5, 95]);
    for (const [index, share] of observed.entries()) expect(Math.abs(share - (configured[index] ?? 0))).toBeLessThan(1);
    expect(tour.lines).toContain('Customers in both experiments that exclude each other: 0.');
  });

  it('reports over HTTP: the collector has every event the client delivered, once', () => {
    const text = tour.lines.join('\n');
    const [, delivered] = /the client delivered ([\d,]+) events in batches, dropped 0, has 0 pending/.exec(text) ?? [];
    const [, received] = /The collector received ([\d,]+) events in \d+ requests, 0 of them twice/.exec(text) ?? [];
    expect(Number(delivered?.replaceAll(',', ''))).toBeGreaterThan(10_000);
    expect(received).toBe(delivered);
  });

  it('says what to try next', () => {
    expect(tour.lines.slice(-9).join('\n')).toContain('What to try next');
    expect(tour.lines.at(-2)).toContain('npx pnpm test');
  });

  it('is plain in a log: no escape sequences, no redrawn lines, a progress line per quarter', () => {
    const text = tour.lines.join('\n');
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('\r');
    // On a slow machine there are more.
    expect(tour.lines.filter((line) => line.startsWith('decided for'))).toEqual(
      expect.arrayContaining(
        ['25,000', '50,000', '75,000', '100,000'].map((users) => `decided for ${users} customers`),
      ),
    );
  });

  it('gives every customer the same on every run', () => {
    const lasting = ({ lines }: typeof tour): string[] =>
      lines.filter((line) => !/decisions in|decided for|127\.0\.0\.1/.test(line));
    expect(lasting(runTour())).toEqual(lasting(tour));
  });
});
