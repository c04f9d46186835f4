/** Import of a datafile or a whole lab, from a file or an address; export of both. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { useLab } from '../lab/lab-session.ts';

/** Where the hosted service publishes datafiles. */
const CDN = 'https://cdn.optimizely.com/datafiles/';

export function TransferCard(): JSX.Element {
  const { api, notice, publish } = useLab();
  const fileId = useId();
  const urlId = useId();
  const address = useSignal('');

  const readFile = async (file: File | undefined) => {
    if (file === undefined) return;
    let datafile: unknown;
    try {
      datafile = JSON.parse(await file.text());
    } catch {
      notice.value = { tone: 'bad', text: `${file.name} is not JSON.` };
      return;
    }
    await publish((base) => api.importDocument(base, { datafile }));
  };
  const readAddress = () => {
    const text = address.value.trim();
    // A key alone is what applications are given.
    const url = /^[\w-]+$/.test(text) ? `${CDN}${text}.json` : text;
    return publish((base) => api.importDocument(base, { url }));
  };
  return (
    <section class="card stack-s" aria-label="Import and export">
      <h2>Import and export</h2>
      <div class="row transfer">
        <div class="field">
          <label for={fileId}>Datafile or lab, as a file</label>
          <input
            id={fileId}
            type="file"
            accept="application/json,.json"
            onChange={({ currentTarget }) => void readFile(currentTarget.files?.[0])}
          />
        </div>
        <form
          class="field"
          onSubmit={(event) => {
            event.preventDefault();
            void readAddress();
          }}
        >
          <label for={urlId}>Address or SDK key</label>
          <div class="with-button">
            <input
              id={urlId}
              value={address.value}
              placeholder="https://…/datafile.json"
              onInput={({ currentTarget }) => {
                address.value = currentTarget.value;
              }}
            />
            <button type="submit" disabled={address.value.trim() === ''}>
              Import
            </button>
          </div>
        </form>
      </div>
      <p class="row">
        <a href="/datafiles/lab.json" download="datafile.json">
          Datafile
        </a>
        <a href="/api/export" download="lab.json">
          The whole lab
        </a>
      </p>
      <p class="small soft">
        An import replaces flags, rules and audiences under the next revision, whatever is wrong with them is said;
        events stay. A lab brings its segments and faults.
      </p>
    </section>
  );
}
