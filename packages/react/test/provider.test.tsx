/** @jsxImportSource react */
/** Where decisions come from: a client, a snapshot, both, or neither. */
import { act, cleanup, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type FlagsClient,
  FlagsProvider,
  type FlagsProviderProps,
  useClient,
  useDecision,
  useDecisions,
  useReady,
  useTrack,
  useUser,
  useVariable,
} from '../src/index.ts';
import { CLASSIC, createLateClient, createShopClient, ONE_PAGE, shopSnapshot } from './shop.ts';

afterEach(cleanup);

function Checkout(): ReactNode {
  const { status, decision } = useDecision('checkout');
  return (
    <output>
      {status} {String(decision.variationKey)} {String(decision.enabled)} {decision.reasons.join()}
    </output>
  );
}
const shown = (): string => screen.getByRole('status').textContent?.trim() ?? '';
const user = { id: 'ada' };

describe('a provider', () => {
  it('decides with a client that is ready in the first render', () => {
    render(
      <FlagsProvider client={createShopClient()} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    expect(shown()).toBe('ready classic true');
  });

  it('is loading until the client is ready, and then decides', async () => {
    const { client, late } = createLateClient();
    render(
      <FlagsProvider client={client} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    expect(shown()).toBe('loading null false The client is not ready.');
    await act(async () => late.arrive());
    expect(shown()).toBe('ready classic true');
  });

  it('says why when the client is not ready in time, and decides when it is ready after all', async () => {
    const { client, late } = createLateClient();
    render(
      <FlagsProvider client={client} user={user} timeoutMs={20}>
        <Checkout />
      </FlagsProvider>,
    );
    await vi.waitFor(() => expect(shown()).toMatch(/^failed null false .*no config after 20 ms/));
    await act(async () => late.arrive());
    expect(shown()).toBe('ready classic true');
  });

  it('shows a snapshot without a client', () => {
    render(
      <FlagsProvider snapshot={shopSnapshot()}>
        <Checkout />
      </FlagsProvider>,
    );
    expect(shown()).toBe('ready classic true');
  });

  it('says that a flag is missing from the snapshot', () => {
    render(
      <FlagsProvider snapshot={{ version: 1, decisions: [] }}>
        <Checkout />
      </FlagsProvider>,
    );
    expect(shown()).toBe('failed null false FlagsProvider has no client and no snapshot of this flag.');
  });

  it('shows the snapshot until the client is ready, and goes on with the client', async () => {
    const { client, late, shop } = createLateClient();
    const snapshot = shopSnapshot();
    shop.setFlag('checkout', ONE_PAGE);
    render(
      <FlagsProvider client={client} snapshot={snapshot} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    expect(shown()).toBe('ready classic true');
    await act(async () => late.arrive());
    expect(shown()).toBe('ready one_page true');
  });

  it('keeps the snapshot when the client fails', async () => {
    const { client } = createLateClient();
    render(
      <FlagsProvider client={client} snapshot={shopSnapshot()} timeoutMs={10}>
        <Checkout />
      </FlagsProvider>,
    );
    await client.ready({ timeoutMs: 30 }).catch(() => undefined);
    await act(async () => undefined);
    expect(shown()).toBe('ready classic true');
  });

  it.each([
    ['has no id for its user', () => createShopClient(), undefined],
    ['throws', () => hostileClient() as FlagsClient, user],
  ])('keeps the snapshot when the client %s', async (_name, createFailingClient, given) => {
    render(
      <FlagsProvider client={createFailingClient()} snapshot={shopSnapshot()} user={given}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => undefined);
    expect(shown()).toBe('ready classic true');
  });

  it.each([
    ['nothing', {}],
    ['null, as where an ad blocker took the client', { client: null, snapshot: null, user: null }],
    ['something that is not a client', { client: {} as never }],
    ['a text instead of a client', { client: 'client' as never }],
    ['a client that throws', { client: hostileClient() as never }],
    ['a snapshot that is still text', { snapshot: JSON.stringify(shopSnapshot()) as never }],
    ['a broken snapshot', { snapshot: { version: 1, decisions: [null] } as never }],
    ['a user without an id', { client: createShopClient(), user: { id: undefined } }],
  ])('[UI-05] given %s is the off state with a reason', async (_name, props) => {
    render(
      <FlagsProvider {...props} timeoutMs={10}>
        <Checkout />
      </FlagsProvider>,
    );
    await vi.waitFor(() => expect(shown()).toMatch(/^failed null false .{20,}/));
  });

  it('is not needed: hooks outside of one answer the off state', () => {
    render(<Checkout />);
    expect(shown()).toMatch(/^failed null false .*FlagsProvider/);
  });

  it('takes what it was not given from the provider around it, but for the snapshot', async () => {
    const client = createShopClient();
    render(
      <FlagsProvider client={client} user={user}>
        <FlagsProvider snapshot={shopSnapshot()}>
          <Checkout />
        </FlagsProvider>
      </FlagsProvider>,
    );
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    expect(shown()).toBe('ready one_page true');
    expect(client.recorded.impressions.map(({ variationKey }) => variationKey)).toEqual(['classic', 'one_page']);
  });

  it('follows the provider around it, also where nothing else renders it again', () => {
    const Who = (): ReactNode => (
      <output>
        {useUser()?.userId} {useDecision('checkout').status}
      </output>
    );
    const page = (
      <FlagsProvider>
        <Who />
      </FlagsProvider>
    );
    const app = (props: FlagsProviderProps) => <FlagsProvider {...props}>{page}</FlagsProvider>;
    const view = render(app({ user }));
    expect(shown()).toBe('failed');
    const client = createShopClient();
    view.rerender(app({ client, user }));
    expect(shown()).toBe('ada ready');
    view.rerender(app({ client, user: { id: 'grace' } }));
    expect(shown()).toBe('grace ready');
  });

  it('shows nothing but its snapshot when its client is null, whatever the client around it decides', async () => {
    const client = createShopClient();
    render(
      <FlagsProvider client={client} user={user}>
        <FlagsProvider client={null} snapshot={shopSnapshot()}>
          <Checkout />
        </FlagsProvider>
      </FlagsProvider>,
    );
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    expect(shown()).toBe('ready classic true');
  });

  it('says why of the client it has now', async () => {
    const failing = (message: string): FlagsClient => ({
      ...(hostileClient() as FlagsClient),
      createUserContext: () => {
        throw new Error(message);
      },
    });
    const app = (client: FlagsClient) => (
      <FlagsProvider client={client}>
        <Checkout />
      </FlagsProvider>
    );
    const view = render(app(failing('the first one fails')));
    view.rerender(app(failing('the other one fails')));
    expect(shown()).toBe('failed null false Error: the other one fails');
  });

  it('shows what a user context decides that takes no attributes', () => {
    const client = createShopClient();
    const fixed = Object.assign(Object.create(client) as typeof client, {
      createUserContext: () =>
        Object.assign(client.createUserContext('ada'), {
          setAttribute: () => {
            throw new Error('a context that is fixed');
          },
        }),
    });
    const app = (plan: string) => (
      <FlagsProvider client={fixed} user={{ id: 'ada', attributes: { plan } }}>
        <Checkout />
      </FlagsProvider>
    );
    const view = render(app('free'));
    view.rerender(app('gold'));
    expect(shown()).toBe('ready classic true');
  });

  it('shows what is decided when the attributes cannot be read', () => {
    const attributes = {
      get plan(): string {
        throw new Error('no plan');
      },
    };
    render(
      <FlagsProvider client={createShopClient()} user={{ id: 'ada', attributes }}>
        <Checkout />
      </FlagsProvider>,
    );
    expect(shown()).toMatch(/^(ready|failed)/);
  });

  it('takes a client that comes later', async () => {
    const view = render(
      <FlagsProvider user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    expect(shown()).toMatch(/^failed/);
    view.rerender(
      <FlagsProvider client={createShopClient()} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    expect(shown()).toBe('ready classic true');
  });
});

describe('the other hooks', () => {
  it('answer variables of the type of the fallback', () => {
    function Variables(): ReactNode {
      const steps = useVariable('checkout', 'steps', 9);
      const label = useVariable('checkout', 'label', 'none');
      const mistyped = useVariable('checkout', 'label', 7);
      const missing = useVariable('checkout', 'colour', 'red');
      const unknown = useVariable('nothing', 'steps', 3);
      return <output>{JSON.stringify([steps, label, mistyped, missing, unknown])}</output>;
    }
    render(
      <FlagsProvider client={createShopClient()} user={user}>
        <Variables />
      </FlagsProvider>,
    );
    expect(shown()).toBe(JSON.stringify([4, 'Order', 7, 'red', 3]));
  });

  it('answer the fallback for a decision of a snapshot without variables', () => {
    const Steps = (): ReactNode => <output>{useVariable('checkout', 'steps', 9)}</output>;
    const decisions = [{ ...shopSnapshot().decisions[0], variables: undefined }];
    render(
      <FlagsProvider snapshot={{ version: 1, decisions } as never}>
        <Steps />
      </FlagsProvider>,
    );
    expect(shown()).toBe('9');
  });

  it('answer several decisions by key', () => {
    function Several(): ReactNode {
      const { checkout, banner } = useDecisions(['checkout', 'banner']);
      return <output>{`${checkout.decision.variationKey} ${banner.decision.variationKey}`}</output>;
    }
    const client = createShopClient();
    render(
      <FlagsProvider client={client} user={user}>
        <Several />
      </FlagsProvider>,
    );
    expect(shown()).toBe('classic on');
    expect(client.recorded.impressions.map(({ flagKey }) => flagKey)).toEqual(['checkout', 'banner']);
  });

  it('track conversions with the client, and say when there is none', () => {
    const tracked: boolean[] = [];
    function Buy(): ReactNode {
      const track = useTrack();
      return (
        <button type="button" onClick={() => tracked.push(track('purchase', { revenue: 4200 }))}>
          Buy
        </button>
      );
    }
    const client = createShopClient();
    const view = render(
      <FlagsProvider client={client} user={user}>
        <Buy />
      </FlagsProvider>,
    );
    screen.getByRole('button').click();
    expect(client.recorded.conversions).toMatchObject([
      { eventKey: 'purchase', userId: 'ada', tags: { revenue: 4200 } },
    ]);
    view.unmount();
    render(
      <FlagsProvider snapshot={shopSnapshot()}>
        <Buy />
      </FlagsProvider>,
    );
    screen.getByRole('button').click();
    expect(tracked).toEqual([true, false]);
  });

  it('answer the client, the user and whether there are decisions', async () => {
    const seen: unknown[] = [];
    function Look(): ReactNode {
      seen.push([useClient(), useUser()?.userId, useReady().status]);
      return null;
    }
    const { client, late } = createLateClient();
    render(
      <FlagsProvider client={client} user={user}>
        <Look />
      </FlagsProvider>,
    );
    await act(async () => late.arrive());
    expect(seen).toEqual([
      [client, undefined, 'loading'],
      [client, 'ada', 'ready'],
    ]);
    seen.length = 0;
    render(
      <FlagsProvider>
        <Look />
      </FlagsProvider>,
    );
    render(
      <FlagsProvider client={client} snapshot={shopSnapshot()}>
        <Look />
      </FlagsProvider>,
    );
    expect(seen).toEqual([
      [null, undefined, 'failed'],
      [client, undefined, 'ready'],
    ]);
  });

  it('decide on what is set on the user', async () => {
    const client = createShopClient();
    function Force(): ReactNode {
      const current = useUser();
      const force = () => current?.setForcedDecision({ flagKey: 'banner' }, { variationKey: 'on' });
      return (
        <button type="button" onClick={force}>
          Force
        </button>
      );
    }
    render(
      <FlagsProvider client={client} user={user}>
        <Force />
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => screen.getByRole('button').click());
    expect(shown()).toBe(`ready ${CLASSIC.variationKey} true`);
  });
});

function hostileClient(): object {
  const fail = (): never => {
    throw new Error('a client that fails at everything it is asked for');
  };
  return { isReady: true, ready: fail, createUserContext: fail, on: fail };
}
