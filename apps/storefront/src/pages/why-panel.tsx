/** @jsxImportSource hono/jsx */
/** "Why you see this": what was served, on which grounds, and who the visitor is to the shop. */
import type { Visit } from '../visit.ts';
import { COUNTRIES, PLANS } from '../visitor.ts';
import type { Traffic, Why } from '../why.ts';

/** The panel of a page. Build it after the page has shown its flags. */
export function WhyPanel({ visit }: { visit: Visit }) {
  const { revision, promotion } = visit;
  return (
    <aside class="panel" id="why" aria-labelledby="why-title">
      <h2 id="why-title">Why you see this</h2>
      <p class="quiet">
        {revision === null
          ? 'The datafile has not arrived yet.'
          : `Decided in this shop from datafile revision ${revision}.`}
      </p>
      <ul class="whys">
        {visit.why().map((why) => (
          <WhyEntry why={why} />
        ))}
        <li>
          <h3>
            promotion <span class="served">{promotion?.key ?? 'nothing'}</span>
          </h3>
          <p>
            {promotion === null
              ? 'The remote service did not answer in time, so the shop shows its own block.'
              : 'Decided by the remote service, and remembered here for two seconds.'}
          </p>
        </li>
      </ul>
      <VisitorCard visit={visit} />
    </aside>
  );
}

function WhyEntry({ why: { flagKey, served, reason, traffic, steps } }: { why: Why }) {
  return (
    <li data-flag={flagKey} data-served={served}>
      <h3>
        {flagKey} <span class="served">{served}</span>
      </h3>
      <p>{reason}</p>
      {traffic && <TrafficLine {...traffic} />}
      <details>
        <summary>
          Every step<span class="visually-hidden"> of {flagKey}</span>
        </summary>
        <section class="steps" aria-label={`Steps of ${flagKey}`} tabindex={0}>
          <pre>{steps}</pre>
        </section>
      </details>
    </li>
  );
}

const WIDTH = 10_000;

/** The traffic of a rule as a bar, the visitor's bucket as a mark on it. */
function TrafficLine({ bucket, spans }: Traffic) {
  const parts = spans.map(({ start, end, variationKey }) => `${variationKey ?? 'nobody'} ${percent(end - start)}`);
  return (
    <figure class="traffic">
      <svg
        viewBox={`-60 0 ${WIDTH + 120} 900`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Bucket ${bucket} on the traffic ${parts.join(', ')}`}
      >
        <rect class="traffic-rest" x="0" y="200" width={WIDTH} height="500" />
        {spans.map(({ start, end, variationKey }, index) => (
          <rect
            class={variationKey === null ? 'traffic-rest' : `traffic-part traffic-part-${index % 4}`}
            x={start}
            y="200"
            width={Math.max(end - start - 20, 0)}
            height="500"
          />
        ))}
        <rect class="traffic-mark" x={bucket - 45} y="0" width="90" height="900" />
      </svg>
      <figcaption>
        <ul class="legend">
          {parts.map((part, index) => (
            <li class={`legend-${index % 4}`}>{part}</li>
          ))}
          <li class="legend-mark">your bucket {bucket}</li>
        </ul>
      </figcaption>
    </figure>
  );
}

function VisitorCard({ visit: { visitor, segments } }: { visit: Visit }) {
  return (
    <section class="visitor" aria-labelledby="visitor-title">
      <h2 id="visitor-title">You, to this shop</h2>
      <dl>
        <dt>Visitor</dt>
        <dd>
          <code>{visitor.id}</code>
        </dd>
        <dt>Segments</dt>
        <dd>{segments === null ? 'could not be fetched' : segments.join(', ') || 'none'}</dd>
        <dt>Your browser</dt>
        <dd id="browser-identity">has not said who it takes you for</dd>
      </dl>
      <form method="post" action="/visitor">
        <div class="fields">
          <Choice name="plan" label="Plan" options={PLANS} chosen={visitor.plan} />
          <Choice name="country" label="Country" options={COUNTRIES} chosen={visitor.country} />
        </div>
        <label class="field">
          Visitor id
          <input name="id" maxlength={100} autocomplete="off" placeholder="stay who you are" />
        </label>
        <div class="buttons">
          <button type="submit">Apply</button>
          <button type="submit" name="new" value="1" class="plain">
            Become somebody new
          </button>
        </div>
      </form>
    </section>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  options: readonly string[];
  chosen: string;
}

function Choice({ name, label, options, chosen }: ChoiceProps) {
  return (
    <label class="field">
      {label}
      <select name={name}>
        {options.map((option) => (
          <option value={option} selected={option === chosen}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}

function percent(width: number): string {
  return `${Number((width / (WIDTH / 100)).toFixed(1))} %`;
}
