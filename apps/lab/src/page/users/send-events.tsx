/** Sends real events for the explored user, through the same queue as an application's, to be seen under Events. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { Decision, UserContext } from 'sortition';
import { useLab } from '../lab/lab-session.ts';

/** In cents: what a purchase from here is worth. */
const SAMPLE_REVENUE = 4_200;

interface SendEventsProps {
  readonly user: UserContext;
  readonly decision: Decision | undefined;
  readonly eventKeys: readonly string[];
}

export function SendEvents({ user, decision, eventKeys }: SendEventsProps): JSX.Element {
  const { client, notice } = useLab();
  const id = useId();
  const chosen = useSignal<string | null>(null);
  const eventKey = chosen.value ?? eventKeys[0];

  const deliver = async (what: string) => {
    const { pending, dropped } = await client.flush();
    notice.value =
      pending + dropped === 0
        ? { tone: 'good', text: `${what} was collected.` }
        : { tone: 'bad', text: `${what} is not collected yet; it is sent again until it is.` };
  };
  const sendImpression = () => {
    if (decision === undefined) return;
    user.trackImpression(decision);
    void deliver(`The impression of ${decision.flagKey}`);
  };
  const sendConversion = () => {
    if (eventKey === undefined) return;
    user.trackEvent(eventKey, eventKey === 'purchase' ? { revenue: SAMPLE_REVENUE } : {});
    void deliver(`The event ${eventKey}`);
  };

  return (
    <div class="row send-events">
      <button type="button" onClick={sendImpression} disabled={decision?.variationKey == null}>
        Send impression
      </button>
      {eventKey !== undefined && (
        <div class="row">
          <label for={id} class="visually-hidden">
            Event
          </label>
          <select
            id={id}
            value={eventKey}
            onChange={({ currentTarget }) => {
              chosen.value = currentTarget.value;
            }}
          >
            {eventKeys.map((key) => (
              <option key={key}>{key}</option>
            ))}
          </select>
          <button type="button" onClick={sendConversion}>
            Send event
          </button>
        </div>
      )}
    </div>
  );
}
