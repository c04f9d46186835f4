/** Fault switches: breaks one endpoint for everybody, this page included, to see what holds. */
import type { JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Fault, Faults } from '../lab/api.ts';
import { useLab } from '../lab/lab-session.ts';
import { sentenceOf } from '../lab/sentence-of.ts';
import { formatRate, plural } from '../parts/format.ts';
import { Failure, Loading } from '../parts/message.tsx';
import { useLoaded } from '../parts/use-loaded.ts';
import { ViewHead } from '../parts/view-head.tsx';
import { ENDPOINTS, FAULT_KINDS, findKind, initialFault } from './fault-form.ts';

const REFRESH_MS = 3_000;
const NONE = 'none';

export function FaultsView(): JSX.Element {
  const { faultCount } = useLab();
  const { faults, failure, reload, set } = useFaults();
  const active = Object.values(faults ?? {}).filter((list) => list !== undefined && list.length > 0).length;
  useEffect(() => {
    if (faults !== undefined) faultCount.value = active;
  }, [faults, active, faultCount]);
  return (
    <>
      <ViewHead
        title="Faults"
        purpose="Break one service and watch: decisions go on, events are not lost. Faults act on the real connection of every client, the one in this page too."
      >
        <button type="button" disabled={active === 0} onClick={() => set('*', [])}>
          Switch all off
        </button>
      </ViewHead>
      {faults !== undefined ? (
        <>
          <p class="visually-hidden" role="status">
            {active === 0 ? 'Every endpoint works.' : `${plural(active, 'endpoint')} with faults.`}
          </p>
          <ul class="tiles">
            {ENDPOINTS.map(({ name, label, use }) => (
              <li key={name}>
                <EndpointCard name={name} label={label} use={use} faults={faults} set={set} />
              </li>
            ))}
          </ul>
        </>
      ) : failure !== null ? (
        <Failure text={failure} retry={reload} />
      ) : (
        <Loading what="the switches" />
      )}
    </>
  );
}

/**
 * The faults in effect. A change shows at once and is sent after the one before it: the next change may build on it before
 * the lab has answered.
 */
function useFaults() {
  const { api, notice } = useLab();
  const { value, failure, reload } = useLoaded(api.fetchFaults, REFRESH_MS);
  const [unconfirmed, setUnconfirmed] = useState<Faults>({});
  const sending = useRef(Promise.resolve());

  const send = async (endpoint: string, next: readonly Fault[]) => {
    await api.setFaults(endpoint, next).catch((error: unknown) => {
      notice.value = { tone: 'bad', text: `The switch was not set. ${sentenceOf(error)}` };
    });
    await reload();
    setUnconfirmed((known) => Object.fromEntries(Object.entries(known).filter(([, list]) => list !== next)));
  };
  const set = (endpoint: string, next: readonly Fault[]) => {
    const names = endpoint === '*' ? ENDPOINTS.map(({ name }) => name) : [endpoint];
    setUnconfirmed((known) => ({ ...known, ...Object.fromEntries(names.map((name) => [name, next])) }));
    sending.current = sending.current.then(() => send(endpoint, next));
  };
  return { faults: value && { ...value, ...unconfirmed }, failure, reload, set };
}

interface EndpointCardProps {
  readonly name: string;
  readonly label: string;
  readonly use: string;
  readonly faults: Faults;
  readonly set: (endpoint: string, faults: readonly Fault[]) => void;
}

function EndpointCard({ name, label, use, faults, set }: EndpointCardProps): JSX.Element {
  const id = useId();
  const list = faults[name] ?? [];
  const [fault] = list;
  const kind = fault === undefined ? undefined : findKind(fault.kind);
  return (
    <section class={`card stack-s fault ${fault ? 'active' : ''}`} aria-labelledby={`${id}-title`}>
      <div class="row between">
        <h2 id={`${id}-title`}>{label}</h2>
        <span class={`chip ${fault ? 'bad' : 'good'}`}>{fault ? (kind?.label ?? fault.kind) : 'works'}</span>
      </div>
      <p class="small soft fault-use">{use}</p>
      <div class="field">
        <label for={id}>Fault</label>
        <select
          id={id}
          value={fault?.kind ?? NONE}
          onChange={({ currentTarget }) =>
            set(name, currentTarget.value === NONE ? [] : [initialFault(currentTarget.value)])
          }
        >
          <option value={NONE}>none</option>
          {FAULT_KINDS.map((each) => (
            <option key={each.kind} value={each.kind}>
              {each.label}: {each.effect}
            </option>
          ))}
        </select>
      </div>
      {fault !== undefined && <FaultFields key={fault.kind} fault={fault} change={(next) => set(name, [next])} />}
      {list.length > 1 && <p class="small">{plural(list.length - 1, 'more fault')} set by another client.</p>}
    </section>
  );
}

function FaultFields({ fault, change }: { fault: Fault; change: (fault: Fault) => void }): JSX.Element {
  const id = useId();
  const figure = findKind(fault.kind)?.figure;
  /** What is being typed: the page is drawn again with each refresh, which would put the figure in effect back. */
  const [typed, setTyped] = useState<string>();
  return (
    <div class="fault-fields">
      {figure && (
        <div class="field">
          <label for={`${id}-figure`}>{figure.label}</label>
          <input
            id={`${id}-figure`}
            type="number"
            min={figure.min}
            max={figure.max}
            value={typed ?? fault[figure.name]}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            onChange={({ currentTarget }) => {
              if (currentTarget.reportValidity() && currentTarget.value !== '') {
                change({ ...fault, [figure.name]: currentTarget.valueAsNumber });
              }
            }}
            onBlur={({ currentTarget }) => currentTarget.validity.valid && setTyped(undefined)}
          />
        </div>
      )}
      <div class="field">
        <label for={`${id}-rate`}>
          Requests that meet it: <output>{formatRate(fault.rate ?? 1, 0)}</output>
        </label>
        <input
          id={`${id}-rate`}
          type="range"
          min={5}
          max={100}
          step={5}
          value={(fault.rate ?? 1) * 100}
          onChange={({ currentTarget }) => change({ ...fault, rate: currentTarget.valueAsNumber / 100 })}
        />
      </div>
    </div>
  );
}
