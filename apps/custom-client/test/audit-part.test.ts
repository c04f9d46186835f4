import { createClient } from '@sortition/client';
import { createStaticConfig } from '@sortition/datafile';
import { describePart } from '@sortition/testing/contracts';
import { describe, expect, it } from 'vitest';
import { type AuditLine, auditTo } from '../src/audit-part.ts';
import { teaDatafile } from '../src/tea-datafile.ts';

describePart('auditTo', () => ({ part: auditTo(async () => undefined) }));

function createShop(write: (lines: readonly AuditLine[]) => Promise<void>) {
  const config = createStaticConfig({ datafile: teaDatafile(0) });
  return createClient({ config, parts: [auditTo(write)], logger: false });
}

describe('the audit', () => {
  it('has who was served what, once flushed or closed', async () => {
    const written: AuditLine[] = [];
    const client = createShop(async (lines) => void written.push(...lines));
    client.createUserContext('ada', { subscriber: true }).decide('brewing_guide');
    expect(written).toEqual([]);
    await client.flush();
    client.createUserContext('guest').decide('brewing_guide');
    await client.close();
    expect(written).toEqual([
      { user: 'ada', flag: 'brewing_guide', variation: 'animated' },
      { user: 'guest', flag: 'brewing_guide', variation: null },
    ]);
  });

  it('is bounded, and says what it does not have', async () => {
    const client = createShop(async () => undefined);
    const user = client.createUserContext('ada');
    for (let call = 0; call < 1_005; call += 1) user.decide('brewing_guide');
    await client.flush();
    expect(client.stats().problems).toEqual({ 'audit-full': 1 });
  });

  it('that cannot be written is a problem, and decisions go on', async () => {
    const client = createShop(() => Promise.reject(new Error('the disk is full')));
    client.createUserContext('ada').decide('brewing_guide');
    await client.close();
    expect(client.stats().problems).toEqual({ 'delivery-incomplete': 1 });
  });
});
