/** @jsxImportSource react */
/** Impressions: one per user, flag and variation, at the commit in which the decision is shown. */
import { act, cleanup, render, screen } from '@testing-library/react';
import { createElement, type ReactNode, StrictMode, Suspense, useEffect, useInsertionEffect, useState } from 'react';
import { createClient, projectConfig } from 'sortition';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DecisionOptions,
  type FlagsClient,
  FlagsProvider,
  type PageSnapshot,
  useDecision,
  useDecisions,
  useVariable,
} from '../src/index.ts';
import { CLASSIC, createLateConfig, createShopClient, ONE_PAGE, shopSnapshot } from './shop.ts';

const user = { id: 'ada' };
const decisions = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const posted = (): string[] =>
  decisions.mock.calls.flatMap(([url, { body }]) => `${url} ${String(body).trim().replace('\n', ' ')}`);

beforeEach(() => {
  decisions.mockReset().mockImplementation(async () => new Response(null, { status: 200 }));
  vi.stubGlobal('fetch', decisions);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function Checkout(options: DecisionOptions): ReactNode {
  const { decision, ref, track } = useDecision('checkout', options);
  return (
    <button type="button" ref={ref} onClick={track}>
      {decision.variationKey}
    </button>
  );
}

/** A snapshot of a server that posts impressions, as `decideForPage` makes it. */
const withTokens = (): PageSnapshot => ({
  ...shopSnapshot(),
  impressions: { url: '/seen', tokens: { checkout: 'token-of-checkout', banner: 'token-of-banner' } },
});

function createLateClient() {
  const shop = createShopClient();
  const late = createLateConfig({ current: () => projectConfig(shop) });
  const seen: string[] = [];
  const sink = { record: (event: { type: string; variationKey?: string }) => void seen.push(`${event.variationKey}`) };
  return { shop, late, seen, client: createClient({ config: late, events: sink, logger: false }) };
}

/** Replaces what tells that elements are in view. `observed` has the element of each observer that was not disconnected. */
function stubVisibility() {
  const observed = new Map<object, readonly [element: Element, tell: (isIntersecting: boolean) => void]>();
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      readonly #told: (entries: { isIntersecting: boolean }[]) => void;
      constructor(told: (entries: { isIntersecting: boolean }[]) => void) {
        this.#told = told;
      }
      observe(element: Element) {
        observed.set(this, [element, (isIntersecting) => this.#told([{ isIntersecting }])]);
      }
      disconnect() {
        observed.delete(this);
      }
    },
  );
  const show = (shown: Element | null, isIntersecting = true) =>
    act(async () => {
      for (const [element, tell] of [...observed.values()]) if (element === shown) tell(isIntersecting);
    });
  return { observed, show };
}

describe('an impression', () => {
  it('[UI-01] is recorded once for many components, re-renders and re-mounts, of the provider too', async () => {
    const client = createShopClient();
    const app = (
      <FlagsProvider client={client} user={user}>
        <Checkout />
        <Checkout />
      </FlagsProvider>
    );
    const view = render(app);
    view.rerender(app);
    view.unmount();
    render(app);
    expect(client.recorded.impressions).toMatchObject([
      { userId: 'ada', flagKey: 'checkout', variationKey: 'classic' },
    ]);
  });

  it('is recorded once when the client comes later and the provider is mounted again', () => {
    const client = createShopClient();
    const app = (given: FlagsClient | null, key: string) => (
      <FlagsProvider key={key} client={given} user={user}>
        <Checkout />
      </FlagsProvider>
    );
    const view = render(app(null, 'first'));
    view.rerender(app(client, 'first'));
    view.rerender(app(client, 'second'));
    expect(client.recorded.impressions).toHaveLength(1);
  });

  it('is recorded by each client, of providers inside of one another', () => {
    const [outer, inner] = [createShopClient(), createShopClient()];
    render(
      <FlagsProvider client={outer} user={user}>
        <Checkout />
        <FlagsProvider client={inner}>
          <Checkout />
        </FlagsProvider>
        <FlagsProvider snapshot={withTokens()}>
          <Checkout />
        </FlagsProvider>
      </FlagsProvider>,
    );
    expect([outer, inner].map(({ recorded }) => recorded.impressions.length)).toEqual([1, 1]);
  });

  it.each<[string, (a: FlagsClient, b: FlagsClient) => [FlagsClient | undefined, FlagsClient | undefined][]]>([
    [
      'the outer one comes later',
      (a, b) => [
        [undefined, b],
        [a, b],
      ],
    ],
    [
      'the inner one gets its own later',
      (a, b) => [
        [a, undefined],
        [a, b],
      ],
    ],
    [
      'one is replaced',
      (a, b) => [
        [a, undefined],
        [b, undefined],
      ],
    ],
  ])('is recorded by each client when %s', (_name, plan) => {
    const clients = [createShopClient(), createShopClient()] as const;
    const app = ([outer, inner]: [FlagsClient | undefined, FlagsClient | undefined]) => (
      <FlagsProvider client={outer} user={user}>
        <Checkout />
        <FlagsProvider client={inner}>
          <Checkout />
        </FlagsProvider>
      </FlagsProvider>
    );
    const [first, ...later] = plan(...clients).map(app);
    const view = render(first);
    for (const next of later) view.rerender(next);
    expect(clients.map(({ recorded }) => recorded.impressions.length)).toEqual([1, 1]);
  });

  it('that the client fails to record does not lose another of the same component', () => {
    const client = createShopClient();
    const seen: string[] = [];
    const broken = Object.assign(Object.create(client) as typeof client, {
      createUserContext: () =>
        Object.assign(client.createUserContext('ada'), {
          trackImpression: ({ flagKey }: { flagKey: string }) => {
            if (flagKey === 'checkout') throw new Error('an outbox that is full');
            seen.push(flagKey);
          },
        }),
    });
    const Both = (): ReactNode => Object.keys(useDecisions(['checkout', 'banner'])).join();
    render(
      <FlagsProvider client={broken} user={user}>
        <Both />
      </FlagsProvider>,
    );
    expect(new Set(seen)).toEqual(new Set(['banner']));
  });

  it('that the client fails to record does not break the page', async () => {
    const client = createShopClient();
    const broken = Object.assign(Object.create(client) as typeof client, {
      createUserContext: () =>
        Object.assign(client.createUserContext('ada'), {
          trackImpression: () => {
            throw new Error('an outbox that is full');
          },
        }),
    });
    render(
      <FlagsProvider client={broken} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    expect(screen.getByRole('button').textContent).toBe('one_page');
  });

  it('of a user whose id is not a text does not break the page', async () => {
    const { container } = render(
      <FlagsProvider client={createShopClient()} user={{ id: 1n as never }}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => undefined);
    expect(container.innerHTML).toContain('button');
  });

  it('[UI-01] is recorded once in strict mode', () => {
    const client = createShopClient();
    render(
      <StrictMode>
        <FlagsProvider client={client} user={user}>
          <Checkout />
        </FlagsProvider>
      </StrictMode>,
    );
    expect(client.recorded.impressions).toHaveLength(1);
  });

  it('is recorded for each user and for each variation that is shown', async () => {
    const client = createShopClient();
    const app = (id: string) => (
      <FlagsProvider client={client} user={{ id }}>
        <Checkout />
      </FlagsProvider>
    );
    const view = render(app('ada'));
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    await act(async () => client.setFlag('checkout', CLASSIC));
    view.rerender(app('grace'));
    view.rerender(app('ada'));
    expect(client.recorded.impressions.map(({ userId, variationKey }) => `${userId} ${variationKey}`)).toEqual([
      'ada classic',
      'ada one_page',
      'grace classic',
    ]);
  });

  it('[UI-01] is not recorded for a component that was rendered and thrown away', async () => {
    const client = createShopClient();
    const never = new Promise<never>(() => undefined);
    function Waiting(): ReactNode {
      useDecision('checkout');
      throw never;
    }
    render(
      <FlagsProvider client={client} user={user}>
        <Suspense fallback="waiting">
          <Waiting />
        </Suspense>
      </FlagsProvider>,
    );
    await act(async () => undefined);
    expect(client.recorded.decisions.map(({ flagKey }) => flagKey)).toContain('checkout');
    expect(client.recorded.impressions).toEqual([]);
  });

  it('is not recorded for a user whose decisions nothing rendered yet', () => {
    const client = createShopClient();
    function Late(): ReactNode {
      const [isShown, setShown] = useState(false);
      useEffect(() => setShown(true), []);
      return isShown ? <Checkout /> : null;
    }
    const app = (id: string) => (
      <FlagsProvider client={client} user={{ id }}>
        <Late key={id} />
      </FlagsProvider>
    );
    const view = render(app('ada'));
    client.recorded.clear();
    view.rerender(app('grace'));
    expect(client.recorded.impressions.map(({ userId }) => userId)).toEqual(['grace']);
  });

  it('is recorded for a variable that is read, and for the next variation even where the variable stays', async () => {
    const client = createShopClient();
    const Steps = (): ReactNode => useVariable('checkout', 'steps', 0);
    render(
      <FlagsProvider client={client} user={user}>
        <Steps />
      </FlagsProvider>,
    );
    await act(async () => client.setFlag('checkout', { ...ONE_PAGE, variables: CLASSIC.variables }));
    expect(client.recorded.impressions.map(({ variationKey }) => variationKey)).toEqual(['classic', 'one_page']);
  });

  it('waits for the call of track, and is recorded once', () => {
    const client = createShopClient();
    render(
      <FlagsProvider client={client} user={user}>
        <Checkout trackOn="manual" />
      </FlagsProvider>,
    );
    expect(client.recorded.impressions).toEqual([]);
    screen.getByRole('button').click();
    screen.getByRole('button').click();
    expect(client.recorded.impressions).toHaveLength(1);
  });

  it('that was tracked before the client is ready is recorded once it is', async () => {
    const { client, late, seen } = createLateClient();
    render(
      <FlagsProvider client={client} snapshot={withTokens()} user={user}>
        <Checkout trackOn="manual" />
      </FlagsProvider>,
    );
    screen.getByRole('button').click();
    screen.getByRole('button').click();
    await act(async () => late.arrive());
    expect([seen, posted()]).toEqual([['classic'], []]);
  });

  it('is recorded when a child calls track in its effect, before those of its parent', () => {
    const client = createShopClient();
    function Child({ onSeen }: { onSeen: () => void }): ReactNode {
      useEffect(onSeen);
      return null;
    }
    const Parent = (): ReactNode => <Child onSeen={useDecision('checkout', { trackOn: 'manual' }).track} />;
    render(
      <FlagsProvider client={client} user={user}>
        <Parent />
      </FlagsProvider>,
    );
    expect(client.recorded.impressions).toHaveLength(1);
  });

  it('is not recorded when track is called after the component has gone, then or later', async () => {
    const { client, late, seen } = createLateClient();
    const calls: (() => void)[] = [];
    const Offer = (): ReactNode => void calls.push(useDecision('checkout', { trackOn: 'manual' }).track);
    const app = (isShown: boolean) => (
      <FlagsProvider client={client} snapshot={withTokens()} user={user}>
        {isShown && <Offer />}
      </FlagsProvider>
    );
    const view = render(app(true));
    view.rerender(app(false));
    for (const track of calls) track();
    await act(async () => void dispatchEvent(new Event('pagehide')));
    await act(async () => late.arrive());
    expect([seen, posted()]).toEqual([[], []]);
  });

  it('is not recorded by the track of a decision that is no longer shown', async () => {
    const client = createShopClient();
    const calls: (() => void)[] = [];
    const Offer = (): ReactNode => void calls.push(useDecision('checkout', { trackOn: 'manual' }).track);
    render(
      <FlagsProvider client={client} user={user}>
        <Offer />
      </FlagsProvider>,
    );
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    calls.at(0)?.();
    expect(client.recorded.impressions).toEqual([]);
    calls.at(-1)?.();
    expect(client.recorded.impressions).toMatchObject([{ variationKey: 'one_page' }]);
  });

  it('is of the decision that is shown, also when another would be made by then', async () => {
    const shop = createShopClient();
    const seen: string[] = [];
    let stored = 'classic';
    const context = {
      userId: 'ada',
      decide: (flagKey: 'checkout') => ({ ...shop.createUserContext('ada').decide(flagKey), variationKey: stored }),
      trackImpression: ({ variationKey }: { variationKey: string }) => void seen.push(variationKey),
    };
    const client = Object.assign(Object.create(shop), { createUserContext: () => context });
    const Late = (): ReactNode => {
      // Between the render and the commit, as a store that answers late would.
      useInsertionEffect(() => {
        stored = 'one_page';
      });
      return <Checkout />;
    };
    render(
      <FlagsProvider client={client} user={user}>
        <Late />
      </FlagsProvider>,
    );
    // The provider decides again once it is on the page, and shows the other one.
    expect([screen.getByRole('button').textContent, seen]).toEqual(['one_page', ['classic', 'one_page']]);
  });

  it('waits until the element is in view', async () => {
    const { observed, show } = stubVisibility();
    const client = createShopClient();
    render(
      <StrictMode>
        <FlagsProvider client={client} user={user}>
          <Checkout trackOn="visible" />
        </FlagsProvider>
      </StrictMode>,
    );
    const button = screen.getByRole('button');
    await show(button, false);
    expect(client.recorded.impressions).toEqual([]);
    await show(button);
    expect(client.recorded.impressions).toHaveLength(1);
    expect(observed.size).toBe(0);
  });

  it('waits for an element that comes later, and for the one that replaces it', async () => {
    const { observed, show } = stubVisibility();
    const client = createShopClient();
    const Offer = ({ tag }: { tag?: 'i' | 'b' }): ReactNode => {
      const { ref } = useDecision('checkout', { trackOn: 'visible' });
      return tag && createElement(tag, { ref });
    };
    const app = (tag?: 'i' | 'b') => (
      <FlagsProvider client={client} user={user}>
        <Offer {...(tag && { tag })} />
      </FlagsProvider>
    );
    const view = render(app());
    view.rerender(app('i'));
    expect([...observed.values()].map(([{ localName }]) => localName)).toEqual(['i']);
    view.rerender(app('b'));
    expect([...observed.values()].map(([{ localName }]) => localName)).toEqual(['b']);
    await show(view.container.querySelector('b'));
    expect(client.recorded.impressions).toHaveLength(1);
  });

  it('is recorded for each variation that comes into view, also with the ref of the first render', async () => {
    const { observed, show } = stubVisibility();
    const client = createShopClient();
    const Offer = (): ReactNode => {
      const { decision, ref } = useDecision('checkout', { trackOn: 'visible' });
      const [first] = useState(() => ref);
      return (
        <button type="button" ref={first}>
          {decision.variationKey}
        </button>
      );
    };
    const view = render(
      <FlagsProvider client={client} user={user}>
        <Offer />
      </FlagsProvider>,
    );
    const button = screen.getByRole('button');
    await show(button);
    await act(async () => client.setFlag('checkout', ONE_PAGE));
    expect(client.recorded.impressions.map(({ variationKey }) => variationKey)).toEqual(['classic']);
    await show(button);
    expect(client.recorded.impressions.map(({ variationKey }) => variationKey)).toEqual(['classic', 'one_page']);
    await act(async () => client.setFlag('checkout', CLASSIC));
    expect(observed.size).toBe(1);
    view.unmount();
    expect(observed.size).toBe(0);
  });

  it('is recorded at the commit where visibility cannot be told', () => {
    const client = createShopClient();
    render(
      <FlagsProvider client={client} user={user}>
        <Checkout trackOn="visible" />
      </FlagsProvider>,
    );
    expect(client.recorded.impressions).toHaveLength(1);
  });
});

describe('an impression that a server held', () => {
  it('[UI-01] is posted with those of the same moment, once, without a client', async () => {
    const Banner = (): ReactNode => useDecision('banner').decision.variationKey;
    const view = render(
      <StrictMode>
        <FlagsProvider snapshot={withTokens()}>
          <Checkout />
          <Banner />
          <Checkout />
        </FlagsProvider>
      </StrictMode>,
    );
    await act(async () => undefined);
    expect(posted()).toEqual(['/seen token-of-checkout token-of-banner']);
    expect(decisions.mock.calls[0]?.[1]).toMatchObject({ method: 'POST', keepalive: true });
    view.unmount();
  });

  it('is posted for what is shown, and not for what is only in the snapshot', async () => {
    render(
      <FlagsProvider snapshot={withTokens()}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => undefined);
    expect(posted()).toEqual(['/seen token-of-checkout']);
  });

  it('is recorded by the client when there is one, once it is ready', async () => {
    const { client, late, seen } = createLateClient();
    render(
      <FlagsProvider client={client} snapshot={withTokens()} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => undefined);
    expect([seen, posted()]).toEqual([[], []]);
    await act(async () => late.arrive());
    expect([seen, posted()]).toEqual([['classic'], []]);
  });

  it('is posted when the client fails, and not recorded again when it is ready after all', async () => {
    const { client, late, seen } = createLateClient();
    render(
      <FlagsProvider client={client} snapshot={withTokens()} user={user} timeoutMs={10}>
        <Checkout />
      </FlagsProvider>,
    );
    await vi.waitFor(() => expect(posted()).toEqual(['/seen token-of-checkout']));
    await act(async () => late.arrive());
    expect([seen, posted()]).toEqual([[], ['/seen token-of-checkout']]);
  });

  it('is posted when the client decides otherwise: both were shown', async () => {
    const { client, late, seen, shop } = createLateClient();
    shop.setFlag('checkout', ONE_PAGE);
    render(
      <FlagsProvider client={client} snapshot={withTokens()} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => late.arrive());
    expect([seen, posted()]).toEqual([['one_page'], ['/seen token-of-checkout']]);
  });

  it('is posted when the page goes before the client is ready', async () => {
    const { client, seen } = createLateClient();
    render(
      <FlagsProvider client={client} snapshot={withTokens()} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => void dispatchEvent(new Event('pagehide')));
    await act(async () => void dispatchEvent(new Event('pagehide')));
    expect([seen, posted()]).toEqual([[], ['/seen token-of-checkout']]);
  });

  it('is posted when the client is ready after the component has gone', async () => {
    const { client, late, seen } = createLateClient();
    const app = (isShown: boolean) => (
      <FlagsProvider client={client} snapshot={withTokens()} user={user}>
        {isShown && <Checkout />}
      </FlagsProvider>
    );
    const view = render(app(true));
    view.rerender(app(false));
    await act(async () => late.arrive());
    expect([seen, posted()]).toEqual([[], ['/seen token-of-checkout']]);
  });

  it('is posted to its server also when the page has another snapshot by then', async () => {
    const { client, late, seen } = createLateClient();
    const app = (snapshot: PageSnapshot | null) => (
      <FlagsProvider client={client} snapshot={snapshot} user={user} timeoutMs={10}>
        <Checkout />
      </FlagsProvider>
    );
    const view = render(app(withTokens()));
    view.rerender(app(null));
    await vi.waitFor(() => expect(posted()).toEqual(['/seen token-of-checkout']));
    await act(async () => late.arrive());
    expect([seen, posted()]).toEqual([[], ['/seen token-of-checkout']]);
  });

  it('is posted once for providers inside of one another', async () => {
    const { client } = createLateClient();
    render(
      <FlagsProvider client={client} snapshot={withTokens()} user={user} timeoutMs={10}>
        <Checkout />
        <FlagsProvider snapshot={withTokens()}>
          <Checkout />
        </FlagsProvider>
      </FlagsProvider>,
    );
    await act(async () => undefined);
    expect(posted()).toEqual([]);
    await vi.waitFor(() => expect(posted()).toEqual(['/seen token-of-checkout']));
    await act(async () => undefined);
    expect(posted()).toHaveLength(1);
  });

  it('is posted to its server when another snapshot has the address of another', async () => {
    const { client } = createLateClient();
    const Banner = (): ReactNode => useDecision('banner').decision.variationKey;
    const other = { ...withTokens(), impressions: { url: '/other', tokens: { banner: 'token-of-the-other' } } };
    const app = (snapshot: PageSnapshot) => (
      <FlagsProvider client={client} snapshot={snapshot} user={user} timeoutMs={10}>
        <Checkout />
        {snapshot === other && <Banner />}
      </FlagsProvider>
    );
    const view = render(app(withTokens()));
    view.rerender(app(other));
    await vi.waitFor(() => expect(posted()).toEqual(['/seen token-of-checkout', '/other token-of-the-other']));
  });

  it('is recorded by a client that replaces another, and not posted for either', async () => {
    const clients = [createShopClient(), createShopClient()] as const;
    const snapshot = withTokens();
    const app = (client: FlagsClient) => (
      <FlagsProvider client={client} snapshot={snapshot} user={user}>
        <Checkout />
      </FlagsProvider>
    );
    const { rerender } = render(app(clients[0]));
    await act(async () => undefined);
    rerender(app(clients[1]));
    await act(async () => undefined);
    expect([clients.map(({ recorded }) => recorded.impressions.length), posted()]).toEqual([[1, 1], []]);
  });

  it('leaves no listener behind once the client is ready', async () => {
    const listeners = new Set<unknown>();
    vi.stubGlobal('addEventListener', (_name: string, listener: unknown) => listeners.add(listener));
    vi.stubGlobal('removeEventListener', (_name: string, listener: unknown) => listeners.delete(listener));
    const { client, late } = createLateClient();
    const { unmount } = render(
      <FlagsProvider client={client} snapshot={withTokens()} user={user}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(async () => undefined);
    expect(listeners.size).toBe(1);
    unmount();
    await act(async () => late.arrive());
    expect(listeners.size).toBe(0);
  });

  it('is posted where pages are never left, as in React Native', async () => {
    vi.stubGlobal('addEventListener', undefined);
    vi.stubGlobal('removeEventListener', undefined);
    const { client, late, seen } = createLateClient();
    render(
      <FlagsProvider client={client} snapshot={withTokens()} user={user}>
        <Checkout />
        <FlagsProvider client={null} snapshot={withTokens()} user={{ id: 'grace' }}>
          <Checkout />
        </FlagsProvider>
      </FlagsProvider>,
    );
    await act(async () => late.arrive());
    expect([seen, posted()]).toEqual([['classic'], ['/seen token-of-checkout']]);
  });

  it.each([
    ['the network fails', () => Promise.reject(new TypeError('failed to fetch'))],
    ['the server fails', async () => new Response(null, { status: 503 })],
  ])('is posted three times at most when %s', async (_name, answer) => {
    vi.useFakeTimers();
    decisions.mockImplementation(answer);
    render(
      <FlagsProvider snapshot={withTokens()}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(posted()).toEqual(Array(3).fill('/seen token-of-checkout'));
  });

  it('is posted no more when the server refuses it', async () => {
    vi.useFakeTimers();
    decisions.mockImplementation(async () => new Response(null, { status: 400 }));
    render(
      <FlagsProvider snapshot={withTokens()}>
        <Checkout />
      </FlagsProvider>,
    );
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(posted()).toHaveLength(1);
  });
});
