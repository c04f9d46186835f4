import { describe, expect, it } from 'vitest';
import { createWriteBehind } from '../src/write-behind.ts';

describe('assignments that wait', () => {
  it('keep the first of an experiment, and take in others', () => {
    const waiting = createWriteBehind(10);
    waiting.put('ada', { e1: { variationId: 'v1' } });
    expect(waiting.put('ada', { e1: { variationId: 'v2' }, e2: { variationId: 'v2' } })).toEqual({
      e1: { variationId: 'v1' },
      e2: { variationId: 'v2' },
    });
  });

  it('give way to one that names them, and still replace what they were to replace', () => {
    const waiting = createWriteBehind(10);
    waiting.put('ada', { e1: { variationId: 'v1', replaces: 'gone' } });
    expect(waiting.with('ada', { e1: { variationId: 'v2', replaces: 'v1' } })).toEqual({
      e1: { variationId: 'v2', replaces: 'gone' },
    });
  });

  it('have room for so many users, known ones excepted', () => {
    const waiting = createWriteBehind(2);
    waiting.put('ada', { e1: { variationId: 'v1' } });
    waiting.put('bob', { e1: { variationId: 'v1' } });
    expect(waiting.put('cyd', { e1: { variationId: 'v1' } })).toBeNull();
    expect(waiting.put('ada', { e2: { variationId: 'v1' } })).not.toBeNull();
    expect(waiting.size).toBe(2);
  });

  it('are forgotten once written, but not those that came in the meantime', () => {
    const waiting = createWriteBehind(10);
    const written = waiting.put('ada', { e1: { variationId: 'v1' } }) ?? {};
    waiting.put('ada', { e2: { variationId: 'v2' } });
    waiting.written('ada', written);
    expect(waiting.peek('ada')).toEqual({ e2: { variationId: 'v2' } });
    waiting.written('ada', waiting.peek('ada') ?? {});
    expect(waiting.size).toBe(0);
  });

  it('go to the end of the row when they are postponed', () => {
    const waiting = createWriteBehind(10);
    for (const userId of ['ada', 'bob', 'cyd']) waiting.put(userId, { e1: { variationId: 'v1' } });
    waiting.postpone('ada');
    expect(waiting.userIds()).toEqual(['bob', 'cyd', 'ada']);
  });
});
