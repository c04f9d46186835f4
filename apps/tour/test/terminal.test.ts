import { describe, expect, it } from 'vitest';
import { createTerminal } from '../src/terminal.ts';

const ESCAPE = '\u001b[';

function printOn(isTTY: boolean, env: Record<string, string>): string {
  let text = '';
  const terminal = createTerminal({ isTTY, write: (part: string) => (text += part) }, env);
  terminal.heading('A heading');
  terminal.person('ada', 'somebody', { attributes: { plan: 'pro' }, segments: ['vip'] });
  terminal.explanation('outcome\nuser\n  => variation "on"\n  => no variation here', 'steps 3');
  terminal.chart({ title: 'a chart', rows: [{ name: 'on', configured: 0.5, observed: 0.25 }] });
  return text;
}

describe('createTerminal', () => {
  it('uses colours at a terminal', () => {
    expect(printOn(true, { TERM: 'xterm' })).toContain(ESCAPE);
  });

  it.each<[string, boolean, Record<string, string>]>([
    ['without a terminal', false, { TERM: 'xterm' }],
    ['without a terminal, on CI', false, { CI: 'true' }],
    ['with NO_COLOR', true, { NO_COLOR: '1' }],
    ['on a dumb terminal', true, { TERM: 'dumb' }],
  ])('is plain %s', (_where, isTTY, env) => {
    expect(printOn(isTTY, env)).not.toContain(ESCAPE);
  });

  it('draws a bar per share', () => {
    expect(printOn(false, {}).split('\n').slice(-4, -1)).toEqual([
      'a chart',
      `  on                     configured  50.00 % ${'█'.repeat(20)}`,
      `                         observed    25.00 % ${'█'.repeat(10)}`,
    ]);
  });
});
